"""A year of a course: its author edits and publishes, learners go on, work is done late; and all of it is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

from hypothesis import strategies as st

from lms.content.lock import LOCK
from lms.content.problems import Severity
from lms.learning.shapes import Shape
from lms.services import compiling, publishing, remark, worker
from lms.services.courses import Catalogue
from lms.services.impact import impact_of
from lms.services.jobs import LEASE_MS, Run, State, Tools, run_one
from lms.services.rebuild import rebuild
from lms.store.tables import publications
from tests.services import renaming, rewording
from tests.services.author import Author, Place
from tests.services.lives import Declared, Learner, Watched, still_say_the_same
from tests.services.site import Site
from tests.services.slips import SLIPS

DEEDS = rewording.DEEDS | renaming.DEEDS
_DRAFTS = ("link-to-draft", "same-as-draft")


class Killed(BaseException):
    """A process that is gone from one moment to the next."""


class Year:
    """A site with one course on it, its author, its learners, and all that is known of them beside the tables."""

    def __init__(self, site: Site, files: dict[str, bytes], chance: Random) -> None:
        self.site, self.chance = site, chance
        self.author = Author.of(files, chance)
        self.course = compiling.course_of(files)
        self.shapes: list[Shape] = []
        """Of each publication, in order."""
        self.authors: list[Author] = []
        """Of each release that was made, as its author had it."""
        self.numbers: dict[int, int] = {}
        """Who -> the number it had when last published."""
        self.known: dict[Place, int] = {}
        """The number of every place there ever was."""
        self.watched: list[Watched] = []
        self.remarked: set[int] = set()
        self.acted: set[str] = set()
        self.declared: list[Declared] = []
        self.seen: Counter[str] = Counter()
        assert self.publish()
        self.watched = [Watched(Learner(site.person(name), self.course, chance)) for name in ("Lena", "Lilo", "Lotte")]

    # What the author does.

    def edit(self, *names: str) -> bool:
        """Edits, and a publication of them: it is shown, or refused for what is said and all is as it was."""
        before = deepcopy(self.author)
        self.author.begin()
        done = [name for name in names if DEEDS[name](self.author)]
        if not done:
            self.author = before
            return False
        if not self.publish():
            self.seen.update(f"refused {name}" for name in done)
            self.author = before
            return False
        self.seen.update(done)
        return True

    def err(self, name: str) -> None:
        """An edit that must be refused, for its own reason; then it is as if she had not saved it."""
        before = deepcopy(self.author)
        self.author.begin()
        edit, self.author.may_refuse = SLIPS[name]
        if edit(self.author):
            assert not self.publish(), f"{name} was let through"
            self.seen[name] += 1
        self.author = before

    def edit_an_old_copy(self) -> None:
        """From a folder she had long ago: refused where a name would be lost by it, and else no harm."""
        old, now = deepcopy(self.chance.choice(self.authors)), self.author
        old.number, old.day, old.homes = now.number, now.day, now.homes
        old.used, old.said, old.published = now.used | old.used, now.said, now.published
        self.author = old
        old.begin()
        old.may_refuse = {"name-gone", "name-used", "name-meaning", "name-kind", "letters-unclear", *_DRAFTS}
        DEEDS["say_more"](old)
        if self.publish():
            self.seen["edit an old copy"] += 1
        else:
            self.author = now

    def publish(self) -> bool:
        """Her folder as it is, as the command does it: looked at first, then shown, then written down beside it."""
        files = self.author.folder()
        before = len(self.shapes)
        try:
            prepared = publishing.prepare(self.site.store, "a folder", files, self.author.day)
        except compiling.CourseFaulty as faulty:
            found = [it for it in faulty.problems if it.severity is Severity.ERROR]
            odd = [str(it) for it in found if it.code not in self.author.may_refuse]
            assert not odd, "\n".join(["an honest edit was refused", *odd])
            assert before == self._publications()
            return False
        self.foresee(prepared)
        shown = publishing.show(self.site.store, prepared, self.site.now_ms)
        self.author.files[LOCK] = publishing.lock_of(self.site.store, self.course).encode()
        self.site.later(2_000)
        if shown.new:
            self.shapes.append(self.site.shape(self.course))
        assert len(self.shapes) == self._publications()
        if prepared.release:
            self._made(prepared.release, shown.publication_no)
        return True

    def foresee(self, prepared: publishing.Prepared) -> None:
        """What is said beforehand of each line: how many learners have begun what it is about, and finished it."""
        impact = impact_of(self.site.store, prepared)
        begun = [it for it in self.watched if it.state]
        assert impact.learners == (len(begun) if prepared.release and prepared.before else 0)
        if not impact.effects or not prepared.release:
            return
        said = {it.what: (it.half_way, it.finished) for it in impact.effects}
        places = self.author.places().items()
        numbers = self.known | {place: self.numbers[who] for who, place in places if who in self.numbers}
        for act in prepared.release.acts:
            about = [numbers[place] for place in act.places if place in numbers]
            if len(about) < len(act.places) or (about and about[0] not in self.last_made.steps):
                continue  # renamed and removed at once, or hidden until now
            stages = Counter(it.stage(self.last_made, about) for it in begun if about)
            expected = (stages["half-way"], stages["finished"])
            assert said[f"{act.file}: {act.line}"] == expected, (act, about, said)

    def _made(self, release: Any, publication_no: int) -> None:
        """What is new in the world by it: numbers stay with what they were given to, each line has acted once."""
        lines = [f"{act.file}: {act.line}" for act in release.acts]
        acted = {f"{self._module_of(act.file)}: {act.line}" for act in release.acts}
        assert len(acted) == len(lines)
        assert acted.isdisjoint(self.acted), "each line acts once"
        self.acted |= acted
        shape, reopened = self.shapes[-1], self.author.reopened()
        for who, place in self.author.places().items():
            now, then = shape.numbers[place], self.numbers.get(who)
            assert then is None or (now == then) == (who not in reopened), (place, then, now)
            assert now not in self.numbers.values() or now == then, place
        self.known |= shape.numbers
        self.last_made = shape
        self.numbers |= {who: shape.numbers[place] for who, place in self.author.places().items()}
        marked = frozenset(self.numbers[who] for who in self.author.remarked - reopened if who in self.numbers)
        if marked:
            before = frozenset(it.release_id for it in self.shapes) - {shape.release_id}
            self.declared.append(Declared(publication_no, shape, before, marked))
            self.remarked |= marked
        self.author.shown()
        self.authors.append(deepcopy(self.author))

    def _module_of(self, file: str) -> str:
        return next(it.module for it in self.author.scripts.values() if it.file == file)

    def _publications(self) -> int:
        course_id = self.shapes[0].course_id if self.shapes else 0
        with self.site.store.read() as db:
            rows = db.execute(publications.select().where(publications.c.course_id == course_id))
            return len(rows.all())

    # What happens meanwhile.

    def learn(self) -> None:
        watched = self.chance.choice(self.watched)
        watched.learner.live(self.site, self.shapes)
        watched.look(self.site)
        self.site.later(self.chance.choice((1_000, 60_000, 3_600_000)))

    def work(self) -> None:
        """What waits: whom publications leave nothing to do, and answers to mark again.

        Workers are killed half-way, and what they were doing is taken up by another.
        """
        self.site.later(remark.SETTLED_MS)
        tools = Tools(self.site.store, Catalogue(self.site.store), self.site.zone, lambda: self.site.now_ms)
        kinds = {kind: self._dies(run) for kind, run in worker.KINDS.items()}
        while True:
            try:
                job = run_one(tools, kinds)
            except Killed:
                self.look()
                self.site.later(LEASE_MS + 1_000)
                job = run_one(tools, worker.KINDS)
            if job is None:
                return
            assert job.state is State.DONE, job.result.failure

    def _dies(self, run: Run) -> Run:
        def dies(*args: Any) -> Iterator[Any]:
            for at in run(*args):
                yield at
                if self.chance.random() < 0.2:
                    raise Killed

        return dies

    def roll_back(self) -> None:
        """Older files are shown as they were, and then perhaps the newest again."""
        then = self.chance.choice(self.authors)
        prepared = publishing.prepare(self.site.store, "a folder", then.folder(), self.author.day)
        if prepared.again is None:
            return  # others that said the same have taken its place, and these still agree with the newest record
        if publishing.show(self.site.store, prepared, self.site.now_ms).new:
            self.site.later(2_000)
            self.shapes.append(self.site.shape(self.course))

    def look(self) -> None:
        for it in self.watched:
            it.look(self.site)

    def end(self) -> None:
        """Every phone is sent, all work is done: now all of it must agree."""
        for it in self.watched:
            while it.learner.waiting:
                it.learner.send(self.site)
        self.work()
        self.look()
        found = rebuild(self.site.store, Catalogue(self.site.store), self.site.zone, check_only=True)
        assert found.differences == ()
        for it in self.watched:
            it.audit(self.site, self.declared)
        shape = self.site.catalogue.release_by_hash(self.shapes[0].course_id, self.shapes[-1].hash)
        assert shape
        still_say_the_same(self.site, self.watched, shape, self.remarked)


Moment = tuple[str, ...]
MOMENTS: st.SearchStrategy[Moment] = st.one_of(
    st.sampled_from(["learn", "learn", "learn", "work", "roll back", "edit an old copy", *SLIPS]).map(lambda it: (it,)),
    st.lists(st.sampled_from(sorted(DEEDS)), min_size=1, max_size=3).map(tuple),
)


def live(year: Year, moments: Iterable[Moment]) -> None:
    for moment in moments:
        match moment:
            case ("learn",):
                year.learn()
                continue
            case ("work",):
                year.work()
            case ("roll back",):
                year.roll_back()
            case ("edit an old copy",):
                year.edit_an_old_copy()
            case (name,) if name in SLIPS:
                year.err(name)
            case _:
                year.edit(*moment)
        year.look()
    year.end()
