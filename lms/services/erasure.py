"""Erasing a person: her name, her words and every way back to her, never the facts.

What is left is a number that leads to nobody: events, milestones and months still count, so a report
made before says the same when it is made again (docs/reference/data.md, rule 3).
"""

from __future__ import annotations

from lms.errors import NotFound
from lms.services.people import clean_username
from lms.services.roles import check_not_last
from lms.store import audit, handles
from lms.store import people as rows
from lms.store.gate import Store, retried


def erase_named(store: Store, username: str, at_ms: int) -> None:
    """Erase the person of a user name, as an operator does. NotFound for nobody."""
    with store.read() as db:
        handle = handles.find(db, "username", clean_username(username))
    if handle is None:
        raise NotFound(f"Nobody has the user name {username}.")
    erase(store, handle.person_id, None, at_ms)


@retried
def erase(store: Store, person_id: int, by_id: int | None, at_ms: int) -> None:
    """Erase a person for good. NotFound if she is not there; Refused for the last administrator."""
    with store.write() as db:
        check_not_last(db, person_id, at_ms)
        rows.lock(db, person_id)
        if rows.person(db, person_id) is None:
            raise NotFound("There is no such person, or she was erased already.")
        rows.forget(db, person_id, at_ms)
        audit.note(db, person_id, "erased", at_ms, by_id)
