"""Growth: a lesson page, an answer and a class page with 1,000 learners and with 100,000.

    python benchmarks/bench_growth.py                        # SQLite and PostgreSQL, five rounds
    python benchmarks/bench_growth.py --store sqlite --learners 20000 --rounds 3

Two sites of the same course, one a hundred times as large: more people, groups of 30, organisations
of 10 groups. Some learners learn through the services; the rows of these are copied for the others.
Both sites run in this process and are asked in turn, request by request, each time for another
learner or group. What each request took in its best round counts, and the median of these is compared.
Goal: at most 1.2 times the time at the larger size, for an administrator, who may see every group, too.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import select

from benchmarks.databases import COURSE, ZONE, add_learner, answer, course_at, databases, insert, now_ms
from lms.learning.people import Held, Role, ScopeKind
from lms.services import people
from lms.services.courses import Catalogue
from lms.services.events import record
from lms.services.stores import Store
from lms.settings import Settings
from lms.store import people as people_rows
from lms.store.tables import enrolments, events, learner_months, milestones, progress
from lms.store.tables import people as people_table
from lms.web.app import create_app

GOAL = 1.2
FEW = 1_000
MEMBERS, GROUPS = 30, 10
"""Of a group; of an organisation."""
LEARNT = 20
"""Learners whose rows are copied; each has given that many answers or fewer."""
ASKED = 100
"""How many learners and facilitators are signed in, to be asked for in turn."""
LEARNING = (people_table, enrolments, progress, events, milestones, learner_months)

_PLACED = (None, None, None, "learners", None, None, True)
"""The rest of a group: area, venue, programme, kind, first day, last day, late joining."""

Act = Callable[[int], None]
"""Do the nth of many like things."""
Sites = Callable[[str, int], AbstractContextManager[dict[str, Act]]]
"""(address of a database, learners) -> what is asked of a site of that size."""


def main() -> int:
    return compare(str(__doc__), _site, 200)


def compare(doc: str, site: Sites, requests: int) -> int:
    """Ask both sizes of a site in turn, as the command line says: 1 where something misses the goal."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=requests)
    options = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if options.store == "both" else [options.store]
    return max(_compare(kind, site, options.learners, options.rounds, options.requests) for kind in kinds)


def _compare(kind: str, site: Sites, many: int, rounds: int, requests: int) -> int:
    with ExitStack() as opened:
        urls = opened.enter_context(databases(kind, ("few", "many")))
        few, large = (
            opened.enter_context(site(url, size)) for url, size in zip(urls.values(), (FEW, many), strict=True)
        )
        print(f"{kind}: {FEW:,} and {many:,} learners", flush=True)
        return max(_judged(kind, name, *_rounds(few[name], large[name], rounds, requests)) for name in few)


def _rounds(few: Act, many: Act, rounds: int, requests: int) -> tuple[list[list[float]], list[list[float]]]:
    """How long each request took at both sizes, round by round, in milliseconds."""
    found: tuple[list[list[float]], list[list[float]]] = ([], [])
    for number in range(rounds + 1):
        took: tuple[list[float], list[float]] = ([], [])
        for turn in range(requests):
            for act, times in zip((few, many), took, strict=True):
                began = time.perf_counter()
                act(number * requests + turn)
                times.append((time.perf_counter() - began) * 1000)
        if number:  # the first warms the caches
            for kept, times in zip(found, took, strict=True):
                kept.append(times)
    return found


def _judged(kind: str, name: str, few: list[list[float]], many: list[list[float]]) -> int:
    ratios = [statistics.median(large) / statistics.median(small) for small, large in zip(few, many, strict=True)]
    small, large = _undisturbed(few), _undisturbed(many)
    ratio = large / small
    print(f"{kind}: {name}: {small:.2f} ms, {large:.2f} ms with the larger: "
          f"{ratio:.2f} times (rounds {min(ratios):.2f} - {max(ratios):.2f})"
          f", goal at most {GOAL}", flush=True)  # fmt: skip
    return int(ratio > GOAL)


def _undisturbed(rounds: list[list[float]]) -> float:
    """The middle of what each request took in its best round: what else a machine does only ever adds."""
    return statistics.median(map(min, zip(*rounds, strict=True)))


# What is asked of a site.


@contextmanager
def _site(url: str, learners: int) -> Iterator[dict[str, Act]]:
    with course_at(url) as (store, catalogue):
        _fill(url, store, catalogue, learners)
        chance = random.Random(learners)
        some = [_person_id(chance.randrange(learners)) for _ in range(ASKED)]
        groups = [chance.randrange(-(-learners // MEMBERS)) for _ in range(ASKED)]
        yield _acts(store, catalogue, some, groups)


def _acts(store: Store, catalogue: Catalogue, some: Sequence[int], groups: Sequence[int]) -> dict[str, Act]:
    settings = Settings(
        var=Path(tempfile.gettempdir()), database_url=str(store.url), secret_key="a benchmark keeps no secrets here",
        public_url="http://localhost",
    )  # fmt: skip
    app = create_app(settings, store)
    client = app.test_client(use_cookies=False)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    release, chance = catalogue.shelf(now_ms()).course(COURSE).hash, random.Random(1)

    def cookie(person_id: int) -> str:
        with store.write() as db:
            token = people.sign_in_here(db, person_id, now_ms())
        held = serializer.dumps({"_user_id": f"{token.person_id}.{token.secret}", "_fresh": True})
        return f"{app.config['SESSION_COOKIE_NAME']}={held}"

    learners = [cookie(person_id) for person_id in some]
    femis = [cookie(_facilitator(store, group // GROUPS)) for group in groups]
    ada = cookie(_person(store, Role.ADMINISTRATOR, ScopeKind.SITE, 0))

    def page(path: str, cookie: str) -> None:
        answered = client.get(path, headers={"Cookie": cookie})
        assert answered.status_code == 200, (path, answered.status)

    def say(turn: int) -> None:
        its = record(store, catalogue, some[turn % ASKED], [answer(release, chance)], now_ms(), ZONE)
        assert its[0].result == "new", its

    def group(turn: int) -> str:
        return f"/teach/groups/group-{groups[turn % ASKED]}"

    return {
        "lesson page": lambda turn: page(f"/courses/{COURSE}/answers/lesson-{turn % 8}", learners[turn % ASKED]),
        "answer": say,
        "class page": lambda turn: page(group(turn), femis[turn % ASKED]),
        "class page, administrator": lambda turn: page(group(turn), ada),
    }


def _facilitator(store: Store, organisation: int) -> int:
    return _person(store, Role.FACILITATOR, ScopeKind.ORGANISATION, organisation + 1)


def _person(store: Store, role: Role, scope: ScopeKind, scope_id: int) -> int:
    person_id = people.new_person_id()
    with store.write() as db:
        people_rows.add_person(db, people.person_values(person_id, "Femi", None, {}, "en", now_ms()))
        people_rows.add_role(db, person_id, uuid.uuid4(), Held(role, scope, scope_id, 0, None), None, now_ms())
    return person_id


# Its learners.


def _person_id(number: int) -> int:
    """Spread over the whole key, as random ids are."""
    return (number + 1) * 90_071_992_547 % (1 << 53)


def _fill(url: str, store: Store, catalogue: Catalogue, learners: int) -> None:
    for number in range(LEARNT):
        add_learner(store, catalogue, _person_id(number), answers=number + 1)
    course_id = catalogue.shelf(now_ms()).course(COURSE).course_id
    insert(url, dict(_places(course_id, learners)))
    insert(url, dict(_copies(store, learners)))
    insert(url, dict(_belonging(learners)))


def _places(course_id: int, learners: int) -> Iterator[tuple[str, Any]]:
    groups = range(-(-learners // MEMBERS))
    organisations = range(-(-len(groups) // GROUPS))
    yield "organisations", ((it + 1, f"org-{it}", f"Organisation {it}", "charity") for it in organisations)
    yield (
        "groups",
        ((it + 1, f"group-{it}", _hash(it), "", f"Group {it}", it // GROUPS + 1, *_PLACED) for it in groups),
    )
    yield "group_courses", ((it + 1, course_id) for it in groups)


def _copies(store: Store, learners: int) -> Iterator[tuple[str, Any]]:
    """The rows of those who learnt, again for everybody else."""
    for table in LEARNING:
        with store.read() as db:
            found = [tuple(row) for row in db.execute(select(table).where(table.c.person_id > 0))]
        hers = [[row[1:] for row in found if row[0] == _person_id(number)] for number in range(LEARNT)]
        yield table.name, _copied([column.name for column in table.columns][1:], hers, learners)


def _copied(columns: list[str], hers: list[list[tuple[Any, ...]]], learners: int) -> Iterator[tuple[Any, ...]]:
    for number in range(LEARNT, learners):
        for row in hers[number % LEARNT]:
            yield _person_id(number), *(_other(*it, number) for it in zip(columns, row, strict=True))


def _other(column: str, value: object, number: int) -> object:
    if column == "event_id":
        return uuid.uuid4()
    return f"p{number}" if column == "public_id" else value


def _belonging(learners: int) -> Iterator[tuple[str, Any]]:
    at = now_ms()
    everybody = [(number, _person_id(number)) for number in range(learners)]
    yield "memberships", ((it, uuid.uuid4(), number // MEMBERS + 1, at, None, at, None) for number, it in everybody)
    yield "sign_ins", ((it, _hash(number), None, at, at, at + 10**10) for number, it in everybody)


def _hash(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


if __name__ == "__main__":
    sys.exit(main())
