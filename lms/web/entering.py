"""Coming in, by whichever way: what was waiting is done, and what a guest did on this phone is asked about.

A visitor comes in by what she does first: the form of hers that is to be recorded makes her a guest.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Response, request, session
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField

from lms.errors import Refused, TooManyTries
from lms.services import guests, people
from lms.services.people import SignedIn, Token
from lms.services.throttles import home_of
from lms.web import languages
from lms.web.buckets import limits
from lms.web.forms import CODE_NOW, Form, event_id_of, label
from lms.web.kept import do_kept, read_kept
from lms.web.menus import start_of
from lms.web.pages import page, see_other
from lms.web.paths import next_path
from lms.web.signed import Me, enter, me, visitors_looks
from lms.web.site import now_ms, store

_HALF = "half"
"""In the cookie of who has taken the first step of two: that sign-in, which opens nothing yet."""
_BEFORE = "before"
"""In the cookie of who has just signed in: the sign-in of the guest who learned here before."""


def begin(form: MultiDict[str, str]) -> Me:
    """The guest a visitor becomes by a form that is to be recorded; a double tap makes one."""
    event_id, home, chosen = event_id_of(form), home_of(request.remote_addr or ""), _chosen_before()
    wait = limits().guests.take(home, now_ms())
    if wait:
        raise TooManyTries(wait, "Many people started here just now. Wait {wait}, then send it again.")
    who = enter(guests.begin(store(), event_id, now_ms()))
    people.wish(store(), who.person_id, chosen, anew=False)
    return who


def _chosen_before() -> dict[str, str]:
    """What a visitor chose on this phone, as the wishes it becomes: the languages of courses, how pages look."""
    chosen = {people.language_wish(course): lang for course, lang in languages.chosen_by_visitor().items()}
    return {**chosen, **visitors_looks()}


def come_in(
    form: Form, template: str, token: Callable[[], Token], where: str = "", waiting: str = "", **shown: object
) -> Response:
    """Sign in with a token, or show the form again with what must be put right."""
    chosen, before = _chosen_before(), me()
    try:
        made = token()
    except Refused as refused:
        form.refuse(refused)
        return page(template, 422, form=form, **shown)
    except TooManyTries as wait:
        form.say(wait)
        answer = page(template, wait.status, form=form, **shown)
        answer.headers["Retry-After"] = str(wait.wait)
        return answer
    if made.half:
        return _second_step(made, where, waiting)
    who = enter(made)
    people.wish(store(), who.person_id, chosen, anew=False)
    if before and not before.guest and before.person_id != who.person_id:
        people.sign_out(store(), before.person_id, before.token)
    answer = _asked_first(who, before, _do_waiting(who, waiting) or see_other(next_path(where, start_of(who))))
    return _age_first(who, answer)


def _second_step(half: Token, where: str, waiting: str) -> Response:
    """Ask for the second step. Whoever is signed in on this phone stays so until it is taken."""
    session[_HALF] = f"{half.person_id}.{half.secret}"
    return page("people/second.html", form=SecondStep(next=where, kept=waiting))


class SecondStep(Form):
    """What her app shows, or a code on paper."""

    code = StringField(label("Your code"), render_kw=CODE_NOW)
    next = HiddenField()
    kept = HiddenField()


def half_sign_in() -> Token | None:
    """The sign-in on this phone that waits for its second step."""
    person_id, _, secret = str(session.get(_HALF, "")).partition(".")
    return Token(int(person_id), secret, half=True) if person_id.isdigit() else None


def _do_waiting(who: Me, waiting: str) -> Response | None:
    """What a kept form answers, or None where none waits or it is somebody else's."""
    kept = read_kept(waiting)
    return do_kept(who, kept) if kept else None


def _asked_first(who: Me, before: Me | None, answer: Response) -> Response:
    """Where a guest has learned here, and is not who signed in: was it she? Then on to where that leads."""
    if before is None or not before.guest or before.person_id == who.person_id:
        return answer
    if guests.lessons_done(store(), before.signed) is None:
        return answer
    session[_BEFORE] = before.get_id()
    return see_other(f"/was-it-you?{urlencode({'next': answer.location or '/'})}")


def _age_first(who: Me, answer: Response) -> Response:
    """An account that somebody else made was never asked about her age, as signing up asks: now, and then on."""
    if who.guest or "adult" in who.signed.wishes or answer.location is None:
        return answer
    return see_other(f"/me/age?{urlencode({'next': answer.location})}")


def guest_before() -> SignedIn | None:
    """The guest who learned on this phone before she signed in, while that has not been answered."""
    person_id, _, token = str(session.get(_BEFORE, "")).partition(".")
    found = people.signed_in(store(), int(person_id), token, now_ms()) if person_id.isdigit() else None
    return found if found and found.guest else None


def answered() -> None:
    """It is not asked again."""
    session.pop(_BEFORE, None)
