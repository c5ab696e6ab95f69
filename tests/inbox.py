"""A mail server for tests: a real one, which keeps what it is given and says no where a test wants it to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from lms.settings import Smtp, Tls
from tests.ports import a_port

FROM = "post@example.org"


@dataclass
class Inbox:
    """What came, in its order. `answers`: address -> what is said to a letter to it, in place of yes."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def smtp(self) -> Smtp:
        return Smtp("127.0.0.1", self.port, Tls.NONE, FROM, "Post")

    def to(self, address: str) -> list[EmailMessage]:
        return [it for it in list(self.letters) if it["To"] == address]

    def wait_for(self, address: str, count: int = 1) -> EmailMessage:
        """The newest letter to an address, once there are so many."""
        until = time.monotonic() + 120
        while len(self.to(address)) < count:
            assert time.monotonic() < until, f"{len(self.to(address))} of {count} letters have come"
            time.sleep(0.1)
        return self.to(address)[-1]

    async def handle_RCPT(  # noqa: N802 - their name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 OK"


@contextmanager
def inbox(**how: object) -> Iterator[Inbox]:
    """A server on a port of its own, until the end."""
    made = Inbox(a_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port, **how)  # type: ignore[arg-type]
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def link_in(letter: EmailMessage, part: str) -> str:
    """The path of a link in a letter."""
    text = letter.get_content()
    found = next(line for line in text.splitlines() if part in line)
    return "/" + found.split("/", 3)[3]
