"""Letting the first person in, and helping whoever is shut out."""

from __future__ import annotations

import re

import pytest

from lms.services import codes, people
from lms.services.stores import open_store
from lms.settings import read


@pytest.fixture
def store(run, demo):
    """A site with its demo people; `run` and this see the same."""
    settings = read({"LMS_VAR": str(demo / "var")})
    opened = open_store(settings.database_url, settings.var)
    yield opened
    opened.close()


def now() -> int:
    from lms.cli.parts import now_ms

    return now_ms()


def test_the_first_administrator_comes_in_by_a_link_that_works_once(run, monkeypatch, tmp_path):
    for name, value in (
        ("LMS_MODE", "production"),
        ("LMS_PUBLIC_URL", "https://learn.example.org"),
        ("LMS_SECRET_KEY", "9f2c41d07be85a3612c8f4907d3e6ba5"),
    ):
        monkeypatch.setenv(name, value)
    run("migrate")
    link = run("invite", "--role", "administrator").out
    found = re.fullmatch(r"https://learn\.example\.org/invite/([\w-]{20,})\n", link)
    assert found
    settings = read({"LMS_VAR": str(tmp_path / "var")}, secret_needed=False)
    opened = open_store(settings.database_url, settings.var)
    codes.accept_invite(opened, found[1], "Ada", "ada", "purple-kettle-home", now())
    with pytest.raises(codes.NotFound):
        codes.accept_invite(opened, found[1], "Sam", "sam", "purple-kettle-home", now())
    opened.close()
    assert re.search(r"^ada +Ada +administrator \(the whole site\)$", run("person").out, re.MULTILINE)


@pytest.mark.parametrize("role", ["learner", "facilitator", "king", ""])
def test_only_a_role_of_the_whole_site_is_given_by_a_link_from_here(run, role):
    done = run("invite", "--role", role)
    assert done.code == 2
    assert "choose from" in done.err


def test_everyone_is_listed_with_their_roles(run, store):
    listed = run("person")
    assert listed.code == 0
    assert len(listed.out.splitlines()) <= 40
    assert re.search(r"^femi +Femi \(demo\) +facilitator", listed.out, re.MULTILINE)


def test_a_code_signs_her_in_once(run, store):
    shown = run("person", "LENA", "--code")
    code = shown.out.split()[0]
    assert shown.code == 0
    token = codes.use_code(store, code, "127.0.0.1", now())
    assert people.signed_in(store, token.person_id, token.secret, now()).username == "lena"
    with pytest.raises(people.Refused):
        codes.use_code(store, code, "127.0.0.1", now())


def test_a_role_is_given_and_ended(run, store):
    assert "funder (the whole site)" in run("person", "lena", "--give", "funder").out
    assert "funder" not in run("person", "lena", "--end", "funder").out
    assert run("person", "lena", "--end", "funder").code == 2


def test_the_last_administrator_stays(run, store):
    done = run("person", "ada", "--end", "administrator")
    assert done.code == 2
    assert "last administrator" in done.err


@pytest.mark.parametrize("name", ["nobody", "x y", "", "ada'; --", "a" * 300])
def test_nobody_of_that_name_is_one_sentence(run, store, name):
    done = run("person", name)
    assert (done.code, done.err.count("\n")) == (2, 1)


def test_an_option_that_needs_a_person_asks_whom(run, store):
    assert "lms person USERNAME" in run("person", "--code").err


def test_who_lost_phone_and_paper_starts_again(run, store):
    assert run("person", "lena", "--start-again").err == "lms person: lena has no second step.\n"


def test_records_are_shown_and_checked(run, store):
    told = run("audit", "lena")
    assert told.code == 0
    assert run("audit").out.endswith(" 0 changed by hand.\n")
    with store.write() as db:
        db.exec_driver_sql("update audit set object = 'x' where n = 1 and action = 'signed-up'")
        changed = db.exec_driver_sql("select count(*) from audit where object = 'x'").scalar_one()
    assert run("audit").code == (1 if changed else 0)


def test_a_list_of_areas_that_is_no_csv_writes_nothing_and_says_where(run, tmp_path):
    run("migrate")
    (tmp_path / "endless.csv").write_text('code,name,parent\nE08000035,"' + "Leeds " * 30_000)
    answer = run("areas", str(tmp_path / "endless.csv"))
    assert answer.code
    assert "is no CSV" in answer.err
    assert "quote that never ends" in answer.err
