"""How a page is made: one template, the person it is for, and what it shows.

Jinja's own render, without Flask's context processors and signals: a template is given everything
it shows, and nothing in it asks the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from flask import Flask, Response, current_app, request
from jinja2 import BytecodeCache, FileSystemBytecodeCache, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import escape

from lms.content.words import direction
from lms.settings import NAME
from lms.web import languages, saving, saying, words
from lms.web.bodies import Html, joined, plain
from lms.web.catalogues import ENGLISH
from lms.web.forms import beside, control, reached
from lms.web.leaving import AWAY, is_shut
from lms.web.menus import menu
from lms.web.saying import Speech, in_language
from lms.web.signed import Me, Nobody, looks_of, me
from lms.web.site import Site, now_ms

_FRAME: dict[str, object] = {
    "line": "coding",
    "leave": False,
    "staff": False,
    "english": False,
    "tab": "",
    "on_phone": False,
    "gone": "",
}
"""What the frame of a page is where the page does not say otherwise."""

_MACROS = {
    "art": "art",
    "forms": "forms",
    "keeping": "keeping",
    "languages": "language",
    "ratings": "rating",
    "routes": "route",
    "screens": "lesson",
    "sorting": "sorting",
    "questions": "question",
}
"""Name in templates -> file of `_parts`. Each may use those before it."""


def install(app: Flask, site: Site) -> None:
    """Set the templates up: no forgiveness for a misspelt name, no lines that hold only a tag."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.auto_reload = False
    env.bytecode_cache = _compiled_before(site.settings.var / "templates")
    env.globals.update(
        site_name=NAME,
        learner_style=site.learner_style.path,
        staff_style=site.staff_style.path,
        icon=site.icon.path,
        sorting_script=site.sorting_script.path,
        early_script=site.early_script.path,
        keep_script=site.keep_script.path,
        kept_script=site.kept_script.path,
        mark_script=site.mark_script.path,
        ticks_script=site.ticks_script.path,
        files_script=site.files_script.path,
        away=AWAY,
        direction=direction,
        leading=leading,
        control=control,
        beside=beside,
        reached=reached,
        plain=plain,
        above="",  # a template that stands above each page: in a preview
        **saying.FOR_TEMPLATES,
        **words.FOR_TEMPLATES,
    )
    # Macros are made once and shared by all pages: importing them in each would cost more than rendering it.
    for name, file in _MACROS.items():
        env.globals[name] = env.get_template(f"_parts/{file}.html").module


def _compiled_before(folder: Path) -> BytecodeCache | None:
    """Templates as Python, kept from one start to the next: compiling them all takes a second."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return _Compiled(str(folder))


class _Compiled(FileSystemBytecodeCache):
    """A page that can't be kept compiled, on a full disk above all, is shown all the same."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def page(template: str, status: int = 200, **shown: object) -> Response:
    """A page. `lang`: of the course it shows; `within`: of a part of it, where that is another; `line`: its ink;
    `leave`: whether it can be left at once; who has just done so finds a door in its place; `english`: whether its
    words are English for everybody."""
    who = me()
    if shown.get("leave") and request.method == "GET" and not isinstance(who, Nobody) and is_shut(now_ms()):
        return page_for(who, "help/left.html", back=request.full_path.rstrip("?"), leave=True, english=True)
    return page_for(who, template, status, **shown)


def page_for(who: Me | None, template: str, status: int = 200, **shown: object) -> Response:
    """A page for someone already known, or for nobody: the database is not asked who it is."""
    frame = {**_FRAME, "read_only": saving.is_off(), "me": who, "wished": looks_of(who), "places": menu(who), **shown}
    speech = _speech(who, frame)
    saying.speak(speech)
    made: Site = current_app.extensions["lms"]
    frame |= {"lang": speech.page, **made.scripts_in(speech.tongue.lang)}
    html = current_app.jinja_env.get_template(template).render(frame)
    return Response(html, status, content_type="text/html; charset=utf-8")


def _speech(who: Me | None, frame: Mapping[str, object]) -> Speech:
    """In which languages a page and its words are. Pages of staff are English."""
    lang = str(frame.get("lang", ""))
    tongue = ENGLISH if frame["staff"] or frame["english"] else languages.tongue_for(who, lang)
    within = str(frame.get("within", ""))
    return Speech(tongue, lang or tongue.lang, mixed=within not in ("", lang))


def leading(words: object, title: Html) -> Html:
    """Words before a title. Where the title runs as they do, and the page does not, both run on as one."""
    said = escape(words)
    mark = _MARK.match(said)
    if mark and mark[0] in title:
        return in_language(joined(said.striptags(), title), mark[1])
    return joined(said, title)


_MARK = re.compile(r'<span lang="([^"]*)" dir="[^"]*">')


def see_other(address: str) -> Response:
    """Go on to another page: what answers a form, so that reloading sends nothing twice."""
    return Response("", 303, {"Location": address}, content_type="text/html; charset=utf-8")


def found_at(address: str) -> Response:
    """What an old address leads to. A browser asks again each time: an author may give a name back."""
    return Response("", 302, {"Location": address}, content_type="text/html; charset=utf-8")
