"""A house that sends letters, and links as they stand in them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Protocol

from lms.learning.mail import Kind
from lms.services.stores import Store
from lms.settings import Smtp, Tls
from lms.store import handles
from lms.store import mail as rows
from lms.store.mail import CONFIRM, STOP, MailRow
from lms.web.app import create_app
from tests.web.conftest import House, now_ms

SMTP = Smtp("127.0.0.1", 9, Tls.NONE, "post@example.org")
"""Nobody listens there: letters wait."""
CODE = "a-link-as-it-stands-in-a-letter"


class HasStore(Protocol):
    """A site under test, in this process or served."""

    @property
    def store(self) -> Store: ...


def with_mail(house: House) -> House:
    """The same house, told of a mail server."""
    settings = replace(house.settings, smtp=SMTP)
    return replace(house, app=create_app(settings, house.store), settings=settings)


def links_in_letters(house: HasStore, person_id: int, address: str = "olga@example.net") -> str:
    """The code of a link that confirms an address of hers, and of one that stops reminders."""
    at_ms, mail_id = now_ms(), uuid.uuid4()
    with house.store.write() as db:
        rows.add(db, MailRow(person_id, mail_id, Kind.CONFIRM, "confirm-x", address, at_ms, at_ms, at_ms + 86_400_000))
        handles.add(db, CONFIRM, CODE, person_id, at_ms, at_ms + 86_400_000, ref=str(mail_id))
        handles.add(db, STOP, CODE, person_id, at_ms)
    return CODE
