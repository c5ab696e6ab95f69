"""Forms: the ids they carry, and WTForms with the messages of this site.

The token of a form is checked in `writes`, before any of this.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField
from wtforms import Form as Plain

from lms.errors import Refused


def new_event_id() -> UUID:
    """The id a form is sent with, so that a double tap is one event."""
    return uuid.uuid4()


def event_id_of(form: MultiDict[str, str]) -> UUID:
    """The id a form was sent with."""
    try:
        return UUID(form.get("event_id", ""))
    except ValueError as error:
        raise Refused("This page is not whole. Go back, reload it, and send it again.") from error


def choices(words: Mapping[str, str]) -> Any:
    """Value -> words of a choice, in the one shape WTForms 3.3 and later versions take."""
    return dict(words)


def adult_field() -> Any:
    """The one question about age, asked in the same words wherever it is asked."""
    return RadioField(
        "Are you 18 or over?",
        choices=choices({"yes": "Yes", "no": "No", "unsaid": "I'd rather not say"}),
        default="unsaid",
        validate_choice=False,
    )


def control(field: Field, hint: str, kind: str) -> str:
    """A field's input, tied to the hint and the fault that stand beside it."""
    beside = [f"{field.id}-hint"] if hint else []
    said = {"aria-invalid": "true"} if field.errors else {}
    beside += [f"{field.id}-error"] if field.errors else []
    said |= {"aria-describedby": " ".join(beside)} if beside else {}
    html: str = field(**said, **({"class": kind} if kind else {}))
    return html


class Form(Plain):
    """A form that can be told what a service refused."""

    def refuse(self, refused: Refused) -> None:
        """Put a service's sentence beside the field it is about, or at the top."""
        field = self._fields.get(refused.field)
        if field is None:
            self.form_errors.append(refused.sentence)
        else:
            field.errors = [*field.errors, refused.sentence]
