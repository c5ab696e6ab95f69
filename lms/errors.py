"""What can go wrong, each with the sentence the person is shown.

Raised where the rule lives; turned into a page and a status in one place (`web/app.py`) and into
one line and an exit code in another (`cli/__init__.py`). Faults in a course file are not here:
they are collected as `content.problems.Problem`.
"""

from __future__ import annotations


class LmsError(Exception):
    """Something a person can be told. `status` is what a browser is answered with."""

    status = 400
    sentence = "Something about that did not work. Go back and try again."

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence or type(self).sentence
        super().__init__(self.sentence)


class NotFound(LmsError):
    """There is no such thing, or it is someone else's: the two look the same from outside."""

    status = 404
    sentence = "We can't find that page. The link may be old, or a letter may be missing."


class Forbidden(LmsError):
    """A thing of one's own, but not something this person may do."""

    status = 403
    sentence = "You can't do that with this account. Ask your facilitator if you think you should."


class Refused(LmsError):
    """A form was filled in a way that can't be taken. `field` names the field, for its message."""

    status = 422

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class TooManyTries(LmsError):
    """A throttle holds; `wait` is how many seconds until the next try. A `sentence` says them as `{wait}`."""

    status = 429
    sentence = "That is a lot of tries. Wait {wait}, then try again."

    def __init__(self, wait: int, sentence: str = "") -> None:
        seconds = "1 second" if wait == 1 else f"{wait} seconds"
        super().__init__((sentence or type(self).sentence).format(wait=seconds))
        self.wait = wait


class Busy(LmsError):
    """The database could not take a write now; nothing was recorded and trying again is safe."""

    status = 503
    wait = 5
    sentence = "We are very busy just now. What you typed is still on your page: try again in a moment."


class DiskFull(LmsError):
    """No room for another write: the site can be read only."""

    status = 507
    sentence = "We can't save anything just now: our disk is full. What you typed is still on your page."


class ReadOnly(DiskFull):
    """The database, or the folder it is in, may not be written to: for a reader it is the same as a full disk."""

    sentence = "We can't save anything just now. What you typed is still on your page."


class BadSetting(LmsError):
    """A setting that stops the start: names the setting and says what to write instead."""


class CannotRun(LmsError):
    """A command that could not do its work at all (exit code 2)."""
