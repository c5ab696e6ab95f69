"""The map of addresses: who may see each, what others rely on, what stays free."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms.learning.people import Permission
from lms.web.signed import ANYONE

PROMISED = """
/ /courses/<course> /courses/<course>/<module> /courses/<course>/<module>/<lesson> /courses/<course>/<module>/quiz
/sign-up /sign-in /sign-in/code /sign-out /join/<code> /invite/<code> /me /me/data /me/settings /badges/<public_id>
/teach /mentor /funder /admin /help /help-now /privacy /accessibility /static/<digest>/<name> /files/<digest>
/events /healthz /readyz
/badges/<public_id>.json /badges/<public_id>.png /badges/<public_id>.svg /badges/status/<number>
/badges/achievement/<badge>/<version> /.well-known/did.json
/sw.js /manifest.webmanifest /offline /phone /keep/<release>/<lang>/<module> /me/phone/<course>/<release>/<module>
"""

RESERVED = (
    "/calendar/x.ics",
    "/confirm/x",
    "/programmes/tea",
    "/api/v1/",
    "/preview",
)


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_every_page_says_who_may_see_it(house):
    silent = [
        rule.rule
        for rule in rules(house.app)
        if getattr(house.app.view_functions[rule.endpoint], "allows", None) is None
    ]
    assert silent == []


def test_what_a_page_allows_is_a_permission_or_anyone(house):
    for rule in rules(house.app):
        allows = house.app.view_functions[rule.endpoint].allows  # type: ignore[attr-defined]
        assert allows == ANYONE or isinstance(allows, Permission), rule.rule


def test_every_promised_address_is_there(house):
    assert set(PROMISED.split()) - {rule.rule for rule in rules(house.app)} == set()


@pytest.mark.parametrize("path", RESERVED)
def test_a_reserved_address_is_free(visitor, path):
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("who", ["", "lena", "femi", "fola", "ada"])
def test_looking_at_a_page_changes_no_row(house, who):
    browser = house.browser(who)
    before = house.rows()
    for rule in rules(house.app):
        if "GET" in (rule.methods or ()) and "<code>" not in rule.rule:
            browser.get(filled(rule.rule, house))
    assert house.rows() == before


@pytest.mark.parametrize("who", ["", "lena", "femi", "mira", "fola", "ada"])
def test_no_page_breaks(house, who):
    browser = house.browser(who)
    for rule in rules(house.app):
        if "GET" in (rule.methods or ()):
            path = filled(rule.rule, house)
            assert browser.get(path).status_code < 500, path


def test_a_wrong_id_is_not_found(house):
    ada, mira = house.browser("ada"), house.browser("mira")
    for rule in rules(house.app):
        browser = mira if rule.rule.startswith("/mentor") else ada  # the one thing that an administrator may not
        if "GET" in (rule.methods or ()) and rule.arguments:
            for bad in ("nothing-like-it", "%2e%2e", "%00", "x" * 300, "é", "' or 1=1", "<b>", "%ff"):
                path = filled(rule.rule, house, bad)
                assert browser.get(path).status_code in (404, 429), path


def test_another_groups_canary_is_nowhere_in_what_a_facilitator_sees(house):
    greta = house.browser("greta")
    theirs = greta.get("/teach").text.split("/teach/groups/")[1].split('"')[0]
    person = greta.get(f"/teach/groups/{theirs}").text.split('<option value="')[-1].split('"')[0]
    femi = house.browser("femi")
    assert "Canary" not in femi.get("/teach").text
    for path in (f"/teach/groups/{theirs}", f"/teach/groups/{theirs}/poster"):
        assert femi.get(path).status_code == 404
    assert femi.send(f"/teach/groups/{theirs}", page="/teach").status_code == 404
    assert femi.send("/teach/code", page="/teach", person=person).status_code == 404
    assert "Olga" not in femi.get(f"/teach/groups/{house.group}").text


def test_a_link_on_any_page_leads_somewhere(house):
    browser = house.browser("femi")
    seen, to_see = set(), {"/", "/help", "/courses/tea/brewing/water?step=q-hot"}
    while to_see:
        path = to_see.pop()
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code in (200, 403), path
        if answer.mimetype == "text/html" and answer.status_code == 200:
            found = re.findall(r'(?:href|src)="(/[^"#]*)', answer.text)
            to_see |= {it.replace("&amp;", "&") for it in found} - seen - {"/leave"}  # it leads to another site


def filled(rule: str, house, bad: str = "") -> str:
    given = {
        "<course>": "tea",
        "<module>": "brewing",
        "<lesson>": "water",
        "<public_id>": house.group,
        "<code>": house.join_code,
        "<badge>": "tea.brewing",
        "<version>": "1",
        "<number>": "1",
        "<digest>": "0" * 64,
        "<name>": "learner.css",
    }
    rule = re.sub(r"<uuid:\w+>", bad or "00000000-0000-4000-8000-000000000000", rule)
    for part, value in given.items():
        rule = rule.replace(part, bad or value)
    return rule
