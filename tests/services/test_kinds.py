"""Order, Match, Gaps, Reflect and Task through the record path: marked, kept, shown again, counted in a quiz."""

from __future__ import annotations

import json
import uuid
from datetime import date

import pytest

from lms.errors import Refused
from lms.learning.answers import Answer
from lms.learning.events import EventKind
from lms.learning.marking import right_of
from lms.services import own, practice, publishing, quiz
from lms.services.people import SignedIn
from lms.store.tables import words
from tests.services.site import Site
from tests.store.databases import every_kind
from tests.web.kinds import FILES

pytestmark = every_kind


@pytest.fixture
def site(site: Site) -> Site:
    """The site with the course of every kind on it."""
    publishing.publish(site.store, "kinds", FILES, date(2026, 11, 21), site.now_ms)
    site.later(2_000)
    return site


def event(site: Site, name: str, kind: str, answer: object = None, **more: object) -> dict[str, object]:
    return site.event(name, kind, answer, module="passwords", course="kinds", **more)


def no_of(site: Site, name: str) -> int:
    return site.shape("kinds").numbers["passwords", name]


def right(site: Site, name: str) -> Answer:
    shape = site.shape("kinds")
    no = no_of(site, name)
    return right_of(shape.steps[no], site.catalogue.key(shape, no))


def act(site: Site, lena: SignedIn, name: str, kind: EventKind, answer: Answer = (), evidence: str = "") -> uuid.UUID:
    return practice.act(
        site.store, site.catalogue, site.shape("kinds"), "passwords", name, kind, answer, uuid.uuid4(),
        lena.person_id, site.now_ms, site.zone, evidence,
    )  # fmt: skip


def wrong(answer: Answer) -> Answer:
    if isinstance(answer, dict):
        return dict(zip(answer, reversed(answer.values()), strict=True))
    return tuple(reversed(answer))


@pytest.mark.parametrize("name", ["o-email", "m-words", "g-advice"])
def test_an_answer_of_several_parts_is_marked_kept_and_shown_again(site: Site, name: str):
    lena = site.person()
    good = right(site, name)
    bad = wrong(good) if name != "g-advice" else (good[0],) * 3
    for answer, is_right in ((bad, False), (good, True)):
        event_id = act(site, lena, name, EventKind.ANSWERED, answer)
        said = practice.said(site.store, site.catalogue, site.shape("kinds"), lena.person_id, event_id)
        assert said is not None
        assert (said.answer, said.mark.right) == (answer, is_right)
    assert [row["mark"] for row in site.events(lena)] == [0, 1]
    assert site.progress(lena, "kinds")["done_count"] == 1


def test_a_phone_sends_the_same_answers(site: Site):
    lena = site.person()
    order, pairs, gaps = (right(site, name) for name in ("o-email", "m-words", "g-advice"))
    sent = [
        event(site, "o-email", "answered", list(order)),
        event(site, "m-words", "answered", pairs),
        event(site, "g-advice", "answered", list(gaps)),
        event(site, "r-own", "reflected"),
        event(site, "r-mentor", "reflected", "My bank."),
        event(site, "t-tell", "ticked", []),
        event(site, "c-hello", "opened"),
    ]
    assert site.results(lena, *sent) == ["new"] * len(sent)
    assert site.results(lena, *sent) == ["dup"] * len(sent)
    turned = {**sent[1], "answer": dict(reversed(pairs.items()))}
    assert site.results(lena, turned) == ["dup"], "in which order the pairs stand says nothing"
    assert site.results(lena, {**sent[1], "answer": wrong(pairs)}) == ["conflict other-body"]
    assert site.progress(lena, "kinds")["done_count"] == 6


@pytest.mark.parametrize(
    ("name", "answer", "why"),
    [
        ("o-email", ["a"], "no-answer"),
        ("o-email", ["zz", "zy", "zx"], "bad-answer"),
        ("o-email", {"a": "b"}, "no-answer"),
        ("m-words", ["a", "b"], "no-answer"),
        ("m-words", {}, "no-answer"),
        ("m-words", {"a": "zz", "b": "zz"}, "bad-answer"),
        ("g-advice", ["zz"] * 3, "bad-answer"),
        ("g-advice", [], "no-answer"),
        ("g-advice", "three", "no-answer"),
        ("o-email", ["a"] * 4_001, "too-long"),
        ("m-words", {"a": "\0"}, "bad-text"),
    ],
)
def test_what_is_no_answer_is_refused_alone(site: Site, name: str, answer: object, why: str):
    lena = site.person()
    results = site.results(lena, event(site, name, "answered", answer), event(site, "film", "done"))
    assert results == [f"refused {why}", "new"]


def test_words_keep_the_audience_their_page_promised(site: Site):
    lena = site.person()
    act(site, lena, "r-own", EventKind.REFLECTED, "For me")
    act(site, lena, "r-mentor", EventKind.REFLECTED, "For us")
    act(site, lena, "t-change", EventKind.TICKED, ("a", "b"), "https://example.org/mine")
    kept = {row["body"]: row["seen_by"] for row in site.rows(words, lena)}
    assert kept == {"For me": "me", "For us": "mentor", "https://example.org/mine": "mentor"}
    files = {**FILES, "passwords.md": FILES["passwords.md"].replace(b"- Seen by: mentor\n", b"Think.\n")}
    publishing.publish(site.store, "kinds", files, date(2026, 11, 21), site.later(2_000))
    site.later(2_000)
    shape = site.shape("kinds")
    again = practice.kept(site.store, shape, lena.person_id, no_of(site, "r-mentor"))
    assert again == practice.Kept((), "For us", "mentor"), "whatever the page says now"
    told = {row["body"]: row["seen_by"] for row in own.everything(site.store, lena.person_id)["words"]}
    assert (told["For us"], told["For me"]) == ("you and your mentor", "only you")


def test_what_she_wrote_and_ticked_last_is_what_she_finds_again(site: Site):
    lena, sam = site.person(), site.person("Sam")
    shape = site.shape("kinds")
    assert practice.kept(site.store, shape, lena.person_id, no_of(site, "r-own")) is None
    for text in ("First", "Second"):
        act(site, lena, "r-own", EventKind.REFLECTED, text)
    act(site, lena, "r-own", EventKind.REFLECTED, "")
    act(site, lena, "t-change", EventKind.TICKED, ("b",))
    own_words = practice.kept(site.store, shape, lena.person_id, no_of(site, "r-own"))
    assert own_words == practice.Kept((), "Second", "me")
    assert practice.kept(site.store, shape, lena.person_id, no_of(site, "t-change")) == practice.Kept(("b",), "", "")
    assert practice.kept(site.store, shape, sam.person_id, no_of(site, "r-own")) is None


def test_a_task_is_done_when_it_is_whole_and_stays_done(site: Site):
    lena = site.person()
    task = [
        event(site, "t-change", "ticked", ["a"]),
        event(site, "t-change", "ticked", ["a", "b"]),
        event(site, "t-change", "ticked", ["a", "b"], evidence="I wrote it down."),
        event(site, "t-change", "ticked", []),
    ]
    assert site.results(lena, *task[:2]) == ["new not-whole", "new not-whole"]
    assert site.progress(lena, "kinds")["done_count"] == 0
    assert site.results(lena, *task[2:]) == ["new", "new not-whole"]
    assert site.progress(lena, "kinds")["done_count"] == 1
    assert site.results(lena, {**task[2], "evidence": "Something else"}) == ["conflict other-body"]


@pytest.mark.parametrize("evidence", ["x" * 4_001, "a\0b"])
def test_what_can_not_be_kept_is_not_handed_in(site: Site, evidence: str):
    lena = site.person()
    with pytest.raises(Refused):
        act(site, lena, "t-change", EventKind.TICKED, ("a", "b"), evidence)
    assert site.events(lena) == []


def test_all_of_it_is_hers_to_take_away(site: Site):
    lena = site.person()
    pairs = right(site, "m-words")
    act(site, lena, "m-words", EventKind.ANSWERED, pairs)
    told = own.everything(site.store, lena.person_id)
    assert [row["choice"] for row in told["events"]] == [pairs]
    json.dumps(told)


def test_a_quiz_of_every_kind_is_drawn_answered_and_told(site: Site):
    lena = site.person()
    shape = site.shape("kinds")
    quiz.start(site.store, site.catalogue, shape, "passwords", lena.person_id, 1, site.now_ms, site.zone)
    go = quiz.see(site.store, site.catalogue, shape, "passwords", lena.person_id).go
    assert go is not None
    given = {}
    for no in go.asked:
        key = site.catalogue.key(shape, no)
        given[no] = right_of(shape.steps[no], key)
        assert go.letters(no, key) != key.order
        quiz.answer(site.store, site.catalogue, go, no, given[no], uuid.uuid4(), lena.person_id, site.now_ms, site.zone)
    quiz.finish(site.store, site.catalogue, go, lena.person_id, site.now_ms, site.zone)
    seen = quiz.see(site.store, site.catalogue, shape, "passwords", lena.person_id)
    assert seen.go is not None
    assert seen.go.score == 3
    told = quiz.told(site.store, site.catalogue, seen.go, lena.person_id)
    assert {no: it.answer for no, it in told.items()} == given
    assert all(it.mark.right for it in told.values())
