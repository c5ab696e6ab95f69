"""This site, as every page reaches it: its settings, its store, the courses it shows, the time.

One `Site` for one app, made at its start. The clock is looked at here and nowhere below.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from flask import current_app, g

from lms.services.courses import Catalogue, Shelf
from lms.services.stores import Store
from lms.settings import Settings
from lms.web.styles import Asset

NAME = "Learn at home"


@dataclass
class Saving:
    """When a write last found that nothing can be saved; None while all is well. Only `saving` changes it."""

    failed_ms: int | None = None


@dataclass(frozen=True)
class Site:
    """What an app was made with."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    learner_style: Asset
    staff_style: Asset
    icon: Asset
    saving: Saving = field(default_factory=Saving)


def site() -> Site:
    """The site of the app that answers this request."""
    made: Site = current_app.extensions["lms"]
    return made


def store() -> Store:
    """Where its rows are."""
    return site().store


def shelf() -> Shelf:
    """The courses shown now: one look, used for the whole request."""
    if "shelf" not in g:
        g.shelf = site().catalogue.shelf(now_ms())
    found: Shelf = g.shelf
    return found


def now_ms() -> int:
    """The instant of this request, the same however often it is asked."""
    if "now_ms" not in g:
        g.now_ms = time.time_ns() // 1_000_000
    found: int = g.now_ms
    return found
