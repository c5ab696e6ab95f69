"""`lms serve`: one command from an empty folder to a page, and one sentence where it can't be."""

from __future__ import annotations

import os
import re
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms.cli import home
from tests.cli.conftest import COURSES
from tests.ports import a_port

SECRET = "9f2c41d07be85a3612c8f4907d3e6ba5"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the courses and nothing else, as after a fresh clone."""
    shutil.copytree(COURSES, tmp_path / "courses")
    return tmp_path


def environ(**settings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LMS_")} | settings


def refused(folder: Path, *arguments: str, **settings: str) -> str:
    """What is said by a start that can't be; one line, and exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "lms", "serve", *arguments],
        cwd=folder, env=environ(**settings), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@dataclass
class Server:
    """A running one. `printed` is what it said, once it has ended."""

    port: int
    process: subprocess.Popen[str]
    printed: str = ""

    def page(self, path: str = "/", host: str = "") -> str:
        """A page, once the server answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": host} if host else {})
        until = time.monotonic() + 180
        while True:
            try:
                with urllib.request.urlopen(request, timeout=180) as answer:
                    return answer.read().decode()
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, self.process.communicate()[0]
                assert time.monotonic() < until
                time.sleep(0.02)


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    port = a_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "lms", "serve", "--port", str(port), *arguments],
        cwd=folder, env=environ(**settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    server = Server(port, process)
    try:
        yield server
    finally:
        process.terminate()
        server.printed = process.communicate(timeout=120)[0]


def rows(folder: Path) -> dict[str, int]:
    """How much there is of everything that a start could make twice."""
    tables = ("people", "events", "releases", "publications", "awards", "groups", "handles")
    with closing(sqlite3.connect(folder / "var/lms.db")) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_the_first_start_makes_everything_and_the_second_under_three_seconds_nothing(site):
    with serving(site) as server:
        assert "Learn" in server.page()
    made, secret = rows(site), (site / "var/secret").read_text()
    assert made["people"] <= 40
    assert made["events"] > 500
    assert oct((site / "var").stat().st_mode & 0o777) == "0o700"
    assert {oct(path.stat().st_mode & 0o077) for path in (site / "var").rglob("*")} == {"0o0"}
    assert min(second_start(site) for _ in range(2)) < 3
    assert rows(site) == made
    assert (site / "var/secret").read_text() == secret


def second_start(site: Path) -> float:
    """Seconds of work until the first page, of all processes: a busy machine waits longer, an idle one does not."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with serving(site) as server:
        server.page()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_it_prints_the_address_and_who_can_sign_in(site):
    with serving(site, LMS_DEMO_PASSWORD="purple-kettle-home") as server:
        server.page("/healthz")
    assert f"http://127.0.0.1:{server.port}\n" in server.printed
    names = re.findall(r"sign in as (\w+) +password purple-kettle-home", server.printed)
    assert names == ["lena", "femi", "olu", "mira", "fola", "ada"]
    assert not (site / "var/demo-password").exists()


def test_two_starts_at_once_make_one_site(site):
    with serving(site) as one, serving(site) as other:
        assert "Learn" in one.page()
        assert "Learn" in other.page()
    made = rows(site)
    assert made["publications"] == 3
    assert made["people"] <= 40


def test_a_port_that_is_taken_is_said_before_anything_is_made(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port := a_port()))
        other.listen()
        said = refused(site, "--port", str(port))
    assert f"127.0.0.1 port {port} can't be used (Address already in use). Take another: lms serve --port" in said
    assert not (site / "var").exists()


def test_a_folder_that_cant_be_written_is_said(site):
    if os.geteuid():
        site.chmod(0o500)
        said = refused(site, "--port", str(a_port()))
        site.chmod(0o700)
    else:  # root may write everywhere but where there is nothing to write on
        said = refused(site, "--port", str(a_port()), LMS_VAR="/proc/lms")
    assert "can't be made" in said


def test_a_broken_course_is_said_and_nothing_is_half_made(site):
    text = (site / "courses/online-safety/your-phone.md").read_text("utf-8")
    (site / "courses/online-safety/your-phone.md").write_text(text.replace("- [x]", "- [ ]"), "utf-8")
    said = refused(site, "--port", str(a_port()))
    assert "courses/online-safety has" in said
    assert "your-phone.md:" in said
    assert not (site / "var").exists()


def test_a_broken_course_leaves_an_empty_folder_empty(site):
    """An operator may have made the folder before, for its rights."""
    (site / "var").mkdir(mode=0o700)
    (site / "courses/online-safety/course.md").write_text("# Nothing\n")
    assert "courses/online-safety has" in refused(site, "--port", str(a_port()))
    assert list((site / "var").iterdir()) == []


def test_a_broken_course_over_bare_tables_makes_no_secrets(site):
    subprocess.run([sys.executable, "-m", "lms", "migrate"], cwd=site, env=environ(), check=True, capture_output=True)
    (site / "courses/online-safety/course.md").write_text("# Nothing\n")
    assert "courses/online-safety has" in refused(site, "--port", str(a_port()))
    assert not {"secret", "demo-password", "address"} & {path.name for path in (site / "var").iterdir()}


def test_a_server_of_databases_that_cant_be_reached_is_said_before_anything_is_made(site):
    said = refused(site, "--port", str(a_port()), LMS_DATABASE_URL="postgresql://nobody:pw@127.0.0.1:1/none")
    assert "The database can't be used" in said
    assert not (site / "var").exists()


def test_a_course_broken_later_stops_the_start_and_keeps_what_learners_see(demo):
    before = rows(demo)
    (demo / "courses/coding-basics/course.md").write_text("# Nothing\n")
    said = refused(demo, "--port", str(a_port()))
    assert "courses/coding-basics" in said
    assert "lms check courses/coding-basics" in said
    assert rows(demo) == before


def test_where_one_course_is_broken_none_that_has_changed_is_published(demo):
    """The first by name has only changed; two that come later are broken, and each is told."""
    first = demo / "courses/coding-basics/what-code-is.md"
    first.write_text(first.read_text("utf-8").replace("\n# ", "\n# New: ", 1), "utf-8")
    for name in ("online-safety", "social-media"):
        (demo / f"courses/{name}/course.md").write_text("# Nothing\n")
    before = rows(demo)
    said = refused(demo, "--port", str(a_port()))
    assert "courses/online-safety has" in said
    assert "courses/social-media has" in said
    assert "`lms check courses/online-safety courses/social-media` shows all. Nothing was published." in said
    assert rows(demo) == before


def test_a_first_start_says_each_broken_course_too(site):
    for name in ("coding-basics", "social-media"):
        (site / f"courses/{name}/course.md").write_text("# Nothing\n")
    said = refused(site, "--port", str(a_port()))
    assert "courses/coding-basics has" in said
    assert "courses/social-media has" in said
    assert not (site / "var").exists()


def test_a_start_in_another_zone_than_the_days_are_stored_in_is_refused(demo):
    before = rows(demo)
    said = refused(demo, "--port", str(a_port()), LMS_TIMEZONE="Asia/Tokyo")
    assert "This site's days are stored in the zone Europe/London. Write LMS_TIMEZONE=Europe/London" in said
    assert rows(demo) == before


def test_a_course_changed_since_is_published_and_nothing_else(demo):
    text = (demo / "courses/coding-basics/what-code-is.md").read_text("utf-8")
    (demo / "courses/coding-basics/what-code-is.md").write_text(text.replace("\n# ", "\n# New: ", 1), "utf-8")
    before = rows(demo)
    with serving(demo) as server:
        assert "New: " in server.page("/courses/coding-basics")
    assert rows(demo) == before | {"publications": 4, "releases": 4}
    assert re.findall(r"Published (\S+)\.", server.printed) == ["coding-basics"]


def test_a_demo_without_courses_is_not_begun(tmp_path):
    assert "There are no courses here" in refused(tmp_path, "--port", str(a_port()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"LMS_MODE": "production"}, "LMS_PUBLIC_URL is missing"),
        ({"LMS_MODE": "production", "LMS_PUBLIC_URL": "https://learn.example.org"}, "LMS_SECRET_KEY is missing"),
        ({"LMS_MODE": "production", "LMS_SECRET_KEY": SECRET, "LMS_PUBLIC_URL": "http://example.org"}, "Write https"),
        ({"LMS_MODE": "live"}, "Write demo or production"),
        ({"LMS_HOST": "0.0.0.0"}, "LMS_MODE must be set"),
        ({"LMS_ACCESS_LOG": "maybe"}, "Write true or false"),
        ({"LMS_DATABASE_URL": "postgresql://nobody:pw@127.0.0.1:1/none"}, "database"),
    ],
)
def test_a_start_that_would_not_be_safe_is_refused(site, settings, says):
    said = refused(site, "--port", str(a_port()), **settings)
    assert says in said
    assert "pw@" not in said


def test_production_makes_no_people_and_publishes_nothing(site):
    settings = {"LMS_MODE": "production", "LMS_SECRET_KEY": SECRET, "LMS_PUBLIC_URL": "https://learn.example.org"}
    with serving(site, **settings) as server:
        assert server.page("/healthz", host="learn.example.org") == "ok\n"
    made = rows(site)
    assert (made["people"], made["publications"]) == (0, 0)
    assert not (site / "var/secret").exists()
    assert "sign in as" not in server.printed


def invited(folder: Path, **settings: str) -> str:
    """The link that is printed by a command in another window."""
    command = [sys.executable, "-m", "lms", "invite", "--role", "funder"]
    done = subprocess.run(command, cwd=folder, env=environ(**settings), capture_output=True, text=True, check=True)
    return done.stdout


def test_an_invitation_leads_to_the_port_that_is_served(demo):
    assert invited(demo).startswith("http://127.0.0.1:8000/invite/"), "before it was ever served"
    with serving(demo) as server:
        server.page("/healthz")
        link = invited(demo)
        assert link.startswith(f"http://127.0.0.1:{server.port}/invite/")
        assert 'name="username"' in server.page(link.strip().partition(str(server.port))[2])
        assert invited(demo, LMS_PORT="8123").startswith("http://127.0.0.1:8123/"), "what is said is what counts"
        assert invited(demo, LMS_PUBLIC_URL="https://learn.example.org").startswith("https://learn.example.org/")


def test_a_restore_waits_for_no_one_and_overwrites_no_one(demo):
    command = [sys.executable, "-m", "lms"]
    with serving(demo) as server:
        server.page()
        subprocess.run([*command, "backup", "b.zip"], cwd=demo, env=environ(), check=True, capture_output=True)
        restore = [*command, "restore", "b.zip", "--replace"]
        done = subprocess.run(restore, cwd=demo, env=environ(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "A server is using" in done.stderr
    with home.hold_alone(demo / "var"):
        assert "is being restored" in refused(demo, "--port", str(a_port()))


def test_a_demo_grows_to_as_many_learners_as_are_asked_for(run, demo):
    before = rows(demo)
    assert run("demo", "--learners", "42").code == 0
    grown = rows(demo)
    assert grown["people"] == before["people"] + 12
    assert grown["groups"] == before["groups"] + 1
    assert grown["events"] > before["events"]
    assert run("demo", "--learners", "42").code == 0
    assert run("demo").code == 0
    assert rows(demo) == grown
    assert run("demo", "--learners", "9").code == 2
