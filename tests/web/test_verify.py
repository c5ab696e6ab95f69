"""Checking a badge: what holds is said in plain words, and whatever is sent is answered with a sentence."""

from __future__ import annotations

import json
import re

import pytest

from lms.services import badges
from tests.web.conftest import URL, Browser, House, hidden, now_ms
from tests.web.signers import sign, with_keys
from tests.web.test_badges import earned

__all__ = ["earned"]


@pytest.fixture
def signing(house, earned) -> House:
    """The house where Lena's badge of Brewing is signed."""
    made = with_keys(house)
    sign(made)
    return made


@pytest.fixture
def document(signing, earned) -> str:
    return signing.browser("lena").get(f"{earned}.json").text


def check(browser: Browser, data: bytes = b"", text: str = "", name: str = "badge.json"):
    """Send a file, or text, as the form does."""
    token = hidden(browser.get("/verify").text, "/verify")
    parts = [("csrf_token", token["csrf_token"].encode()), ("text", text.encode()), (f'file"; filename="{name}', data)]
    body = b"".join(
        b'--aline\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (part.encode(), value)
        for part, value in parts
    )
    kind = "multipart/form-data; boundary=aline"
    return browser.client.post("/verify", data=body + b"--aline--\r\n", base_url=URL, content_type=kind)


def said(page: str) -> dict[str, str]:
    """Question -> what was answered."""
    pairs = re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page)
    return {asked: re.sub("<[^>]+>", "", answer) for asked, answer in pairs}


@pytest.mark.parametrize("ending", ["json", "png", "svg"])
def test_each_file_of_a_badge_is_found_to_be_real(signing, earned, ending):
    file = signing.browser("lena").get(f"{earned}.{ending}").data
    answer = check(signing.browser(), file, name=f"badge.{ending}")
    assert answer.status_code == 200
    assert "<h1>This badge is real</h1>" in answer.text
    assert re.search(r"<b>Brewer</b>, earned on \d{1,2} \w+ 20\d\d", answer.text)
    found = said(answer.text)
    for asked in ("Did we make it?", "Is it as we made it?", "Does it still count?", "Is it in date?"):
        assert found[asked].startswith("Yes. "), asked
    assert found["Whose is it?"] == "There is no name in it. Whose it is can be shown by signing in here."


def test_its_text_can_be_pasted_instead(signing, document):
    assert "This badge is real" in check(signing.browser(), text=f"\n {document} \n").text


def test_only_she_is_told_that_it_is_hers(signing, document):
    assert said(check(signing.browser("lena"), document.encode()).text)["Whose is it?"] == "This is your badge."
    assert "your badge" not in check(signing.browser("sam"), document.encode()).text


def test_a_changed_badge_is_not_to_be_relied_on(signing, document):
    forged = {**json.loads(document), "name": "Master brewer"}
    page = check(signing.browser(), json.dumps(forged).encode()).text
    assert "<h1>Do not rely on this badge</h1>" in page
    assert said(page)["Is it as we made it?"].startswith("No. ")
    assert "Brewer" not in page
    assert "Master brewer" not in page


def test_one_that_was_taken_back_does_not_count_and_nobody_reads_why(signing, earned, document):
    badges.revoke(signing.store, earned.rpartition("/")[2], "a secret reason", now_ms())
    page = check(signing.browser(), document.encode()).text
    assert "Do not rely on this badge" in page
    assert said(page)["Does it still count?"] == "No. It was taken back. It does not count any more."
    assert "secret" not in page


def test_a_strangers_badge_is_refused_with_a_sentence(signing, document):
    strange = {**json.loads(document)}
    strange["issuer"] = {**strange["issuer"], "id": "did:web:example.org"}
    page = check(signing.browser(), json.dumps(strange).encode()).text
    assert "<h1>This is not a badge of ours</h1>" in page
    assert "Ask the place that gave it." in page


@pytest.mark.parametrize(
    "data",
    [b"hello", b"\x89PNG\r\n\x1a\n", b"<svg", b"{}", b"[1]", b"\0" * 90_000, b"\xff\xfe", b"{" * 50_000],
    ids=["words", "cut-png", "cut-svg", "nothing", "list", "zeros", "no-text", "deep"],
)
def test_what_is_no_badge_is_answered_with_a_sentence(signing, data):
    answer = check(signing.browser(), data)
    assert answer.status_code == 200
    assert re.search(r"<h1>(We found no badge in that|This is not a badge of ours)</h1>", answer.text)
    assert re.search(r"<(p|dd)>(<b>No\.</b> )?\w[^<]{20,}", answer.text.split("</h1>")[1])


def test_markup_in_a_file_is_never_markup_on_the_page(signing, document):
    evil = json.dumps({**json.loads(document), "name": "<script>alert(1)</script>"})
    for text in (evil, "<script>alert(1)</script>"):
        assert "<script>" not in check(signing.browser(), text=text).text


def test_nothing_sent_is_told_beside_the_form(house):
    answer = check(house.browser())
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Choose a file, or paste the text of one." in answer.text


def test_a_file_up_to_two_megabytes_may_be_sent_and_a_bigger_one_is_told(house):
    assert check(house.browser(), b"x" * 1_990_000).status_code == 200
    answer = check(house.browser(), b"x" * 2_100_000)
    assert answer.status_code == 413
    assert "too big" in answer.text


def test_no_other_form_takes_as_much(house):
    browser = house.browser()
    token = hidden(browser.get("/sign-in").text, "/sign-in")
    answer = browser.client.post("/sign-in", data={**token, "username": "x" * 300_000}, base_url=URL)
    assert answer.status_code == 413


def test_a_form_without_its_token_is_refused(house):
    answer = house.browser().client.post("/verify", data={"text": "{}"}, base_url=URL)
    assert answer.status_code == 403


def test_nobody_has_badges_checked_without_end(house):
    browser = house.browser()
    with house.app.app_context():
        from lms.web.buckets import limits

        for _ in range(30):
            assert limits().badges.take("127.0.0.1", now_ms()) == 0
    answer = check(browser, b"{}")
    assert answer.status_code == 429
    assert "Many badges were checked from here just now." in answer.text
    assert answer.headers["Retry-After"]
    assert browser.get("/verify").status_code == 200


def test_checking_keeps_nothing(signing, document):
    before = signing.rows()
    check(signing.browser(), document.encode())
    assert signing.rows() == before
