"""Hostile words in every text a person can type come out as words.

Each is typed wherever something can be typed, in a house of its own. Then every page that shows it, and
every page that refuses it, is taken apart: it must be made of the same elements, with the same attributes,
as the page of somebody who typed plain words.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from lms.errors import Refused
from lms.services import badges, changing, organisations, people, publishing
from lms.services.changing import Standing
from lms.services.courses import Catalogue
from tests.browser.learning import finish_module
from tests.web.conftest import PASSWORD, SECRET, URL, House, hidden, now_ms, opened
from tests.web.markup import Markup
from tests.web.typist import CAST, COOKIE, WATER, Typist, signed_in_as

PLAIN = "Plain words"

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='><b>x</b>",
    '" autofocus onfocus="alert(1)',
    "</title></textarea></select><iframe src=//e></iframe>",
    "{{123457*97}} {% import os %} ${123457*97} #{123457*97} <%= 123457*97 %>",
    "%(x)s {0.__class__} %s %n %2e%2e%2f",
    "javascript:alert(1)",
    "//evil.example/a",
    "&lt;script&gt; &amp; &#60;b&#62; <!-- <![CDATA[ ]]> <?php",
    "' or 1=1; drop table people; --",
    '=cmd|" /C calc"!A0',
    "@SUM(1+1)",
    "x\r\nSet-Cookie: hostile=1\r\n\r\n<b>",
    "../../etc/passwd",
]
"""All of these are words somebody may be called by."""

STRANGE = {
    "nothing but turning round": "\u202e\u2066",
    "turned round": "\u202egnp.exe \u2066 b",
    "line separators": "\u2028\u2029",
    "NUL": "a\0b",
    "ten thousand letters": "x" * 10_000,
    "a formula behind what can't be seen": "\u200b\ufeff=1+1",
}

COFFEE = {
    "course.md": "---\ncourse: coffee\nlang: en\norder: [cups]\nbadge: none\n---\n# Coffee\n\nHello.\n",
    "cups.md": """---
module: cups
lang: en
badge: none
---
# Cups

## A cup {#cup}

A cup holds coffee.

- Skills: eds-2022/F1

## Quiz: Check yourself {#quiz}

- Ask: 2
- Pass: 1
- Tries: 2

### Question: What is ground? {#z-ground}

- Answer: beans
- Explain: Lesson 1, "A cup", has more.

### Question: What is brewed? {#z-brewed}

- Answer: coffee
""",
}

Seen = dict[str, TestResponse]


@dataclass(frozen=True)
class Begun:
    """What every house here starts from."""

    var: Path
    badge: str
    doors: dict[str, str]
    """User name -> the cookie of her sign-in."""
    tokens: dict[str, tuple[int, str]]
    """User name -> her id, and the secret in that cookie."""


@pytest.fixture(scope="module")
def begun(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """The small site, with a badge of Lena's that everybody may see and a quiz that asks for words."""
    var = tmp_path_factory.mktemp("hostile") / "var"
    with opened(built, var) as house:
        files = {path: text.encode() for path, text in COFFEE.items()}
        publishing.publish(house.store, "coffee", files, date(2026, 11, 22), now_ms())
        tokens = {who: people.sign_in(house.store, who, PASSWORD, "127.0.0.1", now_ms()) for who in CAST}
        lena = people.signed_in(house.store, tokens["lena"].person_id, tokens["lena"].secret, now_ms())
        finish_module(house.store, Catalogue(house.store), lena.person_id, "tea", "brewing", now_ms())
        badge = badges.mine(house.store, lena)[0].public_id
        badges.show(house.store, lena, badge, shown=True, named=False, at_ms=now_ms())
        doors = {who: house.browser(who).client.get_cookie(COOKIE, "127.0.0.1").value for who in CAST}
    return Begun(var, badge, doors, {who: (it.person_id, it.secret) for who, it in tokens.items()})


@pytest.fixture(scope="module")
def typed(begun: Begun, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Seen]:
    """Type words everywhere, in a new house; what every page answered."""

    @cache
    def everywhere(words: str) -> Seen:
        with opened(begun.var, tmp_path_factory.mktemp("typed") / "var") as house:
            return Typist(house, words, begun.badge, begun.doors).everywhere()

    return everywhere


def kept(words: str) -> str:
    """A name as it is shown: in one line. A code loses its strokes, since it becomes part of an address."""
    return " ".join(words.replace("/", " ").split())


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_make_the_page_that_plain_words_make(typed, words):
    plain, hostile = typed(PLAIN), typed(words)
    assert list(hostile) == list(plain)
    for place, answer in hostile.items():
        assert answer.status_code == plain[place].status_code, place
        _is_whole(answer, place)
        if answer.mimetype == "text/html":
            page, like = Markup(answer.text), _markup(plain[place].text)
            assert page.bones == like.bones, place
            assert "11975329" not in page.words, place
            if PLAIN in like.words:
                assert kept(words) in kept(page.words), place


def _is_whole(answer: TestResponse, place: str) -> None:
    """No fault of ours, and no header that somebody else wrote."""
    for each in (*answer.history, answer):
        assert each.status_code < 500, place
        assert each.headers["X-Content-Type-Options"] == "nosniff", place
        assert "default-src 'none'" in each.headers["Content-Security-Policy"], place
        assert not [value for value in each.headers.values() if "\r" in value or "\n" in value], place
        assert "hostile" not in str(each.headers.getlist("Set-Cookie")), place
        leads = urlsplit(each.headers.get("Location", "/"))
        assert (leads.scheme, leads.netloc, leads.path[:1]) == ("", "", "/"), place
        assert not leads.path.startswith("//"), place


@lru_cache(maxsize=500)
def _markup(page: str) -> Markup:
    """The pages of plain words are held against those of every other."""
    return Markup(page)


def _bones(answer: TestResponse) -> set[tuple[object, ...]]:
    if answer.mimetype != "text/html":
        return set()
    return {tuple(map(str, it)) for it in _markup(answer.text).bones}


@pytest.mark.parametrize("kind", STRANGE)
def test_letters_that_are_none_break_no_page(typed, kind):
    """Refused or cleaned, the page is made of what it is made of for plain words and for none."""
    strange, others = typed(STRANGE[kind]), (typed(PLAIN), typed(" "))
    known = {bone for seen in others for answer in seen.values() for bone in _bones(answer)}
    for place, answer in strange.items():
        _is_whole(answer, place)
        assert _bones(answer) <= known, place


def test_a_name_that_turns_round_what_stands_beside_it_is_kept_without_that(typed):
    seen = typed(STRANGE["turned round"])
    pages = [
        it.text for place, it in seen.items() if re.search(r"(GET /teach|GET /admin|GET /me|GET /badges).* \[]", place)
    ]
    assert sum("gnp.exe b" in page for page in pages) > 9
    assert not any("\u202e" in page.partition("Answers in your own words")[0] for page in pages)


@pytest.mark.parametrize("words", [words for words in HOSTILE if words[0] in "=@'"])
def test_nothing_that_somebody_typed_is_in_the_package_for_a_spreadsheet(typed, words):
    package, plain = _package(typed(words)), _package(typed(PLAIN))
    assert list(package) == list(plain)
    assert package["README.txt"] == plain["README.txt"]
    json.loads(package["datapackage.json"])
    tables = {name: list(csv.reader(io.StringIO(text))) for name, text in package.items() if name.endswith(".csv")}
    cells = [cell for rows in tables.values() for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@|%")]
    assert not [name for name, text in package.items() if words in text]


def _package(seen: Seen) -> dict[str, str]:
    (answer,) = (it for place, it in seen.items() if it.mimetype == "application/zip")
    assert re.fullmatch(r'attachment; filename="learning-[0-9-]{10}\.zip"', answer.headers["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zipped:
        return {name: zipped.read(name).decode() for name in sorted(zipped.namelist())}


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><svg onload=alert(1)>'])
def test_what_software_reads_holds_the_words_as_words(typed, words):
    seen = [it for it in typed(words).values() if "json" in it.mimetype]
    taken = [it for it in seen if "my-data.json" in it.headers.get("Content-Disposition", "")]
    assert [it.get_json()["people"][0]["display_name"] for it in taken] == [words]
    assert words in str(taken[0].get_json()["words"])
    assert len(seen) > len(taken)


RAW = (b"%00", b"%ED%A0%80", b"%ff%fe", b"%F4%90%80%80", b"a%0d%0aLocation:%20//e", b"%e2%80%ae", b"%c0%bc")


@pytest.mark.parametrize("raw", RAW)
def test_bytes_that_are_no_letters_break_no_page(house, raw):
    lena = house.browser("lena")
    for path in (b"/admin?q=", b"/sign-in?next=", b"/join?code=", WATER.encode() + b"?step=q-word&answer="):
        _is_whole(lena.get((path + raw).decode()), str(path))
    token = hidden(lena.get("/me/settings").text, "/me/settings")["csrf_token"].encode()
    body = b"csrf_token=" + token + b"&act=looks&name=" + raw
    form = {"content_type": "application/x-www-form-urlencoded", "base_url": URL}
    _is_whole(lena.client.post("/me/settings", data=body, **form), "/me/settings")
    _is_whole(lena.get("/me"), "/me")


# --- strings other projects collected -------------------------------------------------------------


def test_what_others_collected_is_only_words(corpus: Path, begun: Begun, tmp_path: Path):
    """All together are groups, organisations and areas; every eighth is what she is called and what she answers."""
    names = list(_names(corpus / "xss"))
    assert len(names) > 200
    plain, hostile = tmp_path / "plain", tmp_path / "hostile"
    with opened(begun.var, plain) as like, opened(begun.var, hostile) as house:
        shown = _shown_with(like, begun, PLAIN)
        for name in names[::8]:
            assert _shown_with(house, begun, name) == shown, name
        assert _many(house, begun, names) == _many(like, begun, [f"Plain {number}" for number in range(len(names))])


def _names(folder: Path) -> Iterator[str]:
    """The first eighty letters of every line and every case, once each, that somebody may be called by."""
    seen = set()
    cases = [it["payload"] for it in json.loads((folder / "DOMPurify" / "expect.json").read_text("utf-8"))]
    sheets = (path.read_text("utf-8").splitlines() for path in sorted(folder.rglob("*.md")))
    for typed in (*cases, *(line for sheet in sheets for line in sheet if "<" in line or "&" in line)):
        with suppress(Refused):
            name = people.clean_name(typed[:80])
            if name.casefold() not in seen:
                seen.add(name.casefold())
                yield name


def _shown_with(house: House, begun: Begun, name: str) -> list[list[tuple[object, ...]]]:
    """What the pages are made of that show somebody of a name, and her answer."""
    lena, femi = (signed_in_as(house, begun.doors, who) for who in ("lena", "femi"))
    people.change_settings(house.store, _signed(house, begun, "lena"), name, {"adult": "yes"}, now_ms())
    answers = [
        femi.get(f"/teach/groups/{house.group}"),
        lena.get(f"/badges/{begun.badge}"),
        lena.get("/"),
        house.browser().send(WATER, page=f"{WATER}?step=q-word", act="answered", answer=name),
    ]
    pages = [Markup(answer.text) for answer in answers]
    assert all(kept(name) in kept(page.words) for page in pages)
    return [page.bones for page in pages]


def _signed(house: House, begun: Begun, who: str) -> people.SignedIn:
    person, token = begun.tokens[who]
    signed = people.signed_in(house.store, person, token, now_ms())
    assert signed is not None
    return signed


def _many(house: House, begun: Begun, names: list[str]) -> list[list[tuple[object, ...]]]:
    """What the pages are made of that list places and groups of these names."""
    ada, femi, at_ms = _signed(house, begun, "ada"), _signed(house, begun, "femi"), now_ms()
    tea = Catalogue(house.store).shelf(at_ms).course("tea").course_id
    for number, name in enumerate(names):
        organisations.add_organisation(house.store, ada, name, at_ms)
        organisations.add_area(house.store, ada, f"A{number}", name, at_ms)
        changing.add(house.store, femi, Standing(name, (tea,)), SECRET, at_ms)
    looks = (("femi", "/teach"), ("ada", "/admin"), ("ada", "/admin/organisations"))
    return [Markup(signed_in_as(house, begun.doors, who).get(path).text).bones for who, path in looks]
