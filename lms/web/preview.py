"""The app as an author sees her course in it: the site of `app`, and above each page what is to be mended.

`lms preview` gives gunicorn `create_app` by name. Nothing here is part of a site that learners reach: the app knows
nothing of this file, and its pages get one template more to show, `above`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, g, request
from jinja2.runtime import Context
from jinja2.utils import pass_context

from lms.content.plan import QUIZ
from lms.content.problems import Problem, Severity, visible
from lms.errors import NotFound
from lms.services import people, preview
from lms.services.people import Token
from lms.services.preview import State, States, Told
from lms.services.stores import open_store
from lms.settings import Settings
from lms.web import app as site_app
from lms.web.headers import FOR_EVER
from lms.web.pages import page, see_other
from lms.web.signed import allow_anyone, enter, me
from lms.web.site import now_ms, shelf, store
from lms.web.styles import PREVIEW, Asset, script, style

pages = Blueprint("preview", __name__)

MOST_TOLD = 200
"""Problems on the page of them all. Who has more mends the first ones first."""
_WHOLE = 300
"""Lines of a file up to which all of it is shown; of a longer one, what stands near a problem."""
_NEAR = 4
_SILENT = frozenset({"files.static", "files.file", "preview.asset", "preview.version"})
"""Addresses for browsers, not people."""


@dataclass(frozen=True)
class Desk:
    """What a preview has beside the site."""

    var: Path
    states: States
    style: Asset
    script: Asset


def create_app(var: str) -> Flask:
    """The site whose folder was made by `services.preview.set_up`."""
    folder = Path(var)
    opening, url = preview.opening(folder), preview.database_url(folder)
    settings = Settings(folder, url, secret_key=opening.secret_key, public_url=opening.public_url)
    opened = open_store(url, folder)
    app = site_app.create_app(settings, opened)
    states = States(folder)
    app.extensions["lms"] = replace(app.extensions["lms"], catalogue=preview.OneCourse(opened, states))
    app.extensions["lms-preview"] = Desk(folder, states, _ours(style("preview", PREVIEW)), _ours(script("preview")))
    app.before_request(_begin)
    app.register_blueprint(pages)
    app.jinja_env.globals.update(above="preview/above.html", strip=_strip)
    return app


def _ours(asset: Asset) -> Asset:
    """Beside our pages: what the site serves is listed there."""
    return replace(asset, path=asset.path.replace("/static/", "/preview/"))


def _desk() -> Desk:
    made: Desk = current_app.extensions["lms-preview"]
    return made


def _state() -> State:
    """One state for a whole request, as it was when it began: what the page shows is never older."""
    if "preview" not in g:
        g.preview = _desk().states.now()
    found: State = g.preview
    return found


def _begin() -> Response | None:
    """Whoever comes is the demo learner, unless she has signed out; without a course there is one page."""
    state = _state()
    if request.endpoint in _SILENT or request.method != "GET":
        return None
    if me() is None:
        _come_in(preview.opening(_desk().var).learner)
    return see_other("/preview") if request.endpoint == "home.home" and not state.course else None


def _come_in(token: Token) -> None:
    if people.signed_in(store(), token.person_id, token.secret, now_ms()):
        enter(token)


@pages.get("/preview")
@allow_anyone
def problems() -> Response:
    """Everything there is to mend or to look at, and the lines it is about."""
    state = _state()
    told = state.told[:MOST_TOLD]
    return page(
        "preview/problems.html", state=state, more=len(state.told) - len(told), files=tuple(_files(state, told))
    )


@pages.get("/preview/version")
@allow_anyone
def version() -> Response:
    """What a page compares with its own, to know that it is to be shown anew."""
    return Response(str(_state().version), content_type="text/plain; charset=utf-8")


@pages.get("/preview/<digest>/<name>")
@allow_anyone
def asset(digest: str, name: str) -> Response:
    """The style sheet and the script of what stands above the pages."""
    path = f"/preview/{digest}/{name}"
    found = next((it for it in (_desk().style, _desk().script) if it.path == path), None)
    if found is None:
        raise NotFound
    return Response(found.body, content_type=found.content_type, headers={"Cache-Control": FOR_EVER})


@pages.post("/preview/learner")
@allow_anyone
def learner() -> Response:
    """Be the demo learner again, after signing out."""
    if me() is None:
        enter(preview.sign_in_again(store(), _desk().var, now_ms()))
    return see_other("/")


# --- above every page -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strip:
    """What stands above a page."""

    state: State
    here: tuple[Told, ...]
    """What is about this very page."""
    drafts: tuple[tuple[str, str], ...]
    places: Mapping[tuple[str, int], str]
    shown_at: str
    answers_a_form: bool
    style: str
    script: str


@pass_context
def _strip(context: Context) -> Strip:
    state, desk = _state(), _desk()
    return Strip(
        state=state,
        here=tuple(_here(state, context)),
        drafts=_drafts(state),
        places=_places(state),
        shown_at=f"{datetime.fromtimestamp(state.shown_ms / 1000).astimezone():%H:%M}",
        answers_a_form=request.method != "GET",
        style=desk.style.path,
        script=desk.script.path,
    )


def _here(state: State, context: Context) -> Iterator[Told]:
    """What is about the page that is shown, or the step that is open on it."""
    of = request.view_args or {}
    if of.get("course") == state.course:
        screen = context.get("screen")
        yield from filter(_about(of, screen.step.name if screen else ""), state.told[:MOST_TOLD])


def _about(of: Mapping[str, str], step: str) -> Callable[[Told], bool]:
    """Whether something told is about the page of these names. What stands above all steps is about each."""
    if "module" not in of:
        return lambda it: it.problem.file.startswith("course.")
    if request.blueprint == "quiz":
        return lambda it: (it.module, it.lesson) == (of["module"], QUIZ)
    place = of["module"], of.get("lesson", "")
    return lambda it: (it.module, it.lesson) == place and it.step in ("", step)


def _drafts(state: State) -> tuple[tuple[str, str], ...]:
    """(address, title) of the drafts on the page of a course, or of the one that is open."""
    of = request.view_args or {}
    about = {of["module"]} & set(state.drafts) if "module" in of else set(state.drafts)
    if of.get("course") != state.course or not about:
        return ()
    modules = (it for it in shelf().course(state.course).plan.modules if it.module in about)
    return tuple((f"/courses/{state.course}/{it.module}", it.title) for it in modules)


# --- the lines --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a file. `number` 0: some are left out here."""

    number: int
    text: str
    place: str
    problems: tuple[Problem, ...]

    @property
    def look(self) -> str:
        """How its number is flagged."""
        errors = any(it.severity is Severity.ERROR for it in self.problems)
        return "bad" if errors else "look" if self.problems else ""


@dataclass(frozen=True)
class File:
    """A file with problems; without lines if it is no text, or is not there."""

    name: str
    problems: tuple[tuple[Problem, str], ...]
    """Each with the place of its line on the page."""
    lines: tuple[Line, ...]

    @property
    def stops(self) -> bool:
        return any(it.severity is Severity.ERROR for it, _ in self.problems)


def _places(state: State) -> dict[tuple[str, int], str]:
    """(file, line) -> the name of that place on the page of problems."""
    files = {file: at for at, file in enumerate(sorted({it.problem.file for it in state.told}), 1)}
    return {(it.problem.file, it.problem.line): f"f{files[it.problem.file]}-{it.problem.line}" for it in state.told}


def _files(state: State, told: tuple[Told, ...]) -> Iterator[File]:
    places = _places(state)
    for name, group in groupby((it.problem for it in told), key=lambda it: it.file):
        problems = tuple(group)
        lines = tuple(_lines(state.sources.get(name, ""), name, problems, places)) if name in state.sources else ()
        yield File(name, tuple((it, places[name, it.line]) for it in problems), lines)


def _lines(text: str, name: str, problems: tuple[Problem, ...], places: dict[tuple[str, int], str]) -> Iterator[Line]:
    lines = text.split("\n")
    about = {number: tuple(group) for number, group in groupby(problems, key=lambda it: it.line)}
    near = {at + step for at in about for step in range(-_NEAR, _NEAR + 1)}
    left_out = False
    for number, line in enumerate(lines, 1):
        if len(lines) <= _WHOLE or number in near:
            shown = "".join(map(visible, line))
            yield Line(number, shown, places.get((name, number), ""), about.get(number, ()))
        elif not left_out:
            yield Line(0, "", "", ())
        left_out = len(lines) > _WHOLE and number not in near
