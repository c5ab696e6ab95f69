"""`lms serve` and `lms demo`: from an empty folder to a site that answers, each step a no-op the second time.

The order is what keeps a failed start from leaving anything half made: first what can refuse (the
settings, the port, the database, the courses), then the folder, the tables and what is published,
then the secrets, and last the server, which takes this process over and is given `lms.web.app` by
name only.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, NoReturn, TypeVar

from lms.cli import home
from lms.cli.kept import kept_modules
from lms.cli.parts import Bar, Commands, Parser, a_host, a_number, add_command, now_ms
from lms.cli.worker import start_beside
from lms.errors import CannotRun
from lms.settings import Settings, read

if TYPE_CHECKING:
    from lms.services.stores import Store

COURSES = Path("courses")
"""What a demo publishes by itself, in the folder it is started from."""

Files = dict[str, bytes]
T = TypeVar("T")


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "serve",
        serve,
        "make whatever is not there yet, then serve the site",
        """
        lms serve
        lms serve --port 8001
        LMS_MODE=production LMS_PUBLIC_URL=https://learn.example.org lms serve --host 0.0.0.0
        """,
    )
    command.add_argument("--port", metavar="N", type=a_number(1, 65535), help="the port to listen on (8000)")
    command.add_argument("--host", metavar="H", type=a_host, help="the address to listen on (127.0.0.1)")
    command = add_command(
        commands,
        "demo",
        demo,
        "make the demo people and nine months of their learning, without serving",
        """
        lms demo
        lms demo --learners 500
        LMS_VAR=/tmp/try lms demo
        """,
    )
    command.add_argument("--learners", metavar="N", type=a_number(30, 5000), help="how many learn besides Lena (30)")


def serve(args: argparse.Namespace) -> int:
    flags = {"LMS_HOST": args.host, "LMS_PORT": str(args.port) if args.port else ""}
    environ = {**os.environ, **{name: value for name, value in flags.items() if value}}
    settings = read(environ, secret_needed=False)
    door = listen(settings.host, settings.port, "serve")
    courses = _courses(settings)
    home.make_folder(settings.var)
    home.hold_to_serve(settings.var)
    settings = _prepare(settings, environ, courses)
    home.note_address(settings)
    print(f"\n  {settings.public_url}\n")
    _print_sign_ins(settings)
    _say_unsigned(settings)
    if sys.stdout.isatty():
        print("  Ctrl-C stops it; everything is kept.\n")
    beside = None if settings.production else start_beside({**environ, "LMS_VAR": str(settings.var)})
    _become_the_server(settings, door, environ, beside)


def demo(args: argparse.Namespace) -> int:
    settings = read(os.environ, secret_needed=False)
    if settings.production:
        raise CannotRun("Demo people are never made in production. Set LMS_MODE=demo, and LMS_VAR to another folder.")
    courses = _courses(settings)
    home.make_folder(settings.var)
    with home.using(settings.var):
        _print_sign_ins(_prepare(settings, os.environ, courses, args.learners))
    return 0


def _courses(settings: Settings) -> dict[Path, Files]:
    """The courses to publish. Before there are tables, all are compiled: a bad one leaves nothing half made."""
    from lms.services import compiling
    from lms.services.stores import is_made, open_store

    with closing(open_store(settings.database_url, settings.var)) as store:
        begun = is_made(store)
    if settings.production:
        return {}
    folders = sorted(path.parent for path in COURSES.glob("*/course.md"))
    courses = {folder: compiling.read_folder(folder) for folder in folders}
    if not begun:
        if not courses:
            raise CannotRun("There are no courses here. Start a demo in the folder that holds the folder courses.")
        kept = kept_modules()
        _all_sound(courses, lambda folder, files: compiling.compile_release(folder, files, date.today(), kept))
    return courses


def _all_sound(courses: Mapping[Path, Files], look: Callable[[str, Files], T]) -> list[T]:
    """What looking at each course gives. CannotRun with a sentence for every one that has a problem."""
    from lms.services.compiling import CourseFaulty

    sound, faulty = [], {}
    for folder, files in courses.items():
        try:
            sound.append(look(str(folder), files))
        except CourseFaulty as fault:
            faulty[str(folder)] = fault.sentence
    if faulty:
        shows = f"`lms check {' '.join(faulty)}` shows all. Nothing was published."
        raise CannotRun(" ".join((*faulty.values(), shows)))
    return sound


def _prepare(
    settings: Settings, environ: Mapping[str, str], courses: Mapping[Path, Files], learners: int | None = None
) -> Settings:
    """Make and bring up to date all that serving needs; the settings as they are afterwards, with the secrets."""
    from lms.services.stores import open_store

    with home.preparing(settings.var), closing(open_store(settings.database_url, settings.var)) as store:
        _fill(store, settings, courses)
        home.make_secrets(read(environ, secret_needed=False))  # another start may have made them while we waited
        settings = read(environ)
        if not settings.production:
            _make_demo(store, settings, learners)
    return settings


def _fill(store: Store, settings: Settings, courses: Mapping[Path, Files]) -> None:
    """The database with its tables, and what has changed of the courses."""
    from lms.services.expiry import forget_expired
    from lms.services.packing import pack_all
    from lms.services.stores import migrate

    migrate(store, settings.timezone, now_ms())
    forget_expired(store, now_ms())
    if not settings.production:
        _publish(store, courses)
    pack_all(store)


def _publish(store: Store, courses: Mapping[Path, Files]) -> None:
    """All that have changed, or none: a fault in one must not leave the others half of a new whole.

    What that finishes for learners is left to the worker beside the server.
    """
    from lms.services import publishing

    kept = kept_modules()

    def look(folder: str, files: Files) -> publishing.Prepared:
        return publishing.prepare(store, folder, files, date.today(), heed_lock=False, cache=kept)

    for prepared in _all_sound(courses, look):
        done = publishing.show(store, prepared, now_ms())
        if done.new:
            print(f"Published {done.course}.", flush=True)


def _make_demo(store: Store, settings: Settings, learners: int | None) -> None:
    from lms.services.demo import make_demo

    with Bar("Making demo people") as bar:
        make_demo(store, settings.demo_password, settings.secret_key, settings.timezone, now_ms(), bar, learners)


def _print_sign_ins(settings: Settings) -> None:
    """A production start prints none: there are no accounts but those that were made."""
    if settings.production:
        return
    from lms.services.demo import CAST

    for username, role in CAST.items():
        print(f"  sign in as {username:<6} password {settings.demo_password}  {role}")
    print()


def _say_unsigned(settings: Settings) -> None:
    """A site without a key for badges serves all the same, but its operator is told."""
    if not settings.badge_keys:
        from lms.services.credentials import UNSIGNED

        print(f"  {UNSIGNED}\n")


def listen(host: str, port: int, command: str) -> socket.socket:
    """The port, taken before anything else is done; whoever comes early waits until the server answers."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind, proto)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(256)
    except OSError as fault:
        other = port + 1 if 1024 <= port < 65535 else 8001
        raise CannotRun(
            f"{host} port {port} can't be used ({fault.strerror}). Take another: lms {command} --port {other}."
        ) from fault
    return door


def _become_the_server(
    settings: Settings, door: socket.socket, environ: Mapping[str, str], _beside: Popen[bytes] | None
) -> NoReturn:
    """gunicorn in this process's place. The open port goes with it, so nobody can take it in between.

    A worker started beside it becomes its child.
    """
    os.set_inheritable(door.fileno(), True)
    command = server("lms.web.app:create_app()", door, settings.workers, settings.threads)
    command += ["--access-logfile=-"] if settings.access_log else []
    sys.stdout.flush()
    os.execve(command[0], command, {**environ, "LMS_VAR": str(settings.var)})  # noqa: S606 - our own arguments


def server(app: str, door: socket.socket, workers: int, threads: int, config: str = "lms.cli.server") -> list[str]:
    """The command that answers at an open port with an app, which is given by name; so is its configuration."""
    options = {
        "config": f"python:{config}",
        "bind": f"fd://{door.fileno()}",
        "workers": workers,
        "threads": threads,
        "worker-class": "gthread" if threads > 1 else "sync",
        "graceful-timeout": 10,
        "log-level": "warning",
        # Which addresses may say they are proxies is decided in one place, and that is web.
        "forwarded-allow-ips": "",
    }
    command = [sys.executable, "-m", "gunicorn", app, *(f"--{name}={value}" for name, value in options.items())]
    return [*command, "--no-control-socket"]
