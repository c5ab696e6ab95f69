"""What an author's Markdown looks like as a page."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import pytest

from lms.content.course import Course
from lms.content.phrases import PHRASES
from lms.content.pictures import media_type, size_of
from lms.content.release import Fragment
from tests.content.handmade import (
    PADLOCK,
    course,
    fact,
    frozen,
    lesson,
    module,
    question,
    quiz,
    reading,
    refusals,
    term,
)

PICTURE = "/files/67b70741ec25d3d68ceda976c26b51aff4c6ef6554330b79a8b4e243b52491b4"
REL = 'rel="noopener noreferrer"'

CASES = {
    "a paragraph": ("Some *soft* and **loud** words.", "<p>Some <em>soft</em> and <strong>loud</strong> words.</p>"),
    "letters that mean something in HTML": ('`<p>` & "1 < 2"', '<p><code>&lt;p&gt;</code> &amp; "1 &lt; 2"</p>'),
    "an entity spelled out": ("&copy; &amp;lt; &#x3c;", "<p>© &amp;lt; &lt;</p>"),
    "an escaped mark": (r"\*not soft\*", "<p>*not soft*</p>"),
    "lines and breaks": ("one\ntwo\\\nthree", "<p>one\ntwo<br>three</p>"),
    "struck out": ("~~old~~ new", "<p><del>old</del> new</p>"),
    "a list": ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
    "a list of paragraphs": ("1. a\n\n2. b", "<ol><li><p>a</p></li><li><p>b</p></li></ol>"),
    "a list that goes on": ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    "a quotation": ("> You have won!", "<blockquote><p>You have won!</p></blockquote>"),
    "a rule": ("a\n\n---", "<p>a</p><hr>"),
    "a table": (
        "| a | b |\n|:-:|---|\n| 1 | `2` |",
        '<table><thead><tr><th scope="col" align="center">a</th><th scope="col">b</th></tr></thead>'
        '<tbody><tr><td align="center">1</td><td><code>2</code></td></tr></tbody></table>',
    ),
    "code": (
        "```html start\n<h1>\n```",
        '<pre><code class="language-html">&lt;h1&gt;\n</code></pre>',
    ),
    "code of an odd language": ('```"onload=x\n1\n```', "<pre><code>1\n</code></pre>"),
    "a picture": (
        "![A “padlock” & *key*](padlock.svg)",
        f'<p><img src="{PICTURE}" alt="A “padlock” &amp; key" width="360" height="113" loading="lazy"></p>',
    ),
    "a picture with quotes in its description": (
        '![A "lock"](padlock.svg)',
        f'<p><img src="{PICTURE}" alt="A &quot;lock&quot;" width="360" height="113" loading="lazy"></p>',
    ),
    "a decorative picture": (
        "![Decorative](padlock.svg)",
        f'<p><img src="{PICTURE}" alt="" width="360" height="113" loading="lazy"></p>',
    ),
    "a picture in a subfolder": (
        "![A lock](pics/lock.svg)",
        f'<p><img src="{PICTURE}" alt="A lock" width="360" height="113" loading="lazy"></p>',
    ),
    "a link to a picture": ("[See it](./padlock.svg)", f'<p><a href="{PICTURE}">See it</a></p>'),
    "a link to another site": (
        "[it](https://www.example.org/?a=1&b=2)",
        f'<p><a href="https://www.example.org/?a=1&amp;b=2" {REL}>it</a></p>',
    ),
    "a link with a title": (
        '[it](HTTPS://www.example.org "Say \\"hi\\"")',
        f'<p><a href="https://www.example.org" title="Say &quot;hi&quot;" {REL}>it</a></p>',
    ),
    "a link to ring": ("[Ring](tel:+441632960961)", '<p><a href="tel:+441632960961">Ring</a></p>'),
    "a link to write": ("<help@example.org>", '<p><a href="mailto:help@example.org">help@example.org</a></p>'),
    "a link to text": ("[Text](sms:07700900123)", '<p><a href="sms:07700900123">Text</a></p>'),
    "a link to a step": (
        "[it](phones.md#dial)",
        '<p><a href="/courses/online-safety/phones/calls?step=dial">it</a></p>',
    ),
    "a link to a lesson": ("[it](phones.md#calls)", '<p><a href="/courses/online-safety/phones/calls">it</a></p>'),
    "a link to a quiz": ("[it](phones.md#quiz)", '<p><a href="/courses/online-safety/phones/quiz">it</a></p>'),
    "a link to a question of a quiz": (
        "[it](phones.md#q-a)",
        '<p><a href="/courses/online-safety/phones/quiz">it</a></p>',
    ),
    "a link to a module": ("[it](phones.md)", '<p><a href="/courses/online-safety/phones">it</a></p>'),
    "a link to the course": ("[it](course.md)", '<p><a href="/courses/online-safety">it</a></p>'),
    "a link inside its own file": (
        "[it](#here)",
        '<p><a href="/courses/online-safety/safety/strong?step=here">it</a></p>',
    ),
    "a soft word in a link": ("[*it*](phones.md)", '<p><a href="/courses/online-safety/phones"><em>it</em></a></p>'),
}


@pytest.mark.parametrize(("typed", "shown"), CASES.values(), ids=CASES.keys())
def test_markdown_is_shown_as(typed: str, shown: str) -> None:
    assert _page(typed).html == shown


@pytest.mark.parametrize("kind", PHRASES.callouts)
def test_a_callout_says_its_kind(kind: str) -> None:
    assert _page(f"> [!{kind.upper()}]\n> Three words.").html == (
        f'<div class="callout callout-{kind}" role="note">'
        f'<p class="callout-kind">{kind.title()}</p><p>Three words.</p></div>'
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("[it](nowhere.md#x)", 'the link to "nowhere.md#x" leads to nothing that is published.'),
        ("[it](draft.md#x)", 'the link to "draft.md#x" leads to nothing that is published.'),
        ("[it](glossary.md#x)", 'the link to "glossary.md#x" leads to nothing that is published.'),
        ("[it](http://www.example.org)", 'the link to "http://www.example.org" leads to nothing that is published.'),
        ("![A lock](gone.svg)", '"gone.svg" is not a picture of this course.'),
        (
            "![A lock](https://www.example.org/a.png)",
            '"https://www.example.org/a.png" is not a picture of this course.',
        ),
        ("[it](https://me@example.org/)", '"https://me@example.org/" is not an address a page may lead to.'),
        ("[it](tel:*#06#)", '"tel:*#06#" is not an address a page may lead to.'),
        ("a <b>b</b>", "raw HTML can't be shown."),
        ("<div>\nb", "raw HTML can't be shown."),
        ("# A heading", "heading can't be shown."),
    ],
)
def test_what_cannot_be_shown_stops_the_freeze_with_its_line(typed: str, sentence: str) -> None:
    assert refusals(_course(f"Some words.\n\n{typed}"))[0].startswith(f"safety.md:3:1: {sentence}")


# --- terms and facts ------------------------------------------------------------------------------


def test_a_term_is_explained_at_the_foot_with_a_way_back_to_its_first_use() -> None:
    page = _page("A [manager](glossary.md#manager), a [manager](glossary.md#manager).", manager="An *app*.")
    assert page.html == (
        '<p>A <a class="term" id="c-use-term-manager" href="#c-term-manager">manager</a>, '
        'a <a class="term" href="#c-term-manager">manager</a>.</p>'
    )
    assert page.foot == (
        '<div class="meanings"><h2>Words on this page</h2><dl>'
        '<dt id="c-term-manager">A term</dt>'
        '<dd><p>An <em>app</em>.</p><p><a href="#c-use-term-manager">Back to your place</a></p></dd></dl></div>'
    )


def test_a_term_used_only_by_a_term_is_explained_too_and_terms_may_name_each_other() -> None:
    page = _page("[a](glossary.md#a)", a="See [b](glossary.md#b).", b="See [a](glossary.md#a).")
    assert page.foot.count("<dt id=") == 2
    assert 'id="c-use-term-b"' in page.foot
    assert page.foot.count('id="c-use-term-a"') == 0


def test_a_fact_says_whose_word_it_is_since_when_and_where_and_can_be_rung() -> None:
    made = _course("Ring [0300 123 2040](facts.md#fraud).")
    facts = {"fraud": fact("fraud", "Ring 0300 123 2040 today.", "Report fraud", ("england", "northern-ireland"))}
    page = frozen(replace(made, facts=facts)).pages["safety", "strong"][0]
    assert page.html == '<p>Ring <a id="c-use-fact-fraud" href="#c-fact-fraud">0300 123 2040</a>.</p>'
    assert page.foot == (
        '<div class="meanings facts"><h2>Facts on this page</h2><dl><dt id="c-fact-fraud">Report fraud</dt><dd>'
        '<p>Ring <a href="tel:03001232040">0300 123 2040</a> today.</p>'
        f'<p class="fact-source">Source: <a href="https://www.example.org/fraud?a=1&amp;b=2" {REL}>example.org</a>. '
        "Checked 21 November 2026. Only in England and Northern Ireland.</p>"
        '<p><a href="#c-use-fact-fraud">Back to your place</a></p></dd></dl></div>'
    )


@pytest.mark.parametrize(
    ("typed", "rung"),
    [
        ("999", ["999"]),
        ("116 123", ["116123"]),
        ("Ring 0300 123 2040 or +44 300 123 2040.", ["03001232040", "+443001232040"]),
        ("About 12 000 000 people in 2026, 01-02-2026.", []),
        ("In 1999 or 105 of them", []),
        ("`0300 123 2040` is code", []),
    ],
)
def test_numbers_to_ring_are_told_from_other_numbers(typed: str, rung: list[str]) -> None:
    made = replace(_course("[it](facts.md#f)"), facts={"f": fact("f", typed)})
    foot = frozen(made).pages["safety", "strong"][0].foot
    assert [part.split('"')[0] for part in foot.split('href="tel:')[1:]] == rung


def test_meanings_needed_by_feedback_come_with_it_and_not_at_the_foot_before_an_answer() -> None:
    asked = question("q", "x long: A [manager](glossary.md#manager).", "short", body="[Look](glossary.md#other)")
    made = course(
        module("safety", lesson("strong", asked)),
        terms={"manager": term("manager", "An app."), "other": term("other", "Else.")},
    )
    release = frozen(made)
    assert "c-term-other" in release.pages["safety", "strong"][0].foot
    assert "manager" not in release.pages["safety", "strong"][0].foot
    assert release.keys["safety", "q"].feedback["a"] == (
        '<p>A <span class="term">manager</span>.</p>'
        '<div class="meanings"><dl><dt>A term</dt><dd><p>An app.</p></dd></dl></div>'
    )


def test_the_help_page_has_each_fact_as_a_screen_of_its_own() -> None:
    facts = {"f": fact("f", "Ring 999.", "Danger now"), "g": fact("g", "0300 123 2040", "Money gone")}
    made = replace(_course("Words."), facts=facts, help=("g", "f"))
    pages = frozen(made).pages["", "help"]
    assert [(page.name, page.title) for page in pages] == [("g", "Money gone"), ("f", "Danger now")]
    assert pages[0].html.startswith('<p><a href="tel:03001232040">0300 123 2040</a></p><p class="fact-source">')


# --- pictures -------------------------------------------------------------------------------------


def test_an_svg_says_its_size_by_its_box_or_its_sides() -> None:
    assert size_of("a.svg", PADLOCK) == (360, 113)
    assert size_of("a.svg", b"<?xml version='1.0'?><svg viewBox='0,0,72.4,48.6'>") == (72, 49)
    assert size_of("a.svg", b'<svg width="30px" height="20">') == (30, 20)


def test_png_jpeg_webp_and_avif_say_their_size_in_their_heads() -> None:
    assert size_of("a.png", _png(640, 480)) == (640, 480)
    app0 = b"\xff\xe0\x00\x04ab"
    frame = b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03"
    assert size_of("a.jpg", b"\xff\xd8" + app0 + frame) == (640, 480)
    assert size_of(
        "a.webp", _webp(b"VP8X", b"\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"))
    ) == (640, 480)
    assert size_of("a.webp", _webp(b"VP8L", b"\x2f" + (639 | 479 << 14).to_bytes(4, "little"))) == (640, 480)
    assert size_of("a.webp", _webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480))) == (640, 480)
    small, whole = (struct.pack(">I4sIII", 20, b"ispe", 0, *size) for size in ((160, 120), (640, 480)))
    assert size_of("a.avif", AVIF + small + whole) == size_of("a.avif", AVIF + whole + small) == (640, 480)
    assert size_of("a.avif", AVIF + whole + struct.pack(">I4sB", 9, b"irot", 3)) == (480, 640), "a phone held upright"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.svg", b""),
        ("a.svg", b"<svg>"),
        ("a.svg", b'<svg viewBox="0 0 1.2.3 5">'),
        ("a.svg", b'<svg viewBox="0 0 ' + b"9" * 400 + b' 5">'),
        ("a.svg", b'<svg width="100%" height="5">'),
        ("a.png", b"\x89PNG"),
        ("a.png", b"GIF89a" + bytes(40)),
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.jpg", b"\xff\xd8" + b"\xff" * 100),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x00" * 50),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8X"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP9 " + bytes(30)),
        ("a.avif", bytes(100)),
        ("a.txt", b"hello"),
    ],
)
def test_a_size_that_cannot_be_read_is_left_out(path: str, data: bytes) -> None:
    assert size_of(path, data) is None


def test_a_picture_without_a_size_is_still_shown() -> None:
    made = replace(_course("![A lock](a.avif)"), files={"a.avif": b"..."})
    assert " width=" not in frozen(made).pages["safety", "strong"][0].html


def test_an_unknown_file_is_only_a_download() -> None:
    assert media_type("a.SVG") == "image/svg+xml"
    assert media_type("a.html") == "application/octet-stream"


# --- helpers --------------------------------------------------------------------------------------


def _course(typed: str, **terms: str) -> Course:
    safety = module("safety", lesson("strong", reading("here", typed)))
    phones = module("phones", lesson("calls", reading("dial")), quiz=quiz(question("q-a", "x a", "b")))
    made = {name: term(name, body) for name, body in terms.items()}
    draft = module("draft", lesson("x"))
    return course(safety, phones, terms=made, drafts=(draft,), files={"padlock.svg": PADLOCK, "pics/lock.svg": PADLOCK})


def _page(typed: str, **terms: str) -> Fragment:
    return frozen(_course(typed, **terms)).pages["safety", "strong"][0]


def _png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


AVIF = b"\0\0\0\x20ftypavif" + bytes(20)


def _webp(kind: bytes, payload: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + kind + bytes(4) + payload + bytes(12)
