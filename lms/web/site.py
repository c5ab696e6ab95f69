"""This site, as every page reaches it: its settings, its store, the courses it shows, the time.

One `Site` for one app, made at its start. The clock is looked at here and nowhere below.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app, g

from lms.services.courses import Catalogue, Shelf
from lms.services.stores import Store
from lms.settings import Settings
from lms.web.catalogues import Tongue
from lms.web.styles import Asset


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
    app_icons: Mapping[int, Asset]
    listen_scripts: Mapping[str, Asset]
    """By the language its words are in."""
    sorting_script: Asset
    early_script: Asset
    phone_scripts: Mapping[str, Asset]
    """By the language its words are in."""
    keep_script: Asset
    kept_script: Asset
    mark_script: Asset
    ticks_script: Asset
    """Of registers: staff's alone, and in no page of a learner's."""
    files_script: Asset
    """Makes a photo smaller before it is sent: only on the page that sends one."""
    looking_script: Asset
    """Of pages that show how far something is: staff's alone."""
    worker: Asset
    words: Mapping[str, Tongue]
    """By the code of each language the site has words in."""
    saving: Saving = field(default_factory=Saving)

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Everything under `/static`."""
        spoken = (*self.phone_scripts.values(), *self.listen_scripts.values())
        return (
            *self._of_shell,
            *spoken,
            self.staff_style,
            self.ticks_script,
            self.files_script,
            self.looking_script,
            *self.app_icons.values(),
        )

    @property
    def _of_shell(self) -> tuple[Asset, ...]:
        scripts = (self.early_script, self.sorting_script, self.keep_script, self.kept_script, self.mark_script)
        return (self.learner_style, self.icon, *scripts)

    def scripts_in(self, lang: str) -> dict[str, str]:
        """Where the scripts are that say something, by what templates call them."""
        return {"phone_script": self.phone_scripts[lang].path, "listen_script": self.listen_scripts[lang].path}

    def shell(self, lang: str) -> tuple[str, ...]:
        """What the page needs that a phone shows without a connection. `lang`: of its words."""
        return (*(it.path for it in self._of_shell), *self.scripts_in(lang).values())


def site() -> Site:
    """The site of the app that answers this request."""
    made: Site = current_app.extensions["lms"]
    return made


def store() -> Store:
    """Where its rows are."""
    return site().store


def zone() -> ZoneInfo:
    """The zone its days are in."""
    return site().settings.timezone


def shelf() -> Shelf:
    """The courses shown now: one look, used for the whole request."""
    if "shelf" not in g:
        g.shelf = site().catalogue.shelf(now_ms())
    found: Shelf = g.shelf
    return found


def overdue() -> dict[str, tuple[str, ...]]:
    """Course -> those of its facts for "Get help now" that somebody was to check again before today."""
    today = datetime.fromtimestamp(now_ms() / 1000, site().settings.timezone).date()
    late = {it.plan.course: it.plan.overdue(today) for it in shelf().courses.values()}
    return {course: names for course, names in late.items() if names}


def now_ms() -> int:
    """The instant of this request, the same however often it is asked."""
    if "now_ms" not in g:
        g.now_ms = time.time_ns() // 1_000_000
    found: int = g.now_ms
    return found
