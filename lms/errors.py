"""What can go wrong, each with the sentence the person is shown.

Raised where the rule lives; turned into a page and a status in one place (`web/app.py`) and into
one line and an exit code in another (`cli/__init__.py`). Faults in a course file are not here:
they are collected as `content.problems.Problem`.
"""

from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802 - what marks words for a catalogue is called so everywhere
    """Mark a sentence that is said later, in the language of whoever reads it."""
    return sentence


class LmsError(Exception):
    """Something a person can be told. `status` is what a browser is answered with.

    `told` is the sentence as it stands in a catalogue, with `{name}` for each of `values`.
    """

    status = 400
    sentence = N_("Something about that did not work. Go back and try again.")

    def __init__(self, sentence: str = "", **values: object) -> None:
        self.told, self.values = sentence or type(self).sentence, values
        self.sentence = self.told.format(**values) if values else self.told
        super().__init__(self.sentence)


class NotFound(LmsError):
    """There is no such thing, or it is someone else's: the two look the same from outside."""

    status = 404
    sentence = N_("We can't find that page. The link may be old, or a letter may be missing.")


class Forbidden(LmsError):
    """A thing of one's own, but not something this person may do."""

    status = 403
    sentence = N_("You can't do that with this account. Ask your facilitator if you think you should.")


class Refused(LmsError):
    """A form was filled in a way that can't be taken. `field` names the field, for its message.

    `also`: what else can't be taken of the same form (`AllAtOnce`).
    """

    status = 422

    def __init__(self, sentence: str, field: str = "", **values: object) -> None:
        super().__init__(sentence, **values)
        self.field = field
        self.also: tuple[Refused, ...] = ()


class AllAtOnce:
    """Checks of one form, each in a `with` of this: all are made, and what they refuse is told together by `tell`.

    >>> checks = AllAtOnce()
    >>> for field in ("name", "day"):
    ...     with checks:
    ...         raise Refused("Fill this in.", field)
    >>> try:
    ...     checks.tell()
    ... except Refused as told:
    ...     [told.field, *(it.field for it in told.also)]
    ['name', 'day']
    """

    def __init__(self) -> None:
        self._found: list[Refused] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, Refused):
            return False
        self._found += [error, *error.also]
        return True

    def tell(self) -> None:
        """Refused with all that was found, if anything was."""
        if self._found:
            first, *rest = self._found
            first.also = tuple(rest)
            raise first


class TooManyTries(LmsError):
    """A throttle holds; `wait` is how many seconds until the next try. A `sentence` says them as `{wait}`."""

    status = 429
    sentence = N_("That is a lot of tries. Wait {wait}, then try again.")

    def __init__(self, wait: int, sentence: str = "") -> None:
        seconds = "1 second" if wait == 1 else f"{wait} seconds"
        super().__init__(sentence, wait=seconds)
        self.wait = wait


class Busy(LmsError):
    """The database could not take a write now; nothing was recorded and trying again is safe."""

    status = 503
    wait = 5
    sentence = N_("We are very busy just now. What you typed is still on your page: try again in a moment.")


class DiskFull(LmsError):
    """No room for another write: the site can be read only."""

    status = 507
    sentence = N_("We can't save anything just now: our disk is full. What you typed is still on your page.")


class ReadOnly(DiskFull):
    """The database, or the folder it is in, may not be written to: for a reader it is the same as a full disk."""

    sentence = N_("We can't save anything just now. What you typed is still on your page.")


class BadSetting(LmsError):
    """A setting that stops the start: names the setting and says what to write instead."""


class CannotRun(LmsError):
    """A command that could not do its work at all (exit code 2)."""
