"""How a page is made: one template, the person it is for, and what it shows.

Jinja's own render, without Flask's context processors and signals: a template is given everything
it shows, and nothing in it asks the database.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Flask, Response, current_app
from jinja2 import BytecodeCache, FileSystemBytecodeCache, StrictUndefined
from jinja2.bccache import Bucket

from lms.web import saving, words
from lms.web.forms import control
from lms.web.menus import menu
from lms.web.signed import Me, me
from lms.web.site import NAME, Site

_FRAME: dict[str, object] = {"lang": "en-GB", "line": "coding", "leave": False, "staff": False, "tab": ""}
"""What the frame of a page is where the page does not say otherwise."""

_MACROS = {"art": "art", "forms": "forms", "routes": "route", "screens": "lesson", "questions": "question"}
"""Name in templates -> file of `_parts`. Each may use those before it."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


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
        direction=direction,
        control=control,
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
    """A page. `lang`: of the course it shows; `line`: its ink; `leave`: whether it can be left at once."""
    return page_for(me(), template, status, **shown)


def page_for(who: Me | None, template: str, status: int = 200, **shown: object) -> Response:
    """A page for someone already known, or for nobody: the database is not asked who it is."""
    frame = {**_FRAME, "read_only": saving.is_off(), "me": who, "places": menu(who), **shown}
    html = current_app.jinja_env.get_template(template).render(frame)
    return Response(html, status, content_type="text/html; charset=utf-8")


def see_other(address: str) -> Response:
    """Go on to another page: what answers a form, so that reloading sends nothing twice."""
    return Response("", 303, {"Location": address}, content_type="text/html; charset=utf-8")


def direction(lang: str) -> str:
    """`rtl` or `ltr`, as the script of a language is written."""
    return "rtl" if lang.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
