"""Counting what was recorded by the end of a day, and the rows about single learners.

Everything rests on facts that are written once (enrolments, milestones, months, awards), never on
progress. A fact counts from `enrolments.counted_ms` on: what a guest did from when she made an account, never
if she made none. On PostgreSQL each statement is one COPY; on SQLite people are taken a page at a time in key
order, so that no reader holds up the checkpoints of those who write. Both run the same statements:
plain joins on a person's own rows and aggregated subqueries, as a distributed database asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from lms.learning.measures import NOWHERE, Breakdown, Measure, Month, Period
from lms.learning.persons import Seen
from lms.store.tables import areas, awards, badges, courses, enrolments, groups, learner_months, milestones, people

PAGE = 10_000
"""Enrolments a page on SQLite."""

Number = ColumnElement[int]
Query = Any
"""A `select`, whose type would be that of each of its columns."""

_UNIT: dict[Breakdown, Number] = {
    Breakdown.AREA: func.coalesce(enrolments.c.area_id, literal_column("0")),
    Breakdown.GROUP: func.coalesce(enrolments.c.group_id, literal_column("0")),
    Breakdown.STAFF: func.coalesce(enrolments.c.area_id, literal_column("0")),
}
_MEASURES = tuple(Measure)
_PLACES = {measure: place for place, measure in enumerate(_MEASURES)}


class Span(NamedTuple):
    """People from after one id up to another; all of them without a span."""

    after: int
    upto: int


class Facts(NamedTuple):
    """How many facts of a measure (its place in `Measure`) there are. Area and group: 0 for none; `month`: 202609."""

    measure: int
    area_id: int
    group_id: int
    month: int
    number: int


class Different(NamedTuple):
    """How many different people there are in an area, or in a group."""

    measure: int
    unit: int
    month: int
    number: int


class LearnerRow(NamedTuple):
    """One person in one course. `months`: in how many she was active; area and group are 0 for none."""

    person_id: int
    course_id: int
    area_id: int
    group_id: int
    began: int
    months: int
    lessons: int
    modules: int
    badges: int


def first_recorded(db: Connection, end_ms: int, groups: frozenset[int] | None = None) -> int | None:
    """When the first enrolment, or the first in some groups, was recorded, if that was before an instant."""
    asked = select(func.min(enrolments.c.counted_ms)).where(enrolments.c.counted_ms < end_ms, _in(groups))
    return db.execute(asked).scalar()


def staff_groups(db: Connection) -> frozenset[int]:
    """The groups for staff. A group in which somebody has begun a course stays what it is."""
    return frozenset(db.execute(select(groups.c.group_id).where(groups.c.kind == "staff")).scalars())


def units(db: Connection, breakdown: Breakdown, period: Period) -> dict[int, str]:
    """Id -> code or public id of every area or group in which anyone had begun a course; 0 for those with none."""
    if _is_empty(breakdown, period):
        return {}
    counts = enrolments.c.counted_ms < period.end_ms, _in(period.groups), _as(breakdown, period)
    seen = db.execute(select(_UNIT[breakdown]).where(*counts).distinct()).scalars().all()
    labels = labels_of(db, breakdown)
    return {unit_id: labels[unit_id] for unit_id in seen}


def labels_of(db: Connection, breakdown: Breakdown) -> dict[int, str]:
    """Id -> what stands for it outside: never a name, which can change."""
    area = breakdown.unit == Breakdown.AREA
    id_and_label = (areas.c.area_id, areas.c.code) if area else (groups.c.group_id, groups.c.public_id)
    return {0: NOWHERE, **{row[0]: row[1] for row in db.execute(select(*id_and_label))}}


def course_slugs(db: Connection) -> dict[int, str]:
    """Id -> fixed name of every course."""
    return {row.course_id: row.slug for row in db.execute(select(courses.c.course_id, courses.c.slug))}


def spans(db: Connection) -> Iterator[Span | None]:
    """The pages in which people are counted: one of everyone, or on SQLite many, in key order."""
    if db.dialect.name != "sqlite":
        yield None
        return
    after = -1
    while True:
        ahead = select(enrolments.c.person_id).where(enrolments.c.person_id > after).order_by(enrolments.c.person_id)
        upto = db.execute(ahead.offset(PAGE - 1).limit(1)).scalar()
        yield Span(after, upto if upto is not None else 2**63 - 1)
        if upto is None:
            return
        after = upto


def facts(db: Connection, period: Period, span: Span | None) -> Iterator[Facts]:
    """What counts as often as it happened: lessons, modules and badges of the people of a span."""
    if period.months:
        for query in _facts_of(period, span is not None):
            yield from map(Facts._make, _rows(db, query, span))


def different(db: Connection, breakdown: Breakdown, period: Period, span: Span | None) -> Iterator[Different]:
    """What counts once a person: those of a span who started, and who were active."""
    if period.months and not _is_empty(breakdown, period):
        for query in _different_of(breakdown, period, span is not None):
            yield from map(Different._make, _rows(db, query, span))


def seen(db: Connection, period: Period, person_ids: Sequence[int]) -> Iterator[Seen]:
    """One by one what is counted of some people: for those who are one person."""
    if period.months:
        for query in _seen_of(period):
            for person_id, measure, course_id, key, *where in db.execute(query, {"ids": list(person_ids)}):
                area_id, group_id, when = where
                as_staff = group_id in period.staff
                yield Seen(person_id, _MEASURES[measure], course_id, str(key), area_id, group_id, when, as_staff)


# A statement is put together once for all pages of a report, which takes as long as to run it on a small one.


@lru_cache(maxsize=32)
def _facts_of(period: Period, paged: bool) -> tuple[Query, ...]:
    return _done(period, paged), _given(period, paged)


@lru_cache(maxsize=64)
def _different_of(breakdown: Breakdown, period: Period, paged: bool) -> tuple[Query, ...]:
    return _started(breakdown, period, paged), _active(breakdown, period, paged)


@lru_cache(maxsize=32)
def _seen_of(period: Period) -> tuple[Query, ...]:
    return tuple(_seen(period))


def _seen(period: Period) -> Iterator[Query]:
    lesson, module = _place(Measure.LESSONS_FINISHED), _place(Measure.MODULES_COMPLETED)
    places = _UNIT[Breakdown.AREA], _UNIT[Breakdown.GROUP]
    of = enrolments.c.person_id.in_(bindparam("ids", expanding=True))
    done = case((milestones.c.kind == "lesson", lesson), else_=module), milestones.c.course_id, milestones.c.name
    yield (
        select(milestones.c.person_id, *done, *places, _later(milestones.c.recorded_ms, enrolments.c.recorded_ms))
        .join_from(milestones, enrolments, _same(milestones))
        .where(milestones.c.kind.in_(("lesson", "module")), _counts(milestones, period), of)
    )
    given = _place(Measure.BADGES), badges.c.course_id, awards.c.badge_id
    yield (
        select(awards.c.person_id, *given, *places, _later(awards.c.recorded_ms, enrolments.c.recorded_ms))
        .join_from(awards, badges, badges.c.badge_id == awards.c.badge_id)
        .join(enrolments, and_(_same_person(awards), enrolments.c.course_id == badges.c.course_id))
        .where(_counts(awards, period), of)
    )
    active: Any = (_place(Measure.ACTIVE), learner_months.c.course_id, literal_column("''"))
    month = _later(learner_months.c.month, _month(enrolments.c.recorded_ms, period.months))
    yield (
        select(learner_months.c.person_id, *active, *places, month)
        .join_from(learner_months, enrolments, _same(learner_months))
        .where(_was_active(period), enrolments.c.recorded_ms < period.end_ms, of)
    )


def _done(period: Period, paged: bool) -> Query:
    lesson, module = _place(Measure.LESSONS_FINISHED), _place(Measure.MODULES_COMPLETED)
    return (
        _facts(case((milestones.c.kind == "lesson", lesson), else_=module), milestones, period)
        .join_from(milestones, enrolments, _same(milestones))
        .where(milestones.c.kind.in_(("lesson", "module")), _counts(milestones, period), _within(milestones, paged))
    )


def _given(period: Period, paged: bool) -> Query:
    return (
        _facts(_place(Measure.BADGES), awards, period)
        .join_from(awards, badges, badges.c.badge_id == awards.c.badge_id)
        .join(enrolments, and_(_same_person(awards), enrolments.c.course_id == badges.c.course_id))
        .where(_counts(awards, period), _within(awards, paged))
    )


def _facts(measure: Number, table: Any, period: Period) -> Query:
    month = _month(_later(table.c.recorded_ms, enrolments.c.counted_ms), period.months)
    return _counted(measure=measure, area=_UNIT[Breakdown.AREA], club=_UNIT[Breakdown.GROUP], in_month=month)


def _started(breakdown: Breakdown, period: Period, paged: bool) -> Query:
    unit = _UNIT[breakdown]
    first = func.min(_later(milestones.c.recorded_ms, enrolments.c.counted_ms))
    firsts = (
        select(unit.label("unit"), first.label("first_ms"))
        .join_from(milestones, enrolments, _same(milestones))
        .where(milestones.c.kind == "lesson", _counts(milestones, period), _as(breakdown, period))
        .where(_within(milestones, paged))
        .group_by(milestones.c.person_id, unit)
        .subquery()
    )
    month = _month(firsts.c.first_ms, period.months)
    return _counted(measure=_place(Measure.STARTED), place=firsts.c.unit, in_month=month)


def _active(breakdown: Breakdown, period: Period, paged: bool) -> Query:
    """Of the last month only the days that count are looked at: each day's bit is set by what it recorded."""
    unit = _UNIT[breakdown]
    month = _later(learner_months.c.month, _month(enrolments.c.counted_ms, period.months))
    once = (
        select(learner_months.c.person_id, unit.label("unit"), month.label("in_month"))
        .join_from(learner_months, enrolments, _same(learner_months))
        .where(_was_active(period), enrolments.c.counted_ms < period.end_ms, _as(breakdown, period))
        .where(_within(learner_months, paged))
        .group_by(learner_months.c.person_id, "unit", "in_month")  # DISTINCT would hash, this walks the key
        .subquery()
    )
    return _counted(measure=_place(Measure.ACTIVE), place=once.c.unit, in_month=once.c.in_month)


def _was_active(period: Period) -> ColumnElement[bool]:
    last = period.months[-1].number
    some_day = learner_months.c.day_bits.bitwise_and(period.last_days) != 0
    active = or_(learner_months.c.month < last, and_(learner_months.c.month == last, some_day))
    return and_(active, _in(period.groups))


def _counted(**parts: Number) -> Query:
    return select(*(part.label(name) for name, part in parts.items()), func.count()).group_by(*parts)


def _place(measure: Measure) -> Number:
    return literal_column(str(_PLACES[measure]))


def _same_person(table: Any) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], enrolments.c.person_id == table.c.person_id)


def _same(table: Any) -> ColumnElement[bool]:
    return and_(_same_person(table), enrolments.c.course_id == table.c.course_id)


def _counts(table: Any, period: Period) -> ColumnElement[bool]:
    """A fact counts once it is recorded and her enrolment counts; two first answers at once can cross."""
    counts = table.c.recorded_ms < period.end_ms, enrolments.c.counted_ms < period.end_ms
    return and_(*counts, _in(period.groups))


def _in(groups: frozenset[int] | None) -> ColumnElement[bool]:
    """Of enrolments: those in some groups; None: all."""
    return true() if groups is None else enrolments.c.group_id.in_(sorted(groups))


def _as(breakdown: Breakdown, period: Period) -> ColumnElement[bool]:
    """Of enrolments: those of staff, or those of everybody else."""
    if not period.staff:
        return true()
    group, staff = _UNIT[Breakdown.GROUP], sorted(period.staff)
    return group.in_(staff) if breakdown is Breakdown.STAFF else group.not_in(staff)


def _is_empty(breakdown: Breakdown, period: Period) -> bool:
    return breakdown is Breakdown.STAFF and not period.staff


def _later(one: Any, other: Any) -> Number:
    return case((one > other, one), else_=other)


def _month(recorded_ms: Any, months: Sequence[Month]) -> Number:
    """The month of an instant: a tree of comparisons, since only Python knows when clocks change."""
    if len(months) == 1:
        return literal(months[0].number)
    half = len(months) // 2
    earlier = recorded_ms < months[half].starts_ms
    return case((earlier, _month(recorded_ms, months[:half])), else_=_month(recorded_ms, months[half:]))


def _within(table: Any, paged: bool) -> ColumnElement[bool]:
    """The people of a page, which `_rows` names; of everyone where there are no pages."""
    if not paged:
        return true()
    return cast(ColumnElement[bool], table.c.person_id.between(bindparam("first"), bindparam("last")))


def learners(db: Connection, period: Period, span: Span | None) -> Iterator[LearnerRow]:
    """Everyone of a span who began a course, in key order; those who were erased are left out."""
    if period.months:
        yield from map(LearnerRow._make, _rows(db, _learners_of(period, span is not None), span))


@lru_cache(maxsize=32)
def _learners_of(period: Period, paged: bool) -> Query:
    done, active, given = _learner_parts(period, paged)
    keys = enrolments.c.person_id, enrolments.c.course_id
    return (
        select(
            *keys,
            _UNIT[Breakdown.AREA],
            _UNIT[Breakdown.GROUP],
            _month(enrolments.c.counted_ms, period.months),
            *(func.coalesce(part, 0) for part in (active.c.months, done.c.lessons, done.c.modules, given.c.badges)),
        )
        .join(people, people.c.person_id == enrolments.c.person_id)
        .outerjoin(done, _same(done))
        .outerjoin(active, _same(active))
        .outerjoin(given, _same(given))
        .where(enrolments.c.counted_ms < period.end_ms, people.c.erased_ms.is_(None), _within(enrolments, paged))
        .order_by(*keys)
    )


def _learner_parts(period: Period, paged: bool) -> tuple[Any, Any, Any]:
    """What a learner did in a course, counted: three subqueries by her key."""

    def part(table: Any, course_id: Any, *counted: Any) -> Query:
        key = table.c.person_id, course_id.label("course_id")
        return select(*key, *counted).where(_within(table, paged)).group_by(*key)

    lessons, modules = (_how_many(milestones.c.kind == kind) for kind in ("lesson", "module"))
    done = part(milestones, milestones.c.course_id, lessons.label("lessons"), modules.label("modules"))
    since = _later(learner_months.c.month, _month(enrolments.c.counted_ms, period.months))
    active = part(learner_months, learner_months.c.course_id, func.count(since.distinct()).label("months"))
    given = part(awards, badges.c.course_id, func.count().label("badges"))
    return (
        done.where(milestones.c.recorded_ms < period.end_ms).subquery(),
        active.join_from(learner_months, enrolments, _same(learner_months))
        .where(_was_active(period), enrolments.c.counted_ms < period.end_ms)
        .subquery(),
        given.join_from(awards, badges, badges.c.badge_id == awards.c.badge_id)
        .where(awards.c.recorded_ms < period.end_ms)
        .subquery(),
    )


def _how_many(where: ColumnElement[bool]) -> Number:
    return func.sum(case((where, 1), else_=0))


def _rows(db: Connection, query: Query, span: Span | None) -> Iterator[tuple[int, ...]]:
    """The rows of a statement of whole numbers. Through COPY where there is one: several times a cursor's rate."""
    if span is not None:
        yield from (tuple(row) for row in db.execute(query, {"first": span.after + 1, "last": span.upto}))
        return
    text = query.compile(dialect=db.dialect, compile_kwargs={"literal_binds": True})
    driver = cast(Any, db.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(f"COPY ({text}) TO STDOUT") as copy:
        for line in copy:
            yield tuple(map(int, bytes(line).split(b"\t")))
