"""A letter as mail programs read it (RFC 5322): plain text, and one tap to stop what comes again (RFC 8058).

Letters in, bytes out. No picture, nothing that is fetched, and no address of ours but those the letter itself has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

_POLICY = SMTP.clone(max_line_length=998)
"""A long address in a header is otherwise written as an encoded word, which no mail program follows."""


@dataclass(frozen=True)
class Sender:
    """From whom letters are. `name` may be empty."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Letter:
    """One letter. `key`: the same each time it is sent, so that a mailbox can tell that it has it already."""

    to: str
    subject: str
    text: str
    key: str
    at_ms: int
    stop: str = ""
    """Where one tap ends letters of this kind; empty for one that comes once."""


def written(letter: Letter, sender: Sender) -> bytes:
    """The letter as it is handed over. ValueError where a line break stands in what becomes a header."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(letter.at_ms // 1000, UTC))
    message["Message-ID"] = f"<{letter.key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="7bit" if letter.text.isascii() else "quoted-printable")
    return message.as_bytes()
