"""The two packages made of learning: counts for a funder, and rows about single learners.

In: tallies, or learners already under pseudonyms, with the period they are of. Out: a `Package`, its
README made from the definitions of `learning.measures`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from lms.interop.cells import Cell
from lms.interop.package import Field, Package, Table
from lms.learning.measures import (
    ATTENDANCE,
    HIDDEN,
    MEASURES,
    NOWHERE,
    RULES,
    WORDS,
    Breakdown,
    Measure,
    Period,
    Tally,
    shown,
)

REQUIRED = {"required": True}
_AS = {"required": True, "enum": ["learner", "staff"]}

LEARNER_FIELDS = (
    Field("learner", "string", "An id made for this file alone.", REQUIRED),
    Field("course", "string", "The course's fixed name.", REQUIRED),
    Field("area", "string", "The code of the area she began in.", REQUIRED),
    Field("group", "string", "The id of the group she began in.", REQUIRED),
    Field("learns_as", "string", "Whether she began it as a learner or, in training, as staff.", _AS),
    Field("began", "yearmonth", "The month in which her beginning was recorded.", REQUIRED),
    Field("months_active", "integer", "In how many months she did anything.", REQUIRED),
    Field("lessons_finished", "integer", "How many lessons of the course she has finished.", REQUIRED),
    Field("modules_completed", "integer", "How many modules of the course she has completed.", REQUIRED),
    Field("badges", "integer", "How many badges of the course she has earned.", REQUIRED),
)


Attended = tuple[str, str, Mapping[str, int]]
"""(area code, month, what is told of its meetings -> how many)."""


def report(
    period: Period,
    tallies: Mapping[Breakdown, Tally],
    attended: Iterable[Attended] = (),
    trained: Iterable[Attended] = (),
) -> Package:
    """The package for a funder: counts only, by area and month and by group and month; and who came to meetings.

    What staff learn in training, and the meetings of their groups (`trained`), are in tables of their own.
    """
    day = _day(period.as_of)
    return Package(
        name=f"learning-as-of-{period.as_of}",
        title=f"Learning as of {day}",
        description="What learners did, counted by area and by group, each by month; and staff in training. Small "
        "numbers are not told.",
        readme=_report_readme(period),
        tables=(*(_counts(breakdown, tally) for breakdown, tally in tallies.items()), *_attendances(attended, trained)),
    )


def _counts(breakdown: Breakdown, tally: Tally) -> Table:
    return Table(
        name=f"by-{breakdown}",
        title=_TITLES[breakdown],
        fields=(
            Field(breakdown.unit, "string", _one_line(WORDS[breakdown.unit.capitalize()]), REQUIRED),
            Field("month", "yearmonth", _one_line(WORDS["Month"]), REQUIRED),
            Field("measure", "string", "What is counted; the README says what each word means.", _one_of(MEASURES)),
            Field("count", "integer", " ".join(RULES.values()), {"minimum": 0}),
            Field("status", "string", "How to read the count beside it.", _one_of(RULES)),
        ),
        key=(breakdown.unit, "month", "measure"),
        rows=((unit, month, measure.value, *shown(count)) for unit, month, measure, count in tally.cells()),
        missing=("", HIDDEN),
    )


_TITLES = {
    Breakdown.AREA: "Counts by area and month",
    Breakdown.GROUP: "Counts by group and month",
    Breakdown.STAFF: "Staff in training, by area and month",
}


def _attendances(attended: Iterable[Attended], trained: Iterable[Attended]) -> tuple[Table, Table]:
    return (
        _attendance("attendance", "Meetings and who came, by area and month", attended),
        _attendance("attendance-staff", "Meetings of staff in training and who came, by area and month", trained),
    )


def _attendance(name: str, title: str, attended: Iterable[Attended]) -> Table:
    return Table(
        name=name,
        title=title,
        fields=(
            Field("area", "string", "The area of the meeting, by its code.", REQUIRED),
            Field("month", "yearmonth", "The month in which the meeting took place.", REQUIRED),
            Field("measure", "string", "What is counted; the README says what each word means.", _one_of(ATTENDANCE)),
            Field("count", "integer", " ".join(RULES.values()), {"minimum": 0}),
            Field("status", "string", "How to read the count beside it.", _one_of(RULES)),
        ),
        key=("area", "month", "measure"),
        rows=((area, month, what, *shown(told[what])) for area, month, told in attended for what in ATTENDANCE),
        missing=("", HIDDEN),
    )


def _one_of(words: Iterable[str]) -> dict[str, object]:
    return {"required": True, "enum": [str(word) for word in words]}


def learners(period: Period, rows: Iterable[Sequence[Cell]]) -> Package:
    """The package about single learners: personal data, for administrators."""
    return Package(
        name=f"learners-as-of-{period.as_of}",
        title=f"PERSONAL DATA: learners as of {_day(period.as_of)}",
        description="PERSONAL DATA. One row for each learner and course. Do not pass it on.",
        readme=_learners_readme(period),
        tables=(Table("learners", "One row for each learner and course", LEARNER_FIELDS, ("learner", "course"), rows),),
        keywords=("personal data",),
    )


def _report_readme(period: Period) -> str:
    return _text(
        _heading(f"Learning as of {_day(period.as_of)}"),
        *_when(period),
        "The tables by area and by group count the same learning in two ways. They hold counts only: no names, and "
        f"no rows about single people. There are no totals. Those who had no area, or no group, stand under {NOWHERE}.",
        _listed({f"data/by-{breakdown}.csv": title for breakdown, title in _TITLES.items()}),
        "Staff and volunteers who learn in a group for staff are in data/by-staff.csv alone, and in neither of the "
        "other two.",
        "One row is one number: where, in which month, what is counted, the count, and its status. There is a row "
        "for every area, or group, in which anyone had begun a course, in every month from the first in which "
        "anyone began one to the last.",
        *_heads("How to read a number", RULES),
        "Do not add these numbers up. They are rounded, and the same person can be in several months, areas and "
        "groups.",
        *_heads("What is counted", MEASURES),
        *_heads("What is counted of meetings, in data/attendance.csv", ATTENDANCE),
        "Meetings of groups for staff are in data/attendance-staff.csv alone, counted in the same way.",
        "Meetings are the exception to how months are told: they count in the month they took place, and what was "
        "entered later is told beside it. There is a row for every area in which a meeting took place in a month.",
        *_heads("What the words mean", WORDS),
        *_for_software(),
    )


def _learners_readme(period: Period) -> str:
    columns = {column.name: column.description for column in LEARNER_FIELDS}
    return _text(
        _heading(f"PERSONAL DATA: learners as of {_day(period.as_of)}"),
        "This is personal data. Each row is about one person, and together with what you know about her it can "
        "tell you who she is. Keep it where only those who need it can read it, do not send it on, and delete it "
        "when its work is done. Funders get the other package, which holds counts only.",
        *_when(period),
        "The id of a learner was made for this file alone, with a secret that was thrown away: the same person "
        "has another id in every other file. Rows stand in a fixed order, so two of these files laid side by side "
        "can still be matched. People whose names were erased are not in it.",
        *_heads("The columns of data/learners.csv", columns),
        *_heads("What is counted", MEASURES),
        *_heads("What the words mean", WORDS),
        *_for_software(),
    )


def _when(period: Period) -> Iterator[str]:
    day = _day(period.as_of)
    last_of_month = (period.as_of + timedelta(days=1)).day == 1
    so_far = "" if last_of_month else f" {_month(period.as_of)} is counted only up to {day}."
    yield f"It counts what had been recorded by the end of {day}, in the time zone {period.zone}.{so_far}"
    if not period.settled:
        yield "PROVISIONAL: that day was not over when this was made. Made again later, it can count more."


def _for_software() -> tuple[str, ...]:
    return (
        _heading("For software", "-"),
        "datapackage.json describes the tables as a Data Package: types, what stands for a missing value, and the "
        "size and hash of each file. `frictionless validate datapackage.json` checks all of it. A text that a "
        "spreadsheet could take for a formula has an apostrophe in front.",
    )


def _heads(title: str, words: Mapping[Measure, str] | Mapping[str, str]) -> tuple[str, ...]:
    return _heading(title, "-"), *(_entry(word, means) for word, means in words.items())


def _heading(title: str, line: str = "=") -> str:
    return f"{title}\n{line * len(title)}"


def _entry(word: str, means: str) -> str:
    return f"{word}\n{textwrap.indent(textwrap.fill(_one_line(means), 74), '    ')}"


def _listed(lines: Mapping[str, str]) -> str:
    return "\n".join(f"    {path}  {what}" for path, what in lines.items())


def _text(*parts: str) -> str:
    """The parts with a line between them; those of one long line are wrapped."""
    return (
        "\n\n".join(part if "\n" in part or part.startswith(" ") else textwrap.fill(part, 78) for part in parts) + "\n"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(day: date) -> str:
    """`30 September 2026`, in any locale."""
    return f"{day.day} {_month(day)}"


def _month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
