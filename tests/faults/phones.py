"""Phones that are answered on, lose their connection, are passed on and die, by a schedule; what must be true then.

In: a seed. Out: a schedule, which `phones.js` plays in a real browser against the real site. A model says what the
site must hold then: every answer the phone said it kept, once, in her order, as she gave it.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle
from pathlib import Path
from typing import Any

from flask import session
from sqlalchemy import delete, select, update
from werkzeug.wrappers import Request, Response

from lms.services import people, publishing, stores
from lms.services.stores import Store
from lms.settings import Settings
from lms.store import people as people_rows
from lms.store.tables import awards, enrolments, events, learner_months, milestones, progress, site, words
from lms.web.app import create_app
from lms.web.signed import cookie_name, enter
from lms.web.styles import script
from tests.services import written

EDITIONS = (
    written.tea(),
    written.changed(("Cold water", "Fresh water")),
    written.changed(("What is in the bag", "What is in the tea bag")),
)
HERS = (awards, words, milestones, learner_months, progress, events, enrolments)
YEAR_MS = 365 * 86_400_000

_PARTS = "".join(script(name).body.decode() for name in ("storage", "outbox"))
_PLAYER = Path(__file__).with_name("phones.js").read_text("utf-8")
PAGE = f"""<!doctype html><meta charset="utf-8"><body><script type="text/plain" id="outbox">{_PARTS}</script>
<script>{_PLAYER}</script>"""

Schedule = dict[str, Any]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Server:
    """The real site, and beside it what only the player asks for: a page to play on, an edit, a restore."""

    store: Store
    port: int
    releases: dict[str, list[str]] = field(default_factory=dict)
    """Course -> the hashes of its editions."""
    told: list[str] = field(default_factory=list)
    """Answers a phone said it had kept."""
    fuse: int = -1
    """After so many things that are asked, `kill` is called: before the last is answered, where `early`."""
    early: bool = False
    kill: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        var = self.store.files.parent
        settings = Settings(var=var, database_url="", secret_key="0123456789abcdef" * 4, public_url=self.url)
        stores.migrate(self.store, settings.timezone, now_ms())
        self.app = create_app(settings, self.store)
        shown = [self._publish(files) for files in (*EDITIONS, written.toast())]
        self.releases = {"tea": shown[:-1], "toast": shown[-1:]}
        self._editions = cycle(EDITIONS)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        """Everything is asked of the site but a few addresses; the cookie is that of the phone that is played."""
        path = environ["PATH_INFO"]
        if path == "/":
            return Response(PAGE, content_type="text/html; charset=utf-8")(environ, start)
        if path in self._asides:
            given = Request(environ).get_json(force=True)
            return self._deadly(lambda: Response(json.dumps(self._asides[path](*given))))(environ, start)
        environ["HTTP_COOKIE"] = environ.pop("HTTP_X_COOKIE", "")
        return self._deadly(lambda: Response.from_app(self.app, environ))(environ, start)

    def _deadly(self, answer: Callable[[], Response]) -> Response:
        """An answer. When its fuse has burnt down the phone dies of it: as it asks, or before it hears."""
        self.fuse -= 1
        if self.fuse == 0 and self.early:
            self.kill()
        said = answer()
        if self.fuse == 0:
            self.kill()
        return said

    @cached_property
    def _asides(self) -> dict[str, Callable[..., Any]]:
        return {"/publish": self._edit, "/restore": self._restore, "/told": self.told.append}

    def _edit(self) -> str:
        """Publish the next edition; gives its hash."""
        return self._publish(next(self._editions))

    def _publish(self, files: Mapping[str, bytes]) -> str:
        return publishing.publish(self.store, "a test", files, written.TODAY, now_ms()).hash

    def _restore(self, person_ids: Sequence[str]) -> str:
        """The site comes back from a backup made before these people began; gives its new epoch."""
        epoch = uuid.uuid4().hex
        with self.store.write() as db:
            for table in HERS:
                db.execute(delete(table).where(table.c.person_id.in_([int(it) for it in person_ids])))
            db.execute(update(site).values(db_epoch=epoch))
        return epoch

    def people(self, how_many: int) -> list[dict[str, str]]:
        """New people, each signed in."""
        made = []
        with self.store.write() as db:
            for _ in range(how_many):
                values = people.person_values(people.new_person_id(), "Lena", None, {}, "en", now_ms())
                people_rows.add_person(db, values)
                made.append((values, people.sign_in_here(db, int(str(values["person_id"])), now_ms())))
        return [
            {"person_id": str(it["person_id"]), "public_id": str(it["public_id"]), "cookie": self._cookie(token)}
            for it, token in made
        ]

    def _cookie(self, token: people.Token) -> str:
        with self.app.test_request_context(base_url=self.url):
            enter(token)
            signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            return f"{cookie_name(self.url)}={signer.dumps(dict(session))}"

    def shown(self) -> dict[str, str]:
        """Course -> the hash of an edition to begin with."""
        return {course: hashes[-1] for course, hashes in self.releases.items()}

    def rows(self, person_id: str) -> Iterator[tuple[str, str, str | None]]:
        """(course, event's id, what was chosen) of what she did, in the site's order."""
        slugs = {self.course_id(slug): slug for slug in self.releases}
        found = select(events.c.course_id, events.c.event_id, events.c.choice).where(
            events.c.person_id == int(person_id), events.c.kind != "released"
        )
        with self.store.read() as db:
            for row in db.execute(found.order_by(events.c.course_id, events.c.seq)):
                yield slugs[row.course_id], str(row.event_id), row.choice

    def course_id(self, slug: str) -> int:
        found: int = self.app.extensions["lms"].catalogue.shelf(now_ms()).course(slug).course_id
        return found


# Schedules

_ANSWERS: tuple[dict[str, Any], ...] = (
    {"module": "brewing", "name": "can-you", "kind": "rated", "answer": ["b"]},
    {"module": "brewing", "name": "fill-it", "kind": "done"},
    {"module": "brewing", "name": "q-hot", "kind": "answered", "answer": ["a"]},
    {"module": "brewing", "name": "q-hot", "kind": "answered", "answer": ["b"]},
    {"module": "brewing", "name": "q-hot", "kind": "hinted"},
    {"module": "brewing", "name": "q-bag", "kind": "answered", "answer": "tea"},
    {"module": "brewing", "name": "q-bag", "kind": "answered", "answer": "ŵ" * 3_900},
    {"module": "brewing", "name": "quiz", "kind": "started", "attempt": 1},
    {"module": "brewing", "name": "q-first", "kind": "answered", "answer": ["a"], "attempt": 1},
    {"module": "brewing", "name": "quiz", "kind": "finished", "attempt": 1},
    {"module": "pouring", "name": "hold-it", "kind": "done"},
    {"course": "toast", "module": "toasting", "name": "slice-it", "kind": "done"},
    {"course": "toast", "module": "toasting", "name": "butter-it", "kind": "done"},
)
_REFUSED: tuple[dict[str, Any], ...] = (
    {"module": "brewing", "name": "gone", "kind": "done"},
    {"module": "brewing", "name": "q-hot", "kind": "answered", "answer": ["z"]},
    {"module": "brewing", "name": "q-bag", "kind": "answered", "answer": "x" * 4_001},
    {"module": "brewing", "name": "q-bag", "kind": "answered", "answer": "half a letter: \ud83d"},
    {"course": "coffee", "module": "brewing", "name": "fill-it", "kind": "done"},
)
_NET = (
    "works",
    "down",
    "lost",
    "twice",
    "turn",
    "portal",
    "lying",
    "busy",
    "often",
    "full",
    "gateway",
    "large",
    "hangs",
)
_WEIGHTS = (8, 4, 6, 4, 1, 1, 1, 1, 1, 1, 1, 1, 2)


def schedule(seed: int) -> Schedule:
    """What is done on one phone by two people, one after the other and back."""
    dice = random.Random(seed)
    restored = dice.random() < 0.15
    acts = [_act(dice, restored) for _ in range(dice.randrange(4, 14))]
    if restored:
        acts.insert(dice.randrange(len(acts)), {"do": "restore"})
    return {"seed": seed, "acts": acts, "restored": restored}


def _act(dice: random.Random, restored: bool) -> dict[str, Any]:
    do = dice.choices(
        ("answer", "flush", "kill", "late", "again", "turn", "out", "back", "publish", "clock"),
        (40, 22, 9, 5, 3, 6, 2, 3, 4, 2),
    )[0]
    act: dict[str, Any] = {"do": do, "tab": int(dice.random() < 0.3)}
    match do:
        case "answer":
            return act | _answer(dice)
        case "flush":
            net = dice.choices(_NET, _WEIGHTS, k=dice.randrange(3))
            return act | {"net": net, "whose": int(dice.random() < 0.1), "wait": dice.random() < 0.7}
        case "kill":
            return act | {"fuse": dice.randrange(12)}
        case "turn":
            return act | {"forget": not restored and dice.random() < 0.5}
        case "clock":  # what was sent long ago is forgotten, and can't be sent again
            return act | {"by": dice.choice((-3_600_000, 90_000) if restored else (-YEAR_MS, YEAR_MS, 20 * 86_400_000))}
        case _:
            return act | {"at": dice.randrange(99)}


def _answer(dice: random.Random) -> dict[str, Any]:
    refused = dice.random() < 0.08
    event = dice.choice(_REFUSED if refused else _ANSWERS)
    own_id = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    return {"event": {"course": "tea", "lang": "en", **event, "id": own_id}, "refused": refused}


def life(dice: random.Random) -> Schedule:
    """Some answers of one person, on a phone that may die at each."""
    acts = [{**_answer(dice), "do": "answer", "tab": 0} for _ in range(dice.randrange(3, 9))]
    return {"acts": acts}


# What must be true


def wrong(plan: Schedule, played: Mapping[str, Any], server: Server) -> list[str]:
    """What the site and the phone hold after a schedule and must not, or lack."""
    faults = []
    for who, (person, ended) in enumerate(zip(plan["people"], played["ended"], strict=True)):
        said = [it for it in played["said"] if it["who"] == who]
        rows = list(server.rows(person["person_id"]))
        faults += [f"person {who}: {it}" for it in _of_site(said, rows, plan["restored"])]
        faults += [f"person {who}: {it}" for it in _of_phone(said, ended)]
    return faults


def _of_site(said: Sequence[Any], rows: Sequence[tuple[str, str, str | None]], restored: bool) -> Iterator[str]:
    hers = {it["act"]["event"]["id"]: it["act"] for it in said}
    there = [own_id for _, own_id, _ in rows]
    if len(set(there)) != len(there):
        yield "something is there twice"
    if foreign := set(there) - set(hers):
        yield f"there, and never answered by her: {foreign}"
    for own_id in (it["act"]["event"]["id"] for it in said if it["kept"] == "yes" and not it["act"]["refused"]):
        if own_id not in there:
            yield f"kept on the phone and lost: {own_id}"
    for course in ("tea", "toast"):
        order = [own_id for slug, own_id, _ in rows if slug == course]
        if not restored and order != sorted(order, key=list(hers).index):
            yield f"not in her order: {order}"
    for _, own_id, choice in rows:
        if own_id in hers and not _is_as_given(hers[own_id]["event"].get("answer"), choice):
            yield f"not as she gave it: {own_id} {choice}"


def _is_as_given(answer: object, choice: str | None) -> bool:
    return choice == (f'["{answer[0]}"]' if isinstance(answer, list) else None)


def _of_phone(said: Sequence[Any], ended: Mapping[str, Any]) -> Iterator[str]:
    if ended["stop"] != ["done", "done"]:
        yield f"not everything could be sent: {ended['stop']}"
    entries = {it["id"]: it for it in ended["entries"]}
    if len(entries) != len(ended["entries"]):
        yield "an answer stands on the phone twice"
    for it in said:
        own_id, refused = it["act"]["event"]["id"], it["act"]["refused"]
        entry = entries.get(own_id)
        if entry is None and refused and it["kept"] == "yes":
            yield f"refused and gone from the phone: {own_id}"
        if entry and entry["state"] != ("refused" if refused else "sent"):
            yield f"{entry['state']} on the phone: {own_id} {entry.get('why')}"
        if entry and refused and not (entry["why"] and entry["say"]):
            yield f"refused without a word: {own_id}"
