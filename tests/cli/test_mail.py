"""`lms mail`: whether the settings are right, and whether letters wait."""

from __future__ import annotations

import uuid
from contextlib import closing
from pathlib import Path

import pytest

from lms.services import mail
from lms.services.people import sign_up, signed_in
from lms.services.stores import open_store
from tests.cli.conftest import Run
from tests.inbox import FROM, inbox

ADDRESS = "ada@example.net"


def test_a_letter_is_sent_at_once_to_try_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch):
    assert "Set LMS_SMTP_URL" in run("mail", "test", ADDRESS).err
    with inbox() as box:
        monkeypatch.setenv("LMS_SMTP_URL", box.url)
        monkeypatch.setenv("LMS_MAIL_FROM", f"Post <{FROM}>")
        assert "127.0.0.1 has taken it" in run("mail", "test", ADDRESS).out
        (letter,) = box.to(ADDRESS)
        assert (letter["From"], letter["Subject"]) == (f"Post <{FROM}>", "A test")
        box.answers = {ADDRESS: f"550 there is no {ADDRESS}"}
        refused = run("mail", "test", ADDRESS)
        assert (refused.code, refused.out) == (2, "")
        assert "did not take it: it said 550" in refused.err
        assert ADDRESS not in refused.err
    away = run("mail", "test", ADDRESS)
    assert away.code == 2
    assert "can't be used (ConnectionRefusedError" in away.err
    assert "name@example.org" in run("mail", "test", "ada").err


def test_how_many_letters_wait_is_said_and_where_some_could_not_be_sent_it_is_a_problem(run: Run, tmp_path: Path):
    run("migrate")
    waiting = run("mail", "waiting")
    assert (waiting.code, waiting.out) == (0, "0 letters wait, 0 of them tried before.\n")
    with closing(open_store(f"sqlite:///{tmp_path}/var/lms.db", tmp_path / "var")) as store:
        token = sign_up(store, "Lena", "lena", "three words you like", "yes", "en", 1)
        lena = signed_in(store, token.person_id, token.secret, 1)
        assert lena is not None
        mail.ask(store, lena, ADDRESS, uuid.uuid4(), 1)
        assert run("mail", "waiting").out == "1 letter waits, 0 of them tried before.\n"
        with store.write() as db:
            db.exec_driver_sql("UPDATE mail SET tries = 1")
    tried = run("mail", "waiting")
    assert (tried.code, ADDRESS in tried.out) == (1, False)
    assert "say what to do: test or waiting" in run("mail").err
