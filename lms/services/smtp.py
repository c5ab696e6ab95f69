"""Handing one letter to the mail server, and telling apart what it says when it does not take it.

What a server answers is never repeated but for its number: its words often hold the address.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lms.interop.mail import Sender
from lms.settings import Settings, Smtp, Tls

if TYPE_CHECKING:
    import smtplib

TIMEOUT_SECONDS = 15.0
"""For each thing that is said. All of them together are less than a letter's lease."""
_NEVER = 500
"""From here on a server's number says that asking again is of no use."""


@dataclass(frozen=True)
class Post:
    """What letters are sent with. `secret`: what the links in them are made from."""

    smtp: Smtp
    public_url: str
    secret: str = field(repr=False)

    @property
    def sender(self) -> Sender:
        return Sender(self.smtp.sender, self.smtp.sender_name)


class NotTaken(Exception):
    """The server is there and does not take this letter. `mailbox`: since there is none of this address."""

    def __init__(self, code: int, mailbox: bool) -> None:
        super().__init__(f"it said {code}")
        self.for_good = code >= _NEVER
        self.mailbox = mailbox


class Unreachable(Exception):
    """No letter can be sent now, to anybody: the server is not there, or does not let us in."""


def post_of(settings: Settings) -> Post | None:
    """What this site sends letters with; None where it sends none."""
    if settings.smtp is None or not settings.secret_key:
        return None
    return Post(settings.smtp, settings.public_url, settings.secret_key)


def deliver(smtp: Smtp, to: str, message: bytes) -> None:
    """Hand a letter over: when this returns the server has it. NotTaken or Unreachable otherwise."""
    from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

    try:
        server = _connected(smtp)
        try:
            server.sendmail(smtp.sender, [to], message)
        finally:
            with suppress(SMTPException, OSError):  # it has the letter, whatever it says to our leaving
                server.quit()
            server.close()
    except SMTPRecipientsRefused as fault:
        raise NotTaken(fault.recipients[to][0], mailbox=True) from None
    except SMTPDataError as fault:
        raise NotTaken(fault.smtp_code, mailbox=False) from None
    except (SMTPException, OSError, UnicodeError) as fault:  # the last: a password that no server can be told
        raise Unreachable(_cause(fault)) from None


def _connected(smtp: Smtp) -> smtplib.SMTP:
    """A server that has let us in. Who it is is checked before it is told anything."""
    import smtplib
    import ssl

    name, timeout = smtp.sender.rpartition("@")[2], TIMEOUT_SECONDS
    if smtp.tls is Tls.AT_ONCE:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, name, context=context, timeout=timeout)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, name, timeout=timeout)
    try:
        if smtp.tls is Tls.ASKED_FOR:
            server.starttls(context=ssl.create_default_context())
        if smtp.user:
            server.login(smtp.user, smtp.password)
    except BaseException:
        server.close()
        raise
    return server


def _cause(fault: Exception) -> str:
    """What went wrong, in words of ours: its kind, and the server's number where it gave one."""
    code = getattr(fault, "smtp_code", None)
    said = f" {code}" if isinstance(code, int) and code > 0 else ""
    why = f": {fault.strerror}" if isinstance(fault, OSError) and fault.strerror and not said else ""
    return f"{type(fault).__name__}{said}{why}"
