"""The folder LMS_VAR: made for its owner alone, with its secrets, and held while someone uses it.

A server holds it shared, `lms restore` alone: so a restore waits for no one and overwrites no one.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lms.errors import CannotRun
from lms.settings import KEYS_FILE, PASSWORD_FILE, SECRET_FILE, Mode, Settings

SERVING, PREPARING = "serve.lock", "prepare.lock"
ADDRESS_FILE = "address"
"""What `lms serve` was told with `--port` and `--host`, and other commands are not."""


def make_folder(var: Path) -> None:
    """Make the folder if it is not there, and be sure that it can be written to."""
    os.umask(0o077)  # the database, its logs and the courses' files are nobody else's either
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotRun(f"{var} can't be made ({fault.strerror}). Set LMS_VAR to a folder of your own.") from fault
    if not os.access(var, os.R_OK | os.W_OK | os.X_OK):
        raise CannotRun(f"{var} can't be written to. Set LMS_VAR to a folder of your own.")


def make_secrets(settings: Settings) -> None:
    """What a demo needs and was not given. What is there already stays as it is."""
    if settings.mode is Mode.DEMO and not settings.secret_key:
        _write_private(settings.var / SECRET_FILE, secrets.token_hex(32))
    if settings.mode is Mode.DEMO and not settings.demo_password:
        _write_private(settings.var / PASSWORD_FILE, _easy_password())
    if settings.mode is Mode.DEMO and not settings.badge_keys:
        make_key(settings, secrets.token_bytes(32))


def make_key(settings: Settings, seed: bytes) -> None:
    """A new key signs badges from now on; what those before it signed stays good."""
    from lms.interop.keys import SigningKey

    key = SigningKey.made(seed)
    _write_keys(settings.var, [key.secret, key.multibase, *settings.badge_keys])


def keep_keys(settings: Settings, public: Sequence[str]) -> None:
    """The same key signs on; of the public halves only these stay."""
    _write_keys(settings.var, [*filter(None, [settings.signing_key]), *public])


def _write_keys(var: Path, words: Sequence[str]) -> None:
    _write_private(var / KEYS_FILE, "\n".join(words))


def note_address(settings: Settings) -> None:
    """Where a demo is served, for a command in another window that prints a link. Production has LMS_PUBLIC_URL."""
    if settings.mode is Mode.DEMO:
        _write_private(settings.var / ADDRESS_FILE, settings.public_url)


def address(settings: Settings, environ: Mapping[str, str]) -> str:
    """Where people reach the site: as the settings say or, where they don't, as it was served last."""
    said = any(environ.get(name, "").strip() for name in ("LMS_PUBLIC_URL", "LMS_HOST", "LMS_PORT"))
    if said or settings.mode is not Mode.DEMO:
        return settings.public_url
    try:
        noted = (settings.var / ADDRESS_FILE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return settings.public_url
    return noted if noted.isprintable() and noted else settings.public_url


@contextmanager
def preparing(var: Path) -> Iterator[None]:
    """One process at a time migrates, publishes and makes demo people; another start waits for it."""
    held = _open(var / PREPARING)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def hold_to_serve(var: Path) -> int:
    """Held as long as any process keeps the descriptor, through exec and in every worker of a server."""
    held = _hold(var, fcntl.LOCK_SH, f"{var} is being restored. Start again when that is done.")
    os.set_inheritable(held, True)
    return held


@contextmanager
def using(var: Path) -> Iterator[None]:
    """For a command that runs beside servers and not beside a restore."""
    held = hold_to_serve(var)
    try:
        yield
    finally:
        os.close(held)


@contextmanager
def hold_alone(var: Path) -> Iterator[None]:
    """For what no server may see half done."""
    held = _hold(var, fcntl.LOCK_EX, f"A server is using {var}. Stop it first.")
    try:
        yield
    finally:
        os.close(held)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _hold(var: Path, kind: int, otherwise: str) -> int:
    """Now or not at all: nobody at a keyboard should wait for a lock without knowing."""
    held = _open(var / SERVING)
    try:
        fcntl.flock(held, kind | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        os.close(held)
        raise CannotRun(otherwise) from fault
    return held


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never for a moment readable by others."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
    os.replace(new, path)


def _easy_password() -> str:
    """Twelve letters in threes, 2**53 of them, without those that look like others."""
    return "-".join("".join(secrets.choice("abcdefghkmnpqrstuvwxyz") for _ in range(3)) for _ in range(4))
