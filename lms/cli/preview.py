"""`lms preview`: a course as learners will see it, on a site that is thrown away, shown anew after each save.

This process looks at the files; beside it runs the server, which is given `lms.web.preview` by name only. When this
one ends, however it is told to, the server and the folder go with it; where it is killed, the server goes at once and
the folder at the start of the next preview. The environment's settings are not read.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, NoReturn

import lms
from lms.cli.parts import Commands, Parser, a_folder, a_host, a_number, add_command, now_ms
from lms.cli.problems import counted
from lms.cli.serve import listen, server
from lms.cli.watch import watch
from lms.errors import CannotRun
from lms.settings import LONDON, LOOPBACK

if TYPE_CHECKING:
    from lms.services.preview import State

THREADS = 4
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what she may type; nothing is listened on unless she does
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PREFIX, _HELD = "lms-preview-", "preview.lock"
_PATIENCE = 5.0
"""Seconds the server has to end."""


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "preview",
        preview,
        "show a course as learners will see it, anew after each save; nothing is published or kept",
        """
        lms preview courses/online-safety
        lms preview --port 8001 courses/online-safety
        lms preview --host 0.0.0.0 courses/online-safety
        """,
    )
    command.add_argument("folder", metavar="DIR", type=a_folder, help="the course's folder")
    command.add_argument("--port", metavar="N", type=a_number(1, 65535), default=8000, help="the port (8000)")
    command.add_argument(
        "--host",
        metavar="H",
        type=a_host,
        default="127.0.0.1",
        help="who can open it: only this machine (127.0.0.1), or others on its network too (0.0.0.0)",
    )


def preview(args: argparse.Namespace) -> int:
    from lms.services.preview import set_up
    from lms.services.previewing import Previewer

    door = listen(args.host, args.port, shlex.join(["preview", str(args.folder)]))
    address = f"http://{_name(args.host)}:{args.port}"
    try:
        with _a_folder() as home, closing(set_up(home, address, now_ms())) as store:
            previewer = Previewer(store, home, args.folder, LONDON)
            looks = watch([args.folder], lambda: previewer.look(now_ms(), date.today()))
            first = next(looks)
            with _served(door, home):
                _greet(args.host, address)
                _tell(first, address)
                for state in looks:
                    _tell(state, address)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _greet(host: str, address: str) -> None:
    print(f"\n  {address}\n")
    if host not in LOOPBACK:
        print("  Everybody on your network can open it too.")
    print("  Save a file, and the page shows it. Ctrl-C stops it; nothing is kept.\n", flush=True)


def _tell(state: State, address: str) -> None:
    found = counted(it.problem for it in state.told)
    told = state.trouble or (f"{found}: {address}/preview" if found else "all is well")
    print(f"{datetime.now().astimezone():%H:%M:%S}  {told}", flush=True)


def _name(host: str) -> str:
    """How others call what is listened on: of everything, this machine's name in its network."""
    if host in EVERYWHERE:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            try:
                asked.connect(("192.0.2.1", 9))  # sends nothing: it only finds the way out
                return str(asked.getsockname()[0])
            except OSError:
                return LOOPBACK[0]
    return f"[{host}]" if ":" in host else host


@contextmanager
def _a_folder() -> Iterator[Path]:
    """A folder that goes when the block ends, by Ctrl-C, by SIGTERM or with the window it runs in."""

    def end(_number: int, _frame: object) -> NoReturn:
        for number in _ENDS:  # told twice, it still tidies up
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, end)
    _clear_left()
    with TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder, _held(Path(folder)):
        yield Path(folder)


def _clear_left() -> None:
    """The folders of previews that were killed: one that nobody holds is nobody's."""
    for path in Path(gettempdir()).glob(f"{_PREFIX}*/{_HELD}"):
        with suppress(OSError), path.open() as file:
            if path.parent.lstat().st_uid == os.geteuid():
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.parent, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Held by this process alone, and never for a moment there without being held."""
    with (folder / f"{_HELD}.new").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.replace(file.name, folder / _HELD)
        yield


@contextmanager
def _served(door: socket.socket, home: Path) -> Iterator[None]:
    """The server runs while the block does. Should it end before, so does the block."""
    command = server(f"lms.web.preview:create_app({str(home)!r})", door, 1, THREADS, "lms.cli.previewed")
    # Not from the folder she stands in: a file there that is called like a module would be run.
    running = subprocess.Popen(  # noqa: S603
        command, cwd=home, env=_environ(), pass_fds=[door.fileno()], stdin=subprocess.PIPE
    )

    def ended(_number: int, _frame: object) -> None:
        if running.poll() is not None:
            raise CannotRun("The preview's server has ended by itself. Start it again.")

    signal.signal(signal.SIGCHLD, ended)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        running.terminate()
        try:
            running.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _environ() -> Mapping[str, str]:
    """Without the settings of a site, which is not what is served; with the way to this very program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    ways = [str(Path(lms.__file__).parent.parent), *filter(None, [kept.get("PYTHONPATH", "")])]
    return kept | {"PYTHONPATH": os.pathsep.join(ways)}
