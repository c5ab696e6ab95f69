"""The laws of progress, over histories nobody would think of: the same however its events arrive, and never less."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from random import Random
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.learning import progress
from lms.learning.events import EventKind
from lms.learning.progress import APART, State, fold, state_from_json, state_to_json
from tests.learning.histories import History, Told, another_order, as_recorded, histories, quiz_of, replay, some_cuts
from tests.learning.rulebook import by_the_book, too_early

EVERY_WHY = {"", "late", "no-try-left", "not-asked", "too-early"}
EVERY_OUTCOME = {"started", "lesson", "module", "course"}


@pytest.fixture(autouse=True, scope="module")
def few_goes_kept() -> Iterator[None]:
    """So few that forgetting the others happens in short histories too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "KEPT_ATTEMPTS", 1)
        yield


def test_the_same_events_in_any_order_repeated_and_in_any_batches_give_the_same_progress():
    seen: Counter[str] = Counter()

    @settings(max_examples=150)
    @given(histories(), st.randoms(use_true_random=False))
    def is_the_same(history: History, random: Random) -> None:
        told = as_recorded(history)
        order = another_order(history, random)
        other = replay(history, order, some_cuts(len(order), random))
        assert other.state == told.state
        assert sorted(other.outcomes) == sorted(told.outcomes)
        assert _settled(other) == _settled(told)
        assert _early(other) == too_early(history, order)
        assert len(set(told.outcomes)) == len(told.outcomes), "a first time happened twice"
        _count(seen, history, told.whys.values(), {kind for kind, _ in told.outcomes})

    is_the_same()
    assert {kind for kind in EventKind if not seen[f"event {kind}"]} == set()
    assert {why for why in EVERY_WHY if not seen[f"why {why}"]} == set()
    assert {kind for kind in EVERY_OUTCOME if not seen[f"outcome {kind}"]} == set()
    assert seen["two releases"]
    assert seen["a rename"]
    assert seen["a move to another module"]
    assert seen["side by side"]
    assert seen["an answer shown before it was earned"]


def _settled(told: Told) -> dict[int, str]:
    """Why events did not count, but for those that may count later: she asked for an answer before her second try."""
    return {its_id: why.replace("too-early", "") for its_id, why in told.whys.items()}


def _early(told: Told) -> set[int]:
    return {its_id for its_id, why in told.whys.items() if why == "too-early"}


def _count(seen: Counter[str], history: History, whys: Collection[str], outcomes: Collection[str]) -> None:
    """What really occurred, for the assertions above and for `--hypothesis-show-statistics`."""
    found = {f"event {event.kind}" for event in history.events}
    found |= {f"why {why}" for why in whys} | {f"outcome {kind}" for kind in outcomes}
    worked_in = [history.shapes[release_id] for release_id in {event.release_id for event in history.events}]
    places = {(no, place) for shape in worked_in for no, place in shape.places.items()}
    if len(worked_in) > 1:
        found.add("two releases")
    if len({(no, place[1]) for no, place in places}) > len({no for no, _ in places}):
        found.add("a rename")
    if len({(no, place[0]) for no, place in places}) > len({no for no, _ in places}):
        found.add("a move to another module")
    if _side_by_side([stream for stream in history.streams if stream[0] == "go"]):
        found.add("side by side")
    early = {history.events[its_id].step_no for its_id in too_early(history, range(len(history.events)))}
    if early & set(by_the_book(history)["done"]):
        found.add("an answer shown before it was earned")
    for label in found:
        hypothesis.event(label)
    seen.update(found)


def _side_by_side(goes: list[tuple[str, int, int]]) -> bool:
    """Whether one attempt went on after another had begun, which had itself begun after it."""
    runs = [stream for stream, before in zip(goes, [None, *goes], strict=False) if stream != before]
    return len(runs) > len(set(runs))


@settings(max_examples=80)
@given(histories())
def test_progress_is_what_the_rules_say(history):
    told, expected = json.loads(as_recorded(history).state), by_the_book(history)
    assert {part: told[part] for part in expected} == expected


@settings(max_examples=40)
@given(histories())
def test_nothing_done_finished_passed_or_scored_is_ever_taken_away(history):
    state, before = State(), State()
    for event in history.events:
        fold(state, event, history.shapes, history.seed)
        for grown in ("releases", "done", "lessons", "modules", "passed", "opened"):
            assert getattr(before, grown) <= getattr(state, grown)
        assert before.course <= state.course
        assert all(score <= state.best[no] for no, score in before.best.items())
        assert before.score <= state.score
        assert before.last <= state.last
        before = state_from_json(state_to_json(state))
        assert before == state, "progress read back from its row is the same"


@settings(max_examples=40)
@given(histories())
def test_no_more_goes_count_than_a_quiz_has_tries(history):
    """Whatever two phones send: by the release each go was begun in."""
    state = state_from_json(as_recorded(history).state)
    for quiz_no, goes in state.attempts.items():
        for number, attempt in goes.items():
            tries = quiz_of(history.shapes[attempt.release_id], quiz_no).tries
            assert tries is None or number <= tries


@settings(max_examples=40)
@given(histories())
def test_a_later_release_never_takes_a_finished_lesson_module_or_course_away(history):
    """She works in the oldest release alone; then, in the newer ones, she only looks."""
    oldest = min(history.shapes)
    old = [event for event in history.events if event.release_id == oldest]
    state = State()
    for event in old:
        fold(state, event, history.shapes, history.seed)
    earned = state_from_json(state_to_json(state))
    looked = [event for event in history.events if event.kind is EventKind.OPENED and event.release_id != oldest]
    for event in looked:
        fold(state, event, history.shapes, history.seed)
    assert earned.lessons <= state.lessons
    assert earned.modules <= state.modules
    assert earned.course <= state.course
    assert earned.best == state.best


@settings(max_examples=80)
@given(histories(), st.randoms(use_true_random=False))
def test_what_two_ids_did_is_what_one_person_would_have_done(history, random):
    """Whoever did what of it, but for the numbers of attempts: each go is begun and ended under one id."""
    whose = {stream: random.randrange(2) for stream in history.streams}
    state, counts = State(), []
    for event, stream in zip(history.events, history.streams, strict=True):
        split = msgspec.structs.replace(event, whose=whose[stream])
        counts.append(fold(state, split, history.shapes, history.seed).why)
    alone = as_recorded(history)
    assert counts == [alone.whys[its_id] for its_id in range(len(counts))]
    state.attempts = {no: {number % APART: go for number, go in goes.items()} for no, goes in state.attempts.items()}
    assert _but_old_marks(json.loads(state_to_json(state))) == _but_old_marks(json.loads(alone.state))


def _but_old_marks(state: dict[str, Any]) -> dict[str, Any]:
    """Without the marks of goes that are over: of how many they are kept is told for each id."""
    return state | {
        "attempts": {no: {n: [*go[:2], go[3]] for n, go in goes.items()} for no, goes in state["attempts"].items()}
    }
