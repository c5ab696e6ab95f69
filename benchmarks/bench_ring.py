"""Growth: who to ring of a programme of 500, and a group of 30, on a site of 1,000 learners and on one of 100,000.

    python benchmarks/bench_ring.py                         # SQLite and PostgreSQL, five rounds
    python benchmarks/bench_ring.py --store sqlite --learners 20000 --rounds 3

Two sites as in `bench_growth.py`, one a hundred times as large. On both a facilitator has a programme of 17 groups,
510 people of whom some are on the list; one in ten was rung. Both sites are asked in turn, in this process.
Goal: at most 1.2 times the time at the larger size: nobody outside her reach is looked at.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import text

from benchmarks.bench_growth import MEMBERS, Act, _facilitator, _fill, _person, _person_id, compare
from benchmarks.databases import ZONE, course_at, insert, now_ms
from lms.learning.days import DAY_MS
from lms.learning.people import Role, ScopeKind
from lms.learning.ring import CALL, GROUP, Outcome
from lms.services import groups, people, ring
from lms.services.people import SignedIn
from lms.services.stores import Store

PROGRAMME = 17
"""Groups of the programme: 510 people."""
LATER_MS = 20 * DAY_MS
"""How long after they learned the list is asked for: everybody has stopped."""


def main() -> int:
    return compare(str(__doc__), _site, 20)


@contextmanager
def _site(url: str, learners: int) -> Iterator[dict[str, Act]]:
    with course_at(url) as (store, catalogue):
        _fill(url, store, catalogue, learners)
        at = now_ms()
        values = ("programme", "Demo programme", 20200101, 20991231)
        with store.write() as db:
            db.execute(
                text("insert into programmes (slug, name, starts_day, ends_day) values (:s, :n, :f, :t)"),
                dict(zip("snft", values, strict=True)),
            )
            its_id = db.execute(text("select programme_id from programmes")).scalar_one()
            db.execute(text("update groups set programme_id = :p where group_id <= :n"), {"p": its_id, "n": PROGRAMME})
        rung = range(0, learners, 10)
        kept = ((CALL, at, at, Outcome.NO_ANSWER.value, None, GROUP),) * len(rung)
        insert(
            url, {"contacts": ((_person_id(it), uuid.uuid4(), None, *row) for it, row in zip(rung, kept, strict=True))}
        )
        if store.engine.dialect.name == "postgresql":
            with store.write() as db:
                db.execute(text("analyze"))
        femi = _signed(store, _person(store, Role.FACILITATOR, ScopeKind.PROGRAMME, its_id))
        of_one = _signed(store, _facilitator(store, 0))

        def to_ring(_turn: int) -> None:
            found = ring.to_ring(store, catalogue, femi, at + LATER_MS, ZONE)
            assert len(found.people) > 100, len(found.people)

        def group(turn: int) -> None:
            page = groups.members(store, of_one, f"group-{turn % 10}", "a benchmark keeps no secrets", at)
            assert len(page.members) == MEMBERS, len(page.members)

        def one(turn: int) -> None:
            ring.one(store, catalogue, femi, _public_id(store, turn), at + LATER_MS, ZONE)

        yield {"who to ring, 510 people": to_ring, "group of 30": group, "one of them": one}


def _public_id(store: Store, number: int) -> str:
    with store.read() as db:
        its = {"p": _person_id(number % 20)}
        return str(db.execute(text("select public_id from people where person_id = :p"), its).scalar_one())


def _signed(store: Store, person_id: int) -> SignedIn:
    with store.write() as db:
        token = people.sign_in_here(db, person_id, now_ms())
    found = people.signed_in(store, person_id, token.secret, now_ms())
    assert found is not None
    return found


if __name__ == "__main__":
    sys.exit(main())
