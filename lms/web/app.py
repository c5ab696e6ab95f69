"""The app: everything a page needs, put together once at the start of a process.

In: the settings and a store (or none: then both are made from the environment). Out: a Flask app.
What goes wrong in a page is answered in `faults`; what every answer carries is in `headers`.
"""

from __future__ import annotations

import os
from typing import cast

from flask import Flask

from lms.services.courses import Catalogue
from lms.services.stores import Store, open_store
from lms.settings import Settings, read
from lms.web import (
    admin,
    asking,
    badges,
    bookings,
    businesses,
    calendars,
    changing,
    chunked,
    clubs,
    complaints,
    concerns,
    courses,
    credentials,
    devices,
    entries,
    events,
    faults,
    files,
    groups,
    guests,
    hardest,
    headers,
    health,
    helping,
    home,
    hours,
    lessons,
    lists,
    longlists,
    looks,
    mail,
    me,
    meetings,
    mentors,
    messages,
    offline,
    organisations,
    own,
    pages,
    pairings,
    people,
    placements,
    programmes,
    proxies,
    quiz,
    recall,
    records,
    registers,
    reports,
    rights,
    ring,
    rosters,
    saving,
    second,
    signed,
    signoffs,
    skills,
    ticks,
    uploads,
    venues,
    verify,
    weeks,
    writes,
)
from lms.web.catalogues import Tongue, catalogues
from lms.web.site import Site
from lms.web.styles import APP_ICONS, LEARNER, STAFF, Asset, icon, picture, script, style

MOST_BYTES = 256 * 1024
"""Of a request. The largest thing anyone sends is a phone's batch of answers."""

_PAGES = (
    admin,
    asking,
    badges,
    bookings,
    businesses,
    calendars,
    changing,
    clubs,
    complaints,
    concerns,
    courses,
    credentials,
    devices,
    entries,
    events,
    files,
    groups,
    guests,
    hardest,
    health,
    helping,
    home,
    hours,
    lessons,
    lists,
    longlists,
    looks,
    mail,
    me,
    meetings,
    mentors,
    messages,
    offline,
    organisations,
    own,
    pairings,
    people,
    placements,
    programmes,
    quiz,
    recall,
    records,
    registers,
    reports,
    rights,
    ring,
    rosters,
    second,
    signoffs,
    skills,
    ticks,
    uploads,
    venues,
    verify,
    weeks,
)


def create_app(settings: Settings | None = None, store: Store | None = None) -> Flask:
    """The site as a WSGI app. A test hands its own settings and store in."""
    settings = settings or read(os.environ)
    store = store or open_store(settings.database_url, settings.var)
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=100,
        TRUSTED_HOSTS=writes.trusted_hosts(settings.public_url),
        PREFERRED_URL_SCHEME="https" if settings.secure else "http",
    )
    words = catalogues(settings.var / "words", settings.pseudo)
    site = Site(
        settings,
        store,
        Catalogue(store),
        learner_style=style("learner", LEARNER),
        staff_style=style("staff", STAFF),
        icon=icon(),
        app_icons={size: picture(f"icon-{size}") for size in APP_ICONS},
        listen_scripts={it.lang: script("listen", say=it.one) for it in words.values()},
        sorting_script=script("sorting"),
        early_script=script("early", ("leave", "looks")),
        phone_scripts={it.lang: _phone_script(it) for it in words.values()},
        keep_script=script("keep"),
        kept_script=script("kept", ("forms", "kept")),
        mark_script=script("mark"),
        ticks_script=script("ticks"),
        files_script=script("files"),
        looking_script=script("looking"),
        worker=script("sw", ("outbox", "storage", "forms", "sw")),
        words=words,
    )
    app.extensions["lms"] = site
    headers.install(app, settings.secure)
    chunked.install(app, MOST_BYTES)
    writes.install(app, settings.public_url)
    saving.install(app)
    signed.install(app, settings.public_url)
    pages.install(app, site)
    faults.install(app)
    for part in _PAGES:
        app.register_blueprint(part.pages)
    if settings.trusted_proxies:
        inner = cast(proxies.Wsgi, app.wsgi_app)
        app.wsgi_app = proxies.behind(inner, settings.trusted_proxies)  # type: ignore[method-assign, assignment]
    return app


def _phone_script(words: Tongue) -> Asset:
    """What every page loads, with the words it says in one language."""
    return script("phone", ("words", "outbox", "storage", "phone"), words.one)
