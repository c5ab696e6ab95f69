"""`POST /events`: the outbox of a phone. JSON in, one result an event out, never a redirect.

Any origin but ours is refused before (`writes`); the session cookie says who is signed in, and the
batch says whose it is: somebody else's answers are never taken.
"""

from __future__ import annotations

import json
from contextlib import suppress

from flask import Blueprint, Response, request

from lms.errors import TooManyTries
from lms.learning.people import Permission
from lms.services import erasure, merging
from lms.services.events import record_batch
from lms.services.outbox import BadEnvelope, read_batch
from lms.services.stores import db_epoch
from lms.web.buckets import Buckets, limits
from lms.web.faults import problem
from lms.web.signed import allow_anyone, me
from lms.web.site import now_ms, site, store
from lms.web.writes import check_origin_given, takes_json

pages = Blueprint("events", __name__)


@pages.post("/events")
@allow_anyone
@takes_json
def events() -> Response:
    """Record a batch; each event alone is `new`, `dup`, `conflict` or `refused`."""
    check_origin_given()
    who = me()
    if who is None or not who.may(Permission.OWN_LEARN):
        if _is_gone():
            return _gone()
        return problem(401, "Sign in first", "Sign in again to send the saved answers.")
    _spend(limits().batches, who.person_id)
    batch = read_batch(request.get_data(cache=False))
    its_id = merging.id_of_hers(store(), who.signed, batch.person)
    if its_id is None:
        if erasure.is_gone(store(), batch.person):
            return _gone()
        return problem(
            409, "Someone else is signed in", "These answers are someone else's. They stay saved until she is back."
        )
    _spend(limits().events, who.person_id, len(batch.events))
    results = record_batch(store(), site().catalogue, its_id, batch, now_ms(), site().settings.timezone)
    said = [{"id": it.event_id, "result": it.result, "why": it.why, "say": it.say} for it in results]
    body = {"results": said, "db_epoch": db_epoch(store())}
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")


def _is_gone() -> bool:
    """Whether what somebody who is not signed in sends is of an account that is closed: nobody can sign in to it."""
    with suppress(BadEnvelope):
        return erasure.is_gone(store(), read_batch(request.get_data(cache=False)).person)
    return False


def _gone() -> Response:
    return problem(410, "Closed", "This account is closed. Nothing of it was saved, and nothing of it stays here.")


def _spend(bucket: Buckets, person_id: int, tokens: int = 1) -> None:
    """What a person may send in a while; TooManyTries above it, and nothing of this batch is recorded."""
    wait = bucket.take(person_id, now_ms(), tokens)
    if wait:
        raise TooManyTries(wait, "A lot came at once. Your answers stay saved, and can be sent again in {wait}.")
