"""Forms: the ids they carry, and WTForms with the messages of this site.

The token of a form is checked in `writes`, before any of this.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, RadioField, SelectMultipleField
from wtforms import Form as Plain
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lms.errors import LmsError, NotFound, Refused, TooManyTries
from lms.web.saying import Words, _, of_error

NEW_PIN = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6}
"""How a phone asks for a new PIN: with its number keys."""


KNOWN = {"autocomplete": "current-password", "maxlength": 200}
"""Of a field for what lets her in now."""


CODE_NOW = {"inputmode": "text", "autocomplete": "one-time-code", "autocapitalize": "characters", "maxlength": 20}
"""Of a field for what an app shows, or for a code on paper, which has letters."""


DAY = {"inputmode": "numeric", "maxlength": 10, "autocomplete": "off"}
"""Of a field for a day, typed as 2026-12-31."""


def new_event_id() -> UUID:
    """The id a form is sent with, so that a double tap is one event."""
    return uuid.uuid4()


def event_id_of(form: MultiDict[str, str]) -> UUID:
    """The id a form was sent with."""
    try:
        return UUID(form.get("event_id", ""))
    except ValueError as error:
        raise Refused("This page is not whole. Go back, reload it, and send it again.") from error


def id_in(form: MultiDict[str, str], field: str) -> UUID:
    """The id of something a form names. NotFound for what is none."""
    try:
        return UUID(form.get(field, ""))
    except ValueError as error:
        raise NotFound from error


def choices(words: Mapping[str, Words | str]) -> Any:
    """Value -> words of a choice, in the shape WTForms takes of words that are said later."""
    return [SelectChoice(value=value, label=said) for value, said in words.items()]


def label(english: str, **values: object) -> Any:
    """What a field is called, in the one type that WTForms takes."""
    return _(english, **values)


WHAT_LETS_IN = {
    (True, True): label("Your password or PIN now"),
    (True, False): label("Your password now"),
    (False, True): label("Your PIN now"),
    (False, False): label("Your PIN or password now"),
}
"""What shows that it is she, by which she has: a password, a PIN with this phone."""


def adult_field() -> Any:
    """The one question about age, asked in the same words wherever it is asked."""
    return RadioField(
        label("Are you 18 or over?"),
        choices=choices({"yes": _("Yes"), "no": _("No"), "unsaid": _("I'd rather not say")}),
        default="unsaid",
        validate_choice=False,
    )


def control(field: Field, hint: str, kind: str) -> str:
    """A field's input, tied to the hint and the fault that stand beside it."""
    said = beside(field, hint) | ({"aria-invalid": "true"} if field.errors else {})
    html: str = field(**said, **({"class": kind} if kind else {}))
    return html


def beside(field: Field, hint: str) -> dict[str, str]:
    """The attribute that ties a field to the hint and the fault beside it, if there is either."""
    ids = [f"{field.id}-hint"] * bool(hint) + [f"{field.id}-error"] * bool(field.errors)
    return {"aria-describedby": " ".join(ids)} if ids else {}


def reached(field: Field) -> str:
    """The id a link to a field leads to: what can be typed in or chosen there, of several the first."""
    return f"{field.id}-0" if isinstance(field, (RadioField, SelectMultipleField)) else str(field.id)


class Form(Plain):
    """A form that can be told what a service refused."""

    def refuse(self, refused: Refused | TooManyTries, beside: str = "") -> None:
        """Put each of a service's sentences beside the field it is about, else beside this one, or at the top."""
        also = refused.also if isinstance(refused, Refused) else ()
        for one in (refused, *also):
            about = one.field if isinstance(one, Refused) else ""
            field = self._fields.get(about, self._fields.get(beside))
            if field is None:
                self.say(one)
            else:
                field.errors = [*field.errors, _told(one)]

    def say(self, error: LmsError) -> None:
        """Put what went wrong at the top."""
        self.form_errors.append(_told(error))


def _told(error: LmsError) -> Any:
    """In the one type that WTForms takes."""
    return of_error(error)


class Looks(Form):
    """How pages look to somebody."""

    text = RadioField(
        label("Size of the words"),
        choices=choices({"normal": _("As on my phone"), "large": _("Large"), "largest": _("Largest")}),
        default="normal",
        validate_choice=False,
    )
    colours = RadioField(
        label("Colours"),
        choices=choices({"phone": _("As on my phone"), "light": _("Light"), "dark": _("Dark")}),
        default="phone",
        validate_choice=False,
    )
    contrast = BooleanField(label("More contrast"))
    spacing = BooleanField(label("More room"))
    motion = BooleanField(label("Keep the page still"))
    pictures = BooleanField(label("Leave pictures out"))

    def looks(self) -> dict[str, str]:
        """As they are kept."""
        return {
            "text": self.text.data if self.text.data in ("large", "largest") else "",
            "colours": self.colours.data if self.colours.data in ("light", "dark") else "",
            "contrast": "more" if self.contrast.data else "",
            "spacing": "wide" if self.spacing.data else "",
            "motion": "less" if self.motion.data else "",
            "pictures": "out" if self.pictures.data else "",
        }


def filled_in(wishes: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the form of somebody who has chosen this before."""
    return {
        "text": wishes.get("text") or "normal",
        "colours": wishes.get("colours") or "phone",
        "contrast": wishes.get("contrast") == "more",
        "spacing": wishes.get("spacing") == "wide",
        "motion": wishes.get("motion") == "less",
        "pictures": wishes.get("pictures") == "out",
    }
