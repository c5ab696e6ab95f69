"""`lms mail`: whether the mail server takes our letters, and how many wait for it."""

from __future__ import annotations

import argparse
import os

from lms.cli.parts import Commands, Parser, add_command, now_ms, open_site
from lms.errors import CannotRun, Refused
from lms.settings import read

TEXT = """Hello,

this is a test. If you can read it, mail from here arrives.
"""


def add(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "mail",
        lambda _: command.error("say what to do: test or waiting"),
        "try the mail server of the settings, and see whether letters wait for it",
        """
        lms mail test ada@example.org
        lms mail waiting
        """,
    )
    inside = command.add_subparsers(dest="what", metavar="WHAT")
    one = add_command(
        inside,
        "test",
        test,
        "send one letter now, to see that the settings are right",
        """
        lms mail test ada@example.org
        """,
    )
    one.add_argument("address", metavar="ADDRESS", type=_address, help="where to send it")
    add_command(
        inside,
        "waiting",
        waiting,
        "say how many letters wait for the worker: 1 where some could not be sent so far",
        """
        lms mail waiting
        """,
    )


def _address(text: str) -> str:
    from lms.learning.mail import clean_address

    try:
        return clean_address(text)
    except Refused as refused:
        raise argparse.ArgumentTypeError(refused.sentence.lower().rstrip(".")) from refused


def test(args: argparse.Namespace) -> int:
    from uuid import uuid4

    from lms.interop.mail import Letter, Sender, written
    from lms.services.smtp import NotTaken, Unreachable, deliver

    smtp = read(os.environ, secret_needed=False).smtp
    if smtp is None:
        raise CannotRun("No mail is sent here. Set LMS_SMTP_URL and LMS_MAIL_FROM first.")
    letter = Letter(args.address, "A test", TEXT, str(uuid4()), now_ms())
    try:
        deliver(smtp, letter.to, written(letter, Sender(smtp.sender, smtp.sender_name)))
    except Unreachable as fault:
        raise CannotRun(f"{smtp.host} on port {smtp.port} can't be used ({fault}). Look at LMS_SMTP_URL.") from fault
    except NotTaken as fault:
        raise CannotRun(f"{smtp.host} did not take it: {fault}. Look at LMS_MAIL_FROM, and at that address.") from fault
    print(f"{smtp.host} has taken it. Look whether it arrives, and not among junk mail.")
    return 0


def waiting(_: argparse.Namespace) -> int:
    from lms.services.mail import waiting as count

    with open_site() as (_settings, store):
        every, tried = count(store)
    print(f"{every:,} {'letter waits' if every == 1 else 'letters wait'}, {tried:,} of them tried before.")
    return int(tried > 0)
