"""Letters as mail programs read them."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from lms.interop.mail import Letter, Sender, written

STOP = f"https://learn.example.org/mail/stop/{'x' * 200}"
LETTER = Letter("lena@example.net", "Hello", "Hello\n\n" + STOP + "\n", "a-key", 1_795_255_200_000, STOP)
SENDER = Sender("post@example.org", "The post, \u201cours\u201d")


def test_a_letter_is_plain_text_with_one_way_to_stop_it():
    raw = written(LETTER, SENDER)
    assert f"List-Unsubscribe: <{STOP}>\r\n".encode() in raw, "however long, it is in one piece"
    assert f"\r\n{STOP}\r\n".encode() in raw
    read = message_from_bytes(raw, policy=default)
    assert read["From"].addresses[0].display_name == SENDER.name
    assert (read["To"], read["Message-ID"]) == ("lena@example.net", "<a-key@example.org>")
    assert read["Date"].datetime.isoformat() == "2026-11-21T10:00:00+00:00"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read.get_content_type() == "text/plain"
    assert raw == written(LETTER, SENDER), "sent again it is the same letter"
    once = message_from_bytes(written(replace(LETTER, stop=""), Sender("post@example.org")), policy=default)
    assert once["List-Unsubscribe"] is None
    assert once["From"] == "post@example.org"


def test_other_letters_than_those_of_english_arrive():
    read = message_from_bytes(written(replace(LETTER, text="Sut wyt ti, Siân?\n"), SENDER), policy=default)
    assert read.get_content().replace("\r\n", "\n") == "Sut wyt ti, Siân?\n"


@pytest.mark.parametrize("field", ["to", "subject", "key", "stop", "sender"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_line_break_makes_no_header(field, end):
    bad = f"a@example.org{end}Bcc: all@example.org"
    letter = LETTER if field == "sender" else replace(LETTER, **{field: bad})
    try:
        raw = written(letter, Sender("post@example.org", bad) if field == "sender" else SENDER)
    except ValueError:
        return
    assert b"\nBcc" not in raw
    assert b"\rBcc" not in raw
