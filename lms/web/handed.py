"""How something that was handed in stands, in the words of the pages that show it."""

from __future__ import annotations

from lms.services.signoffs import Handed, Stand
from lms.web.saying import Words, _, _n
from lms.web.site import zone
from lms.web.words import day_of, on


def stands(it: Handed) -> Words:
    """How something that was handed in stands, in words."""
    if it.stand is Stand.WAITING:
        return _("Handed in. It waits for a sign-off.")
    day = on(day_of(it.said_ms or 0, zone()))
    if it.stand is Stand.RETURNED:
        return _("Not yet, said {name} on {day}. This is missing:", name=_named(it), day=day)
    if not it.by:
        return _("Done. Nobody was there to sign it off.")
    return _("Signed off by {name} on {day}.", name=it.by, day=day)


def _named(it: Handed) -> Words | str:
    return it.by or _("somebody who is no longer here")


def waiting(count: int) -> Words:
    """How many wait, in words."""
    return _n("{n} task waits for a sign-off.", "{n} tasks wait for a sign-off.", count)
