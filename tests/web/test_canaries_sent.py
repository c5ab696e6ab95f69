"""The other half of `test_canaries`: whatever staff of one organisation send, no answer names anybody of the other.

Sent is to every address of staff that takes a form, from the application's own map: with ids of the other organisation
in the address, and to those of her own with ids of the other in every field that any form of the site has. Fields and
what `act` can be are read from the sources, so a new form is sent without anybody adding it here.
"""

from __future__ import annotations

import inspect
import re
import sys
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

import lms.web
from lms.store.tables import METADATA
from tests.web.conftest import URL, House, hidden, now_ms, opened
from tests.web.test_canaries import ROLES, WORDS, _add, _settle, _signed, ids_of, its_id

STAFF = ("/teach", "/admin", "/mentor", "/funder", "/concern")
SOURCES = Path(lms.web.__file__).parent
_NAMED = re.compile(r"""name="([a-z_]+)"|form\.get(?:list)?\("([a-z_]+)"|^    (\w+) = \w*Field\(""", re.MULTILINE)
ROSTER = "Name,User name\nDemo Zofie,{}"


@pytest.fixture(scope="module")
def house(built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One site for the file: what is sent may change whose it is, and must name nobody of the other ever after."""
    with opened(built, tmp_path_factory.mktemp("canaries-sent") / "var") as made:
        with made.store.write() as db:
            _add(db, "in-both", "Demo Shared", now_ms())
        for name, word in WORDS.items():
            _settle(made, name, word)
        yield made


@cache
def fields() -> frozenset[str]:
    """What any form of the site has."""
    texts = [it.read_text() for kind in ("*.py", "templates/**/*.html") for it in SOURCES.glob(kind)]
    return frozenset(name for text in texts for found in _NAMED.findall(text) for name in found if name)


@cache
def acts(module: str) -> tuple[str, ...]:
    """What `act` can be in the forms a module takes, and none."""
    lines = inspect.getsource(sys.modules[module]).splitlines()
    return (
        "",
        *sorted({it for line in lines if re.search(r"\bact\b", line) for it in re.findall(r'"([a-z-]+)"', line)}),
    )


def numbers_of(house: House, name: str) -> dict[str, str]:
    """The numbers by which forms name what is of one organisation."""
    word, found = WORDS[name], {}
    with house.store.read() as db:
        for table in ("organisations", "venues", "programmes"):
            its = METADATA.tables[table]
            key = its.primary_key.columns.values()[0]
            asked = select(key).where(its.c.name.like(f"{word}%")).order_by(key)
            found[table] = str(db.execute(asked).scalars().first())
    return found


def filled_in(house: House, other: str, searched: bool) -> dict[str, str]:
    """Every field: with the other's ids; `searched`: with her word and user name where something is typed."""
    ids, numbers = ids_of(house, other), numbers_of(house, other)
    her, group, meeting = ids["people"][0], ids["groups"][0], ids["meetings"][0]
    chosen = dict.fromkeys(fields(), WORDS[other].lower() if searched else her) | {
        "group": group,
        "to": group,
        "meeting": meeting,
        "organisation": numbers["organisations"],
        "venue": numbers["venues"],
        "programme": numbers["programmes"],
        "partners": numbers["organisations"],
        "scope": f"organisation:{numbers['organisations']}",
        "role": "mentor",
        "keep": _signed(house, "in-both").public_id,
        "mentor": _signed(house, f"{other}-mentor").public_id,
        "roster": ROSTER.format(f"{other}-learner-1".upper()),
        "courses": "tea",
        "lesson": "tea/brewing/pot",
        "as_of": "2026-11-01",
    }
    if searched:
        chosen |= {
            "one": _signed(house, "in-both").public_id,
            "other": her,
            "person": _signed(house, "in-both").public_id,
        }
    return chosen


def sent(house: House, name: str, other: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each address of staff that takes a form, and what is sent to it."""
    theirs, ours = ids_of(house, other), ids_of(house, name)
    forms = [filled_in(house, other, searched) for searched in (False, True)]
    for rule in house.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or not rule.rule.startswith(STAFF):
            continue
        module = house.app.view_functions[rule.endpoint].__module__
        paths = [rule.rule]
        if rule.arguments:
            named = [
                (ids[table][0], its) for ids, its in ((theirs, other), (ours, name)) for table in _tables(rule.rule)
            ]
            named += [(numbers_of(house, its)["venues"], its) for its in (other, name)]
            named += [(f"in-{its}", its) for its in (other, name)]
            paths = [
                re.sub("<[^>]+>", public_id, re.sub("<uuid:[^>]+>", str(its_id(its)), rule.rule))
                for public_id, its in named
            ]
        for path in dict.fromkeys(paths):
            for act in acts(module):
                for form in forms:
                    yield path, {**form, "act": act, "event_id": str(uuid.uuid4())}


def _tables(rule: str) -> tuple[str, ...]:
    """What a public id in an address can be of."""
    return ("meetings",) if "/meetings/" in rule else ("groups",) if "/groups/" in rule else ("people",)


@pytest.mark.parametrize("what", ROLES)
def test_no_name_of_the_other_organisation_is_in_an_answer_to_any_form_or_on_a_page_afterwards(house: House, what: str):
    name, other = "ours", "theirs"
    browser, word = house.browser(f"{name}-{what}"), WORDS[other]
    token, statuses, leaks = hidden(browser.get("/sign-in").text, "/sign-in")["csrf_token"], [], []

    def look(said: str, where: object) -> None:
        if word in said or f"{other}-l" in said or f"{other}-f" in said:
            leaks.append(where)

    for path, form in sent(house, name, other):
        data = {**form, "csrf_token": token}
        answer = browser.client.post(path, data=data, base_url=URL, headers={"Origin": URL})
        statuses.append(answer.status_code)
        look(answer.get_data().decode(errors="replace"), (path, form["act"]))
    for path in after(house, name):
        look(browser.client.get(path, base_url=URL).get_data().decode(errors="replace"), path)
    assert leaks == []
    assert set(statuses) > {403}, "forms of hers were read, not all refused"
    assert 500 not in statuses


def after(house: House, name: str) -> Iterator[str]:
    """The pages on which what was taken from somebody else would stand."""
    ids = ids_of(house, name)
    her, group, meeting = ids["people"][0], ids["groups"][0], ids["meetings"][0]
    yield from ("/teach", "/teach/ring", "/admin", "/mentor", "/teach/pairings", "/teach/concerns", "/teach/programmes")
    yield from (f"/teach/groups/{group}", f"/teach/groups/{group}/members", f"/teach/groups/{group}/change")
    yield from (f"/teach/meetings/{meeting}", f"/teach/meetings/{meeting}/register", f"/teach/pairings/{her}")
    yield from (f"/teach/programmes/in-{name}", "/teach/venues", f"/teach/same?one={her}&other={ids['people'][1]}")
