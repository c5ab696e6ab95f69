"""What is kept of a file somebody sends: by its bytes, whatever it is called; hostile ones are refused in words."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lms.errors import Refused
from lms.learning import uploads
from lms.learning.uploads import JPEG, LONGEST_SIDE, MOST_BYTES, PDF, TEXT, to_keep

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
PLAIN_PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog /OpenAction [3 0 R /Fit] >> endobj\n%%EOF\n"


def photo(form: str = "JPEG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, form, **more)
    return out.getvalue()


def with_place() -> bytes:
    """A photo that says which phone took it, where, and that it lies on its side; with a comment beside."""
    said = Image.Exif()
    said[MAKE], said[ORIENTATION] = "Old Phone Ltd", 6
    said.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 0.0)})
    return photo(exif=said, comment=b"at home, 4 Mill Road")


def drawn(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def why(name: str, sent: bytes) -> str:
    with pytest.raises(Refused) as refused:
        to_keep(name, sent)
    return refused.value.told


def packed_pdf(part: bytes) -> bytes:
    body = zlib.compress(part)
    return b"%%PDF-1.5\n1 0 obj << /Type /ObjStm /Length %d >> stream\n%s\nendstream endobj" % (len(body), body)


def test_where_a_photo_was_taken_is_not_kept_and_it_stands_upright():
    sent = with_place()
    assert drawn(sent).getexif().get_ifd(GPS), "the test's own photo knows where it was taken"
    kept = to_keep("IMG_1.jpg", sent)
    picture = drawn(kept.body)
    assert (kept.media_type, kept.name) == (JPEG, "IMG_1.jpg")
    assert not picture.getexif()
    assert not [said for said in (b"Old Phone", b"Mill Road") if said in kept.body]
    assert picture.size == (200, 300)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_every_picture_becomes_a_jpeg_no_larger_than_needed(form):
    kept = to_keep("a.gif", photo(form, (4000, 1000)))
    assert kept.name == "a.jpg"
    assert drawn(kept.body).format == "JPEG"
    assert drawn(kept.body).size == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_what_is_clear_in_a_drawing_is_white():
    assert drawn(to_keep("a.png", photo("PNG", (9, 9), "RGBA")).body).size == (9, 9)
    clear = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(clear, "PNG")
    assert drawn(to_keep("a.png", clear.getvalue()).body).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        ("a.jpg", b"", uploads.NOTHING),
        ("a.jpg", b"\xff\xd8\xff" + bytes(MOST_BYTES), uploads.TOO_LARGE),
        ("a.jpg", b"\xff\xd8\xff and then nothing", uploads.BROKEN),
        ("a.jpg", photo()[:400], uploads.BROKEN),
        ("a.png", photo("PNG", (20_000, 20_000), "1"), uploads.TOO_WIDE),
        ("a.jpg", b"<html><script>alert(1)</script>\x00", uploads.STRANGE),
        ("a.jpg", b"MZ\x90\x00\x03", uploads.STRANGE),
        ("a.svg", b"\x1f\x8b\x08 packed", uploads.STRANGE),
        ("a.gif", b"GIF89a\x01\x00\x01\x00", uploads.STRANGE),
        ("a.txt", b"  \n ", uploads.STRANGE),
        ("a.txt", b"a bell \x07 rings", uploads.STRANGE),
        ("a.txt", "caf\u00e9".encode("latin-1"), uploads.STRANGE),
        ("a.pdf", PLAIN_PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>", uploads.ACTING),
        ("a.pdf", PLAIN_PDF + b"<< /S /#4aava#53cript >>", uploads.ACTING),
        ("a.pdf", PLAIN_PDF + b"<< /Encrypt 5 0 R >>", uploads.ACTING),
        ("a.pdf", packed_pdf(b"<< /S /Launch /F (cmd.exe) >>"), uploads.ACTING),
        ("a.pdf", packed_pdf(bytes(30_000_000)), uploads.ACTING),
    ],
    ids=lambda it: it if isinstance(it, str) and len(it) < 9 else "",
)
def test_what_lies_about_itself_or_could_do_harm_is_refused_with_what_to_do(name, sent, said):
    assert why(name, sent) == said


def test_a_page_named_as_a_picture_is_kept_as_the_text_it_is():
    kept = to_keep("cat.jpg", b"<script>alert(1)</script>")
    assert (kept.media_type, kept.name) == (TEXT, "cat.txt")


def test_a_pdf_that_shows_pages_is_kept_as_it_is():
    assert to_keep("My plan.pdf", PLAIN_PDF) == uploads.Kept(PLAIN_PDF, PDF, "My plan.pdf")
    assert to_keep("b.pdf", packed_pdf(b"BT (Hello) Tj ET")).media_type == PDF


def test_a_text_loses_only_the_mark_before_it():
    assert to_keep("notes", b"\xef\xbb\xbfHello\r\n\tthere").body == b"Hello\r\n\tthere"


@given(st.text(max_size=300), st.sampled_from([JPEG, PDF, TEXT]))
def test_no_name_leads_anywhere_or_ends_as_something_else(name, media_type):
    kept = uploads.called(name, media_type)
    assert kept.endswith(f".{uploads.ENDINGS[media_type]}")
    assert not set(kept) & set('/\\<>:"|?*;%')
    assert kept.isprintable()
    assert not kept.startswith(".")
    assert len(kept) <= uploads.LONGEST_NAME + 4


@settings(max_examples=60)
@given(st.sampled_from([photo(), photo("PNG"), photo("WEBP"), PLAIN_PDF, b"text"]), st.data())
def test_whatever_is_sent_is_kept_or_refused_and_nothing_else_happens(sent, data):
    body = bytearray(sent)
    for _ in range(data.draw(st.integers(0, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = to_keep("x.jpg", bytes(body))
    except Refused:
        return
    assert kept.media_type != JPEG or drawn(kept.body).format == "JPEG"
