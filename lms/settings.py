"""What an operator sets: the environment, read once into a frozen `Settings`.

In goes a mapping (`os.environ`), out come values, or `BadSetting` with the sentence that says what
to write instead. `SETTINGS` is the one table of them all: the reading, the "did you mean" and
`docs/reference/settings.md` come from it. Only `web`, `cli` and `services` may read this.
"""

from __future__ import annotations

import difflib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from lms.errors import BadSetting, Refused
from lms.learning.mail import clean_address

NAME = "Learn at home"
"""What the site is called, on its pages and in the badges it signs."""
SHORTEST_SECRET = 32
SECRET_LETTERS, SECRET_GROUPS = 8, 20
"""Different letters, and different groups of three, that a secret has at least: 32 random hex digits have more."""
SHORTEST_PASSWORD = 8
LONGEST_SENTENCE = 300
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET_FILE, PASSWORD_FILE, KEYS_FILE, SMTP_FILE = "secret", "demo-password", "badge-keys", "smtp-password"
"""Files inside LMS_VAR that only their owner may read, as the database is."""
DATABASE_FILE = "lms.db"

LONDON = ZoneInfo("Europe/London")

Network = IPv4Network | IPv6Network


class Mode(StrEnum):
    """DEMO has demo people and publishes ./courses by itself; PRODUCTION must be asked for."""

    DEMO = "demo"
    PRODUCTION = "production"


class Tls(StrEnum):
    """How what is said to a mail server is kept from others: from the first byte, once it was asked for, or not."""

    AT_ONCE = "at once"
    ASKED_FOR = "asked for"
    NONE = "none"


@dataclass(frozen=True)
class Smtp:
    """The server that takes our letters, and from whom they are."""

    host: str
    port: int
    tls: Tls
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Setting:
    """One row of the table: `default` as a person would write it, `what` in a sentence or two."""

    name: str
    default: str
    what: str


SETTINGS = (
    Setting(
        "LMS_MODE",
        "demo",
        "`demo`: demo people and half a year of their learning; `./courses` is published at every start. "
        "`production`: none of that, and a secret and LMS_PUBLIC_URL are demanded. Where others can reach "
        "LMS_HOST there is no default.",
    ),
    Setting(
        "LMS_PUBLIC_URL",
        "http://127.0.0.1:8000",
        "The address people type. `https` turns on secure cookies and HSTS; plain `http` is served to this "
        "machine only.",
    ),
    Setting(
        "LMS_TRUSTED_PROXIES",
        "none",
        "Addresses or networks, with commas, of the proxies whose `X-Forwarded-For` is believed: "
        "`127.0.0.1, 10.0.0.0/8`.",
    ),
    Setting("LMS_HOST", "127.0.0.1", "The address to listen on. `lms serve --host` wins."),
    Setting("LMS_PORT", "8000", "The port to listen on, 1 to 65535. `lms serve --port` wins."),
    Setting("LMS_VAR", "./var", "The folder for the database, the secret and the courses' files."),
    Setting(
        "LMS_DATABASE_URL",
        "SQLite, the file lms.db in LMS_VAR",
        "`sqlite:////srv/lms/lms.db` or `postgresql://person:password@host/database`.",
    ),
    Setting(
        "LMS_SECRET_KEY",
        "the file `secret` in LMS_VAR, which a demo makes itself",
        f"Signs cookies. At least {SHORTEST_SECRET} random characters, the same for every process, told to nobody.",
    ),
    Setting(
        "LMS_DEMO_PASSWORD",
        "the file `demo-password` in LMS_VAR, which a demo makes itself",
        f"The demo people's password, at least {SHORTEST_PASSWORD} characters. Of no effect in production.",
    ),
    Setting(
        "LMS_BADGE_KEYS",
        "the file `badge-keys` in LMS_VAR, which a demo makes itself and `lms badge keys --new` otherwise",
        "Signs badges. One key a line or word: `z3u2...`, told to nobody, then its public half `z6Mk...`, then the "
        "public halves of older keys, kept for ever. Without it no badge is signed.",
    ),
    Setting(
        "LMS_SMTP_URL",
        "none, and then no mail is sent or offered",
        "The server that takes our mail. `smtps://user@mail.example.org` speaks TLS at once (port 465), "
        "`smtp://user@mail.example.org` asks for it and sends nothing without (port 587); to this machine, "
        "`smtp://127.0.0.1`, none is needed (port 25).",
    ),
    Setting(
        "LMS_SMTP_PASSWORD",
        "the file `smtp-password` in LMS_VAR",
        "The password of the user in LMS_SMTP_URL. Never in the address itself.",
    ),
    Setting(
        "LMS_MAIL_FROM",
        "none",
        "From whom mail is: `post@example.org`, or `Post <post@example.org>`. A lock screen shows it, so it should "
        "not say what the site is for.",
    ),
    Setting(
        "LMS_TIMEZONE",
        "Europe/London",
        "Which day it is. Set it once, before the first start: later ones are refused in "
        "another zone, because days are stored.",
    ),
    Setting(
        "LMS_STAFF_SECOND_FACTOR",
        "true in production, false in a demo",
        "`true`: whoever has a role sets up a second step of signing in before the first page of her work opens. "
        "`false`: staff may, as learners may.",
    ),
    Setting(
        "LMS_OFFICE_HOURS",
        "that nobody reads messages at night, and that an answer takes a few days",
        "One sentence above every thread of messages: when somebody reads them, and how soon an answer comes.",
    ),
    Setting("LMS_WORKERS", "2", "Processes that answer, 1 to 64: about one for each core."),
    Setting("LMS_THREADS", "4", "Threads in each process, 1 to 64. Behind a proxy 1 is cheaper a page."),
    Setting("LMS_ACCESS_LOG", "false", "`true` writes a line for every request, with the address it came from."),
    Setting("LMS_CORPUS", "none", "Tests only: a folder of outside files to try the compiler on."),
    Setting("LMS_PSEUDO_LANGUAGE", "false", "Tests only: `true` adds `ar-XB`, which nobody speaks, to the languages."),
    Setting("LMS_NOTHING_SKIPPED", "false", "Tests only: `true` fails a run that had to leave a test out."),
)

NAMES = tuple(setting.name for setting in SETTINGS)


@dataclass(frozen=True)
class Settings:
    """Every setting, checked. Made by `read`; a test makes its own."""

    var: Path
    database_url: str
    secret_key: str = ""
    mode: Mode = Mode.DEMO
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[Network, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    demo_password: str = ""
    signing_key: str = field(default="", repr=False)
    """The private half of the key that signs badges; empty where none are signed."""
    badge_keys: tuple[str, ...] = ()
    """The public halves of its keys, the one that signs first."""
    smtp: Smtp | None = None
    """None: no mail is sent, and no page offers it."""
    timezone: ZoneInfo = LONDON
    workers: int = 2
    threads: int = 4
    access_log: bool = False
    staff_second: bool = False
    """Whether whoever has a role must take a second step when she signs in."""
    office_hours: str = ""
    """When messages are read, in the operator's words; empty for ours."""
    pseudo: bool = False
    """Tests only: the words of the site in a language nobody speaks, so that what is left out shows."""

    @property
    def secure(self) -> bool:
        """Whether people reach us by https: `__Host-` cookies, Secure, HSTS."""
        return self.public_url.startswith("https://")

    @property
    def production(self) -> bool:
        return self.mode is Mode.PRODUCTION


def read(environ: Mapping[str, str], *, secret_needed: bool = True) -> Settings:
    """The settings in `environ`. A command that signs nothing passes `secret_needed=False`.

    >>> read({"LMS_WORKERS": "many"})
    Traceback (most recent call last):
    lms.errors.BadSetting: LMS_WORKERS is many. Write a whole number from 1 to 64.
    """
    _refuse_unknown(environ)
    given = {name: environ[name].strip() for name in NAMES if environ.get(name, "").strip()}
    host = given.get("LMS_HOST", "127.0.0.1")
    mode = _mode(given, host)
    port = _whole(given, "LMS_PORT", 8000, 65535)
    var = Path(given.get("LMS_VAR", "var")).expanduser().absolute()
    _boolean(given, "LMS_NOTHING_SKIPPED")
    signing_key, *badge_keys = _badge_keys(given, var)
    return Settings(
        var=var,
        database_url=_database_url(given, var),
        mode=mode,
        public_url=_public_url(given, mode, host, port),
        secret_key=_secret(given, var, mode, secret_needed),
        trusted_proxies=_networks(given, "LMS_TRUSTED_PROXIES"),
        host=host,
        port=port,
        demo_password=_demo_password(given, var, mode),
        signing_key=signing_key,
        badge_keys=tuple(badge_keys),
        smtp=_smtp(given, var),
        timezone=_timezone(given),
        workers=_whole(given, "LMS_WORKERS", 2, 64),
        threads=_whole(given, "LMS_THREADS", 4, 64),
        access_log=_boolean(given, "LMS_ACCESS_LOG"),
        office_hours=_office_hours(given),
        staff_second=_boolean(given, "LMS_STAFF_SECOND_FACTOR", default=mode is Mode.PRODUCTION),
        pseudo=_boolean(given, "LMS_PSEUDO_LANGUAGE"),
    )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """A mistyped name would otherwise be a setting that quietly does nothing."""
    for name in sorted(environ):
        if name.startswith("LMS_") and name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, 1)
            instead = f"Did you mean {near[0]}?" if near else f"The settings are {', '.join(NAMES)}."
            raise BadSetting(f"There is no setting {name}. {instead}")


def _mode(given: Mapping[str, str], host: str) -> Mode:
    """A demo, with its printed password, is never what others reach by accident."""
    if "LMS_MODE" not in given and host not in LOOPBACK:
        raise BadSetting(f"Others can reach {host}, so LMS_MODE must be set. Write production.")
    word = given.get("LMS_MODE", Mode.DEMO)
    if word not in tuple(Mode):
        raise BadSetting(f"LMS_MODE is {word}. Write demo or production.")
    return Mode(word)


def _public_url(given: Mapping[str, str], mode: Mode, host: str, port: int) -> str:
    """Plain http never leaves this machine: a password sent that way can be read by anyone between."""
    url = given.get("LMS_PUBLIC_URL", "").rstrip("/")
    if not url and (mode is Mode.PRODUCTION or host not in LOOPBACK):
        raise BadSetting("LMS_PUBLIC_URL is missing. Write the https address people type: https://learn.example.org.")
    url = url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    scheme, name = _address(url)
    if scheme == "https" or (scheme == "http" and name in LOOPBACK and host in LOOPBACK):
        return url
    if scheme == "http" and name in LOOPBACK:
        raise BadSetting(f"LMS_HOST is {host}, and plain http is for this machine only. Write 127.0.0.1.")
    raise BadSetting(f"LMS_PUBLIC_URL is {url}. Write https://..., or http://127.0.0.1:{port} for this machine only.")


def _address(url: str) -> tuple[str, str]:
    """(scheme, host name) of an address with neither path nor query; ("", "") if it is none."""
    try:
        parts = urlsplit(url)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        return "", ""
    if parts.path or parts.query or parts.fragment or parts.username is not None or not port_is_a_number:
        return "", ""
    return (parts.scheme, parts.hostname) if parts.hostname else ("", "")


def _database_url(given: Mapping[str, str], var: Path) -> str:
    """SQLAlchemy's form. PostgreSQL is spoken to by psycopg 3, however the address was written."""
    url = given.get("LMS_DATABASE_URL", f"sqlite:///{var / DATABASE_FILE}")
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg") and rest:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and rest.strip("/") not in ("", ":memory:"):
        return f"sqlite:///{Path(rest.removeprefix('/')).absolute()}"
    # What was written is not repeated: it may hold a password.
    raise BadSetting("LMS_DATABASE_URL is no address. Write sqlite:///file or postgresql://person:password@host/name.")


def _secret(given: Mapping[str, str], var: Path, mode: Mode, needed: bool) -> str:
    """From the environment, else from the file; never made here."""
    secret = given.get("LMS_SECRET_KEY") or _private_file(var / SECRET_FILE)
    if not secret and (needed or mode is Mode.PRODUCTION):
        raise BadSetting(
            "LMS_SECRET_KEY is missing. Write 64 random letters, as `openssl rand -hex 32` prints them."
            if mode is Mode.PRODUCTION
            else "There is no secret yet. Run `lms serve` once, or set LMS_SECRET_KEY."
        )
    if secret and _is_weak(secret):
        raise BadSetting("LMS_SECRET_KEY is weak. Write 64 random letters, as `openssl rand -hex 32` prints them.")
    return secret


def _office_hours(given: Mapping[str, str]) -> str:
    said = " ".join(given.get("LMS_OFFICE_HOURS", "").split())
    if len(said) > LONGEST_SENTENCE:
        raise BadSetting(f"LMS_OFFICE_HOURS is too long. Write one sentence of at most {LONGEST_SENTENCE} letters.")
    return said


def _is_weak(secret: str) -> bool:
    """Too short, or made of few letters, of a word said again and again, or of runs like abcdef and 4321."""
    threes = {secret[at : at + 3] for at in range(len(secret) - 2)}
    groups = sum(not _is_run(three) for three in threes)
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < SECRET_LETTERS or groups < SECRET_GROUPS


def _is_run(three: str) -> bool:
    one, two, last = map(ord, three)
    return two - one == last - two and abs(two - one) <= 1


def _demo_password(given: Mapping[str, str], var: Path, mode: Mode) -> str:
    if mode is Mode.PRODUCTION:
        return ""
    password = given.get("LMS_DEMO_PASSWORD") or _private_file(var / PASSWORD_FILE)
    if password and len(password) < SHORTEST_PASSWORD:
        raise BadSetting(f"LMS_DEMO_PASSWORD is too short. Write at least {SHORTEST_PASSWORD} characters.")
    return password


def _badge_keys(given: Mapping[str, str], var: Path) -> list[str]:
    """The private half of the key that signs (empty: none), then the public halves of all; never made here.

    The public half of the key that signs stands there too: who shows it to the world needs no private one.
    """
    words = (given.get("LMS_BADGE_KEYS") or _private_file(var / KEYS_FILE)).split()
    secret = words.pop(0) if words and words[0].startswith(_PRIVATE_KEY) else ""
    if not all(word.startswith(_PUBLIC_KEY) and word.isalnum() and word.isascii() for word in words):
        raise BadSetting("LMS_BADGE_KEYS is no list of keys. Write one z3u2... first, then z6Mk... words, or nothing.")
    if secret and not words:
        raise BadSetting(
            "LMS_BADGE_KEYS lacks the public half, z6Mk..., of its signing key. `lms badge keys` has both."
        )
    return [secret, *words]


_PRIVATE_KEY, _PUBLIC_KEY = "z3u2", "z6Mk"
"""How the two halves of a key begin."""


def _smtp(given: Mapping[str, str], var: Path) -> Smtp | None:
    """All of it or none. What was written of the server is not repeated: it may hold a password."""
    url, sender = given.get("LMS_SMTP_URL", ""), given.get("LMS_MAIL_FROM", "")
    if not url:
        alone = next((name for name in ("LMS_MAIL_FROM", "LMS_SMTP_PASSWORD") if name in given), "")
        if alone:
            raise BadSetting(f"{alone} does nothing without LMS_SMTP_URL. Write smtps://user@mail.example.org there.")
        return None
    host, port, tls, user = _mail_server(url)
    name, address = _sender(sender)
    password = (given.get("LMS_SMTP_PASSWORD") or _private_file(var / SMTP_FILE)) if user else ""
    if user and not password:
        raise BadSetting(f"LMS_SMTP_URL names a user. Write the password in LMS_SMTP_PASSWORD or {var / SMTP_FILE}.")
    if not user and "LMS_SMTP_PASSWORD" in given:
        raise BadSetting(
            "LMS_SMTP_PASSWORD is nobody's. Write the user in LMS_SMTP_URL: smtps://user@mail.example.org."
        )
    return Smtp(host, port, tls, address, name, user, password)


_MAIL_PORTS = {Tls.AT_ONCE: 465, Tls.ASKED_FOR: 587, Tls.NONE: 25}


def _mail_server(url: str) -> tuple[str, int, Tls, str]:
    """(host, port, TLS, user). Without TLS a password and a name could be read by anyone between: never over a wire."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), None, ""
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.password is not None or port == 0
    if parts.scheme not in ("smtp", "smtps") or not host or rest:
        raise BadSetting(
            "LMS_SMTP_URL is no mail server. Write smtps://user@mail.example.org, without the password, or "
            "smtp://127.0.0.1 for one on this machine."
        )
    plain = Tls.NONE if host in LOOPBACK else Tls.ASKED_FOR
    tls = Tls.AT_ONCE if parts.scheme == "smtps" else plain
    return host, port or _MAIL_PORTS[tls], tls, unquote(parts.username or "")


def _sender(text: str) -> tuple[str, str]:
    """(name, address) of whom mail is from."""
    name, bracket, rest = text.rpartition("<")
    try:
        address = clean_address(rest.removesuffix(">") if bracket else text)
    except Refused as fault:
        raise BadSetting("LMS_MAIL_FROM is no address. Write post@example.org, or Post <post@example.org>.") from fault
    shown = name.strip().strip('"').strip()
    if not shown.isprintable():
        raise BadSetting("LMS_MAIL_FROM has letters that can't be sent. Write Post <post@example.org>.")
    return shown, address


def _private_file(path: Path) -> str:
    """What the file says, "" if there is none; one that others on this machine can read is refused."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadSetting(f"{path} can be read by others on this machine. Run chmod 600 {path}, or write a new one.")
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as fault:
        raise BadSetting(f"{path} can't be read. Look at who owns it and what is in it.") from fault


def _timezone(given: Mapping[str, str]) -> ZoneInfo:
    name = given.get("LMS_TIMEZONE", LONDON.key)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as fault:
        near = difflib.get_close_matches(name, available_timezones(), 1) or [LONDON.key]
        raise BadSetting(f"LMS_TIMEZONE is {name}. Write a name like {near[0]}.") from fault


def _networks(given: Mapping[str, str], name: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in given.get(name, "").split(",") if part.strip())
    except ValueError as fault:
        raise BadSetting(f"{name} is {given[name]}. Write addresses or networks: 127.0.0.1, 10.0.0.0/8.") from fault


def _whole(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most and len(text) < 9):
        raise BadSetting(f"{name} is {text}. Write a whole number from 1 to {most}.")
    return int(text)


def _boolean(given: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """`yes`, `1` and `on` are refused: two words are enough, and a third may be a slip."""
    word = given.get(name, str(default)).lower()
    if word not in ("true", "false"):
        raise BadSetting(f"{name} is {given[name]}. Write true or false.")
    return word == "true"
