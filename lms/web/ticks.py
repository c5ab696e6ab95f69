"""`POST /teach/ticks`: the outbox of a facilitator's phone, for registers. Shape and answers are those of `/events`."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from lms.errors import TooManyTries
from lms.learning.people import Permission
from lms.services import merging, ticks
from lms.services.outbox import read_batch
from lms.services.stores import db_epoch
from lms.web.buckets import limits
from lms.web.faults import problem
from lms.web.signed import allow_anyone, me
from lms.web.site import now_ms, store
from lms.web.writes import check_origin_given, takes_json

pages = Blueprint("ticks", __name__)


@pages.post("/teach/ticks")
@allow_anyone
@takes_json
def sent() -> Response:
    """Enter a batch of ticks; each alone is `new`, `dup`, `conflict` or `refused`."""
    check_origin_given()
    who = me()
    if who is None:
        return problem(401, "Sign in first", "Sign in again to send the saved ticks.")
    if not who.may(Permission.MEETING_RUN):
        return problem(403, "You can't do that here", "Your role here has ended. Ask whoever gave it to you.")
    wait = limits().batches.take(who.person_id, now_ms())
    if wait:
        raise TooManyTries(wait, "A lot came at once. Your ticks stay saved, and can be sent again in {wait}.")
    batch = read_batch(request.get_data(cache=False))
    if merging.id_of_hers(store(), who.signed, batch.person) is None:
        return problem(409, "Someone else is signed in", "These ticks are someone else's. They wait until she is back.")
    results = ticks.record_batch(store(), who.signed, batch, now_ms())
    said = [{"id": it.event_id, "result": it.result, "why": it.why, "say": it.say} for it in results]
    body = {"results": said, "db_epoch": db_epoch(store())}
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")
