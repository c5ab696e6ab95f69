"""`lms badge`: the keys that sign badges, somebody's badges as files, looking at a file, taking one back."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

from lms.cli import home
from lms.cli.parts import Commands, Parser, a_file, add_command, now_ms, open_site, write_whole
from lms.cli.reports import an_out_folder
from lms.errors import CannotRun
from lms.settings import KEYS_FILE, Settings, read


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "badge",
        lambda _: command.error("say what to do: keys, export, verify, revoke or reissue"),
        "badges as files that prove themselves",
        """
        lms badge keys
        lms badge export --person lena --out badges
        lms badge verify badge.png
        """,
    )
    inside = command.add_subparsers(dest="what", metavar="WHAT")
    for add_one in (_add_keys, _add_export, _add_verify, _add_revoke, _add_reissue):
        add_one(inside)


def _add_keys(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "keys",
        keys,
        "show the keys that sign badges, make a new one, take one out that has leaked",
        """
        lms badge keys
        lms badge keys --new
        lms badge keys --drop z6Mk...
        """,
    )
    way = command.add_mutually_exclusive_group()
    way.add_argument("--new", action="store_true", help="make a key that signs from now on; older ones stay good")
    way.add_argument("--drop", metavar="KEY", help="an older key whose badges count no more, because it has leaked")


def _add_export(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "export",
        export,
        "write the files of somebody's badges: JSON, PNG and SVG of each",
        """
        lms badge export --person lena --out badges
        """,
    )
    command.add_argument("--person", metavar="USERNAME", required=True, help="whose badges")
    command.add_argument("--out", metavar="DIR", type=an_out_folder, required=True, help="the folder to write them in")


def _add_verify(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "verify",
        verify,
        "say whether a file is a badge of this site that holds: 0 if it does, 1 if not",
        """
        lms badge verify badge.json
        lms badge verify badge.png
        """,
    )
    command.add_argument("file", metavar="FILE", type=a_file, help="a JSON, PNG or SVG file")


def _add_revoke(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "revoke",
        revoke,
        "take a badge back; everybody who checks it is told so, and only she can read why",
        """
        lms badge revoke sX3... --why "Given to the wrong person"
        """,
    )
    command.add_argument("badge", metavar="ID", help="the end of the address of its page, /badges/ID")
    command.add_argument("--why", metavar="WORDS", type=_words, required=True, help="the reason, in a sentence")


def _add_reissue(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "reissue",
        reissue,
        "have a badge, or all there are, signed anew by the worker; the day it was earned stays",
        """
        lms badge reissue sX3...
        lms badge reissue --all
        """,
    )
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("badge", metavar="ID", nargs="?", help="the end of the address of its page, /badges/ID")
    which.add_argument("--all", action="store_true", help="everybody's, as after a new key")


def _words(text: str) -> str:
    if not text.strip() or len(text) > 1000 or not text.isprintable():
        raise argparse.ArgumentTypeError("write a sentence of at most 1,000 letters")
    return text.strip()


def keys(args: argparse.Namespace) -> int:
    settings = read(os.environ, secret_needed=False)
    if args.new or args.drop:
        home.make_folder(settings.var)
        with home.preparing(settings.var):
            _change_keys(read(os.environ, secret_needed=False), args.drop)
        settings = read(os.environ, secret_needed=False)
    return _show_keys(settings)


def _change_keys(settings: Settings, leaked: str | None) -> None:
    if os.environ.get("LMS_BADGE_KEYS", "").strip():
        raise CannotRun(f"LMS_BADGE_KEYS is set, so {settings.var / KEYS_FILE} is not read. Unset it first.")
    if leaked is None:
        home.make_key(settings, secrets.token_bytes(32))
        print(f"A new key is in {settings.var / KEYS_FILE}. Keep a copy of that file apart from the backups.")
        print("Start the server and the worker again. `lms badge reissue --all` then signs the badges there are anew.")
        return
    if leaked not in settings.badge_keys:
        raise CannotRun("There is no such key. `lms badge keys` lists them.")
    if leaked == settings.badge_keys[0]:
        raise CannotRun("That key signs. Make a new one first: lms badge keys --new.")
    _nothing_is_left(leaked)
    home.keep_keys(settings, [key for key in settings.badge_keys if key != leaked])
    print("It is out. Start the server and the worker again: what it signed counts no more.")


def _nothing_is_left(leaked: str) -> None:
    """CannotRun while people would still be given files that hold no more."""
    from lms.services.badges import signed_with

    with open_site() as (_, store):
        count = signed_with(store, leaked)
    if count:
        what = "badge or list is" if count == 1 else "badges and lists are"
        raise CannotRun(
            f"{count:,} {what} still signed with that key only. Start the server and the worker again, if you have not"
            " since the new key; then `lms badge reissue --all`, and wait until the worker has signed them."
        )


def _show_keys(settings: Settings) -> int:
    from lms.services.credentials import UNSIGNED, issuer, signer

    if not settings.badge_keys:
        print(UNSIGNED)
        return 1
    signer(settings)  # says so where the halves don't belong together
    print(issuer(settings).did)
    for key in settings.badge_keys:
        signs = "signs" if settings.signing_key and key == settings.badge_keys[0] else "older: what it signed holds"
        print(f"{key}  {signs}")
    return 0


def export(args: argparse.Namespace) -> int:
    from lms.services.credentials import every_file
    from lms.services.people import id_of_username

    with open_site() as (settings, store):
        found = every_file(store, settings.badge_keys, id_of_username(store, args.person))
        args.out.mkdir(exist_ok=True)
        for it in found:
            for ending, data in (("json", it.document.encode()), ("png", it.png), ("svg", it.svg.encode())):
                write_whole(args.out / f"{it.name}.{ending}", data)
                print(args.out / f"{it.name}.{ending}")
    if not found:
        print(f"{args.person} has no badge that is signed. The worker signs them: lms worker --once.")
    return int(not found)


def verify(args: argparse.Namespace) -> int:
    from lms.services.verifying import verify as look

    with open_site() as (settings, store):
        verdict = look(store, settings, _read(args.file), None, now_ms())
    for finding in verdict.findings:
        print(finding.sentence)
    return int(not verdict.holds)


def _read(file: Path) -> bytes:
    """No more than what is too much."""
    from lms.interop.baking import MOST_BYTES

    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def revoke(args: argparse.Namespace) -> int:
    from lms.services.badges import revoke as take_back

    with open_site() as (_, store):
        done = take_back(store, args.badge, args.why, now_ms())
    print("It is taken back. The worker signs the list that says so." if done else "It was taken back before.")
    return 0


def reissue(args: argparse.Namespace) -> int:
    from lms.services import badges

    with open_site() as (_, store):
        if args.all:
            count = badges.reissue_all(store, now_ms())
        else:
            badges.reissue(store, args.badge, now_ms())
            count = 1
    print(f"{count:,} {'badge' if count == 1 else 'badges'} to be signed anew by the worker.")
    return 0
