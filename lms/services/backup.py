"""Backup and restore: the database and the courses' files in one zip, taken while people learn.

The zip holds `about.json`, the database (`lms.db`, or `database.dump` of pg_dump), `files/<hash>`, and what
learners handed in as `evidence/<person>/<name>`.
No secret is in it: an operator keeps LMS_VAR/secret apart. Releases never change and files are found
by their hash, so the database is copied first and every file it names is there afterwards.

A restore goes the other way round: the files first, then the database with its new epoch in one step.
Whenever it is killed, what opens next is the whole old database or the whole new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from sqlalchemy import URL, create_engine, make_url

from lms.errors import CannotRun
from lms.services.publishing import settle
from lms.services.stores import has_people
from lms.store import schema, site
from lms.store.gate import Store

ABOUT, SQLITE, DUMP = "about.json", "lms.db", "database.dump"
_LONGEST_ABOUT = 1000
_FILE = re.compile(r"files/([0-9a-f]{64})")
_HANDED_IN = re.compile(r"evidence/[0-9a-f]{16}/[0-9a-f]{64}")

Step = Callable[[int, int], None]


def _quiet(_done: int, _all: int) -> None:
    return None


def backup(store: Store, file: Path, progress: Step = _quiet) -> None:
    """Write a backup. The file appears whole or not at all. CannotRun where something is missing."""
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        half.touch(mode=0o600, exist_ok=False)  # it holds what is known about people
        with tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder, zipfile.ZipFile(half, "w") as zipped:
            database = Path(folder) / (SQLITE if store.is_sqlite else DUMP)
            _copy_database(store, database)
            about = {"engine": "sqlite" if store.is_sqlite else "postgresql", "revision": schema.current(store)}
            zipped.writestr(ABOUT, json.dumps(about))
            zipped.write(database, database.name, compress_type=zipfile.ZIP_DEFLATED)
            _copy_files(store.files, zipped, progress)
        os.replace(half, file)
    except OSError as fault:
        raise CannotRun(f"{file} can't be written: {fault.strerror}. Choose another place.") from fault
    finally:
        half.unlink(missing_ok=True)


def _copy_database(store: Store, to: Path) -> None:
    if not store.is_sqlite:
        _run_tool(store.url, "pg_dump", ["--format=custom", f"--file={to}", _address(store.url)])
        return
    with closing(sqlite3.connect(f"file:{store.url.database}?mode=ro", uri=True)) as db:
        db.execute("VACUUM INTO ?", (str(to),))
    _check_sqlite(to)


def _copy_files(files: Path, zipped: zipfile.ZipFile, progress: Step) -> None:
    """Those of courses, and those handed in: one that is taken back meanwhile is left out."""
    var = files.parent
    found = [*sorted(files.glob("*")), *sorted(var.glob("evidence/*/*"))]
    paths = [path for path in found if not path.name.startswith(".")]
    for done, path in enumerate(paths, start=1):
        with suppress(FileNotFoundError):
            zipped.write(path, path.relative_to(var).as_posix())
        progress(done, len(paths))


def restore(database_url: str, var: Path, file: Path, *, replace: bool = False, progress: Step = _quiet) -> None:
    """Put a backup in the place of what is there, and begin a new epoch.

    The caller holds the folder alone. Without `replace`, CannotRun where there is a database with
    people. On SQLite the old database stays beside the new one, under another name.
    """
    url = make_url(database_url)
    for left in var.glob(".restore-*"):  # by one that was killed
        shutil.rmtree(left)
    with _opened(file) as zipped, tempfile.TemporaryDirectory(dir=var, prefix=".restore-") as folder:
        _check_about(zipped, url, file)
        if not replace and _has_people(database_url, var):
            raise CannotRun("There are people in this database. Add --replace to put the backup in their place.")
        database = _unpack(zipped, Path(folder), var / "files", progress)
        if url.get_backend_name() == "sqlite":
            _check_ours(database, file)
            _restore_sqlite(database, Path(url.database or ""))
        else:
            _restore_postgresql(database, url)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as zipped:
            if ABOUT not in zipped.namelist() or not all(map(_is_plain, zipped.infolist())):
                raise _no_backup(file)
            yield zipped
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise CannotRun(f"{file} is not a backup of lms, or is damaged.") from fault


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """Whether a member is packed as `backup` packs them, and not under a password."""
    return not member.flag_bits & 1 and member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _no_backup(file: Path) -> CannotRun:
    return CannotRun(f"{file} is not a backup of lms.")


def _check_about(zipped: zipfile.ZipFile, url: URL, file: Path) -> None:
    engine, revision = _about(zipped, file)
    if engine != url.get_backend_name():
        raise CannotRun(f"{file} was made from {engine}; LMS_DATABASE_URL names another kind of database.")
    if revision is None:
        raise CannotRun(f"{file} was made before there were tables: there is nothing in it to restore.")
    if revision > schema.newest():
        raise CannotRun(f"{file} was made by a newer version of lms. Update lms, then restore.")


def _about(zipped: zipfile.ZipFile, file: Path) -> tuple[str, str | None]:
    """The kind of database a backup was made from, and its revision."""
    if zipped.getinfo(ABOUT).file_size > _LONGEST_ABOUT:
        raise _no_backup(file)
    try:
        about = json.loads(zipped.read(ABOUT))
        engine, revision = about["engine"], about["revision"]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise _no_backup(file) from fault
    if engine not in ("sqlite", "postgresql") or not isinstance(revision, str | None):
        raise _no_backup(file)
    return engine, revision


def _has_people(database_url: str, var: Path) -> bool:
    with closing(Store(database_url, var / "files")) as store:
        return has_people(store)


def _unpack(zipped: zipfile.ZipFile, folder: Path, files: Path, progress: Step) -> Path:
    """Write what is known by name, nothing else; every file must have the hash that is its name."""
    files.mkdir(mode=0o700, exist_ok=True)
    members = zipped.infolist()
    database: Path | None = None
    for done, member in enumerate(members, start=1):
        found = _FILE.fullmatch(member.filename)
        if found:
            _unpack_file(zipped, member, files / found[1])
        elif _HANDED_IN.fullmatch(member.filename):
            _unpack_handed_in(zipped, member, files.parent / member.filename)
        elif member.filename in (SQLITE, DUMP):
            database = folder / member.filename
            with zipped.open(member) as source, database.open("wb") as out:
                shutil.copyfileobj(source, out)
        progress(done, len(members))
    if database is None:
        raise CannotRun("This backup holds no database.")
    settle(files)
    return database


def _unpack_file(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> None:
    if to.exists():
        return
    half = to.with_name(f".{to.name}.{os.getpid()}")
    whole = hashlib.sha256()
    with zipped.open(member) as source, half.open("wb") as out:
        while part := source.read(1 << 20):
            whole.update(part)
            out.write(part)
        out.flush()
        os.fsync(out.fileno())
    if whole.hexdigest() != to.name:
        half.unlink()
        raise CannotRun(f"The file {to.name[:12]}... in this backup is damaged.")
    half.rename(to)


def _unpack_handed_in(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> None:
    """Its name says nothing of what is in it; the zip's own sum is looked at while it is read."""
    if to.exists():
        return
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = to.with_name(f".{to.name}.{os.getpid()}")
    with zipped.open(member) as source, half.open("wb") as out:
        shutil.copyfileobj(source, out)
        out.flush()
        os.fsync(out.fileno())
    half.rename(to)


def _restore_sqlite(database: Path, place: Path) -> None:
    """Nobody has it open: the caller holds the folder alone. Until the last line nothing of the old is gone."""
    incoming = place.with_name(f"{place.name}.incoming")  # where a rename is atomic, whatever LMS_VAR is on
    for log in _logs(incoming):  # of a restore that was killed: it would be read into this one
        log.unlink(missing_ok=True)
    try:
        shutil.move(database, incoming)
        incoming.chmod(0o600)
        _begin_epoch(incoming)
        _set_aside(place)
        os.replace(incoming, place)
    finally:
        incoming.unlink(missing_ok=True)
    settle(place.parent)


def _begin_epoch(incoming: Path) -> None:
    """In the file itself, and durable, before anybody can open it under its own name."""
    engine = create_engine(f"sqlite:///{incoming}")
    try:
        with engine.begin() as db:
            site.set_epoch(db, token_hex(16))
    finally:
        engine.dispose()


def _set_aside(place: Path) -> None:
    """Give the old database a second name, in one file: a log left behind would be read into the new one."""
    aside = place.with_name(f"{place.name}.before-restore")
    for log in _logs(aside):
        log.unlink(missing_ok=True)
    if place.exists():
        _fold_log(place)
        half = aside.with_name(f"{aside.name}.part")
        half.unlink(missing_ok=True)
        _link(place, half)
        os.replace(half, aside)
        half.unlink(missing_ok=True)  # two names of one file already, by a restore that was killed: left as they are
    for log in _logs(place):
        log.unlink(missing_ok=True)
    settle(place.parent)


def _logs(database: Path) -> list[Path]:
    """What SQLite may leave beside a database: part of it until it is folded in."""
    return [database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal")]


def _fold_log(place: Path) -> None:
    """Write a database's log into the database, so that it is one file. A damaged one is left as it is."""
    try:
        with closing(sqlite3.connect(place)) as old:
            folded = old.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete"
    except sqlite3.DatabaseError as fault:
        folded = fault.sqlite_errorname.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    if not folded:
        raise CannotRun(f"{place} is in use. Close whatever has it open, then restore.")


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without second names
        shutil.copyfile(old, new)


def _restore_postgresql(dump: Path, url: URL) -> None:
    """One transaction, the new epoch in it: as a script, since pg_restore's own transaction takes nothing else."""
    script = dump.with_name("restore.sql")
    how = ["--clean", "--if-exists", "--no-owner"]
    _run_tool(url, "pg_restore", [*how, f"--file={script}", str(dump)])
    with script.open("a") as file:
        file.write(f"\nRESET search_path;\nUPDATE site SET db_epoch = '{token_hex(16)}';\n")
    once = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run_tool(url, "psql", [*once, f"--dbname={_address(url)}", f"--file={script}"])


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            said = db.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        raise CannotRun(f"The database in {path.name} is damaged: {fault}.") from fault
    if said != "ok":
        raise CannotRun(f"The database in {path.name} is damaged: {said}.")


def _check_ours(database: Path, file: Path) -> None:
    """A sound database, and one of lms: said before anything of it is put in place."""
    _check_sqlite(database)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "site", "people"} <= tables:
        raise _no_backup(file)


def _run_tool(url: URL, tool: str, arguments: list[str]) -> None:
    """One of PostgreSQL's own programs, of the server's version or newer."""
    path = _newest_tool(tool)
    if path is None:
        raise CannotRun(f"{tool} is not on this machine. Install PostgreSQL's client (Debian: postgresql-client).")
    _check_version(path, tool, url)
    environ = {**os.environ, "PGPASSWORD": url.password or ""} if url.password else dict(os.environ)
    done = subprocess.run([path, *arguments], env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it did not say why"])[-1]
        raise CannotRun(f"{tool} failed: {last}")


def _newest_tool(tool: str) -> str | None:
    """Debian keeps each version's own programs apart; the newest reads every older server."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), key=lambda path: int(path.parts[-3]))
    return str(versions[-1]) if versions else shutil.which(tool)


def _check_version(path: str, tool: str, url: URL) -> None:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    own = int((re.findall(r"\d+", said) or ["0"])[0])
    import psycopg

    with psycopg.connect(_address(url), password=url.password) as db:
        server = db.info.server_version // 10_000
    if own < server:
        raise CannotRun(
            f"{tool} is version {own}, older than the server ({server}). Install postgresql-client-{server}."
        )


def _address(url: URL) -> str:
    """The address as PostgreSQL's own programs read it, without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
