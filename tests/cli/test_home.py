"""The folder LMS_VAR: nobody else reads it, and nobody replaces it while it is used."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lms.cli import home
from lms.errors import CannotRun
from lms.settings import Settings, read


def settings_in(folder) -> Settings:
    return read({"LMS_VAR": str(folder)}, secret_needed=False)


@pytest.fixture(autouse=True)
def _umask():
    mask = os.umask(0o022)
    yield
    os.umask(mask)


def test_the_folder_and_its_secrets_are_for_their_owner_alone(tmp_path):
    home.make_folder(tmp_path / "var")
    home.make_secrets(settings_in(tmp_path / "var"))
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "var").iterdir()}
    assert modes == {"secret": "0o600", "demo-password": "0o600", "badge-keys": "0o600"}
    assert oct((tmp_path / "var").stat().st_mode & 0o777) == "0o700"


def test_what_was_made_once_stays(tmp_path):
    home.make_folder(tmp_path)
    home.make_secrets(settings_in(tmp_path))
    first = settings_in(tmp_path)
    assert len(first.secret_key) == 64
    assert len(first.demo_password) >= 12
    home.make_secrets(first)
    assert settings_in(tmp_path) == first


def test_two_sites_have_different_secrets_and_passwords(tmp_path):
    for name in ("a", "b"):
        home.make_folder(tmp_path / name)
        home.make_secrets(settings_in(tmp_path / name))
    one, other = settings_in(tmp_path / "a"), settings_in(tmp_path / "b")
    assert one.secret_key != other.secret_key
    assert one.demo_password != other.demo_password


def test_no_restore_while_a_server_holds_the_folder_nor_a_server_while_it_is_restored(tmp_path):
    serving = home.hold_to_serve(tmp_path)
    second = home.hold_to_serve(tmp_path)
    with pytest.raises(CannotRun, match="A server is using"), home.hold_alone(tmp_path):
        pytest.fail("restored under a server")
    os.close(serving)
    os.close(second)
    with home.hold_alone(tmp_path), pytest.raises(CannotRun, match="is being restored"):
        home.hold_to_serve(tmp_path)


def test_the_folder_is_held_by_whatever_the_server_becomes(tmp_path):
    held = home.hold_to_serve(tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as worker:
        os.close(held)
        with pytest.raises(CannotRun), home.hold_alone(tmp_path):
            pytest.fail("restored under a worker")
        worker.communicate(b"\n")
    with home.hold_alone(tmp_path):
        pass


def test_a_folder_that_cant_be_made_or_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "var", tmp_path / "file"):
        with pytest.raises(CannotRun, match="can't be made"):
            home.make_folder(folder)
