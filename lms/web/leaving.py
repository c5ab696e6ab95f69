"""Leaving at once: where "Leave this page" leads, and what going back shows for a while.

With scripts a browser does all of it by itself (`static/js/leave.js`). Without them the link comes by here, and from
then on a page that asks to be left is shut until she says that it is she. Only the cookie remembers it.
"""

from __future__ import annotations

from flask import session

AWAY = "https://www.bbc.co.uk/weather"
"""Another site, of the kind that anybody looks at."""

SHUT_MS = 30 * 60 * 1000
"""How long whoever goes back finds a door: somebody who took the phone to look is done by then."""
_LEFT = "left"


def leave_at_once(at_ms: int) -> None:
    """From here on what asks to be left at once is shut in this browser."""
    session[_LEFT] = at_ms


def come_back() -> None:
    """She says that she wants to go on."""
    session.pop(_LEFT, None)


def is_shut(at_ms: int) -> bool:
    """Whether she left at once a short while ago, and has not said since that she wants to go on."""
    return 0 <= at_ms - int(session.get(_LEFT, -SHUT_MS)) < SHUT_MS
