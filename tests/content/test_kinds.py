"""Order, Match, Gaps, Task, Reflect and Code, from the course to the release: what is told, and what is kept back."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import jsonschema
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lms.content.compiled import compiled_json
from lms.content.course import Step
from lms.content.letters import Letters, give_letters, in_turn
from lms.content.plain import fingerprint
from lms.content.plan import (
    CodeCheck,
    CoursePlan,
    Key,
    KeyPattern,
    Kind,
    LessonPlan,
    Looks,
    ModulePlan,
    StepPlan,
    canonical,
)
from lms.content.planjson import key_from_json, key_to_json, plan_from_json, plan_to_json
from lms.content.release import Fragment, Names, Release, body_from_json, body_to_json, names_from_json, names_to_json
from tests.content.handmade import (
    blocks,
    code,
    course,
    frozen,
    gaps,
    lesson,
    line,
    match,
    module,
    order,
    quiz,
    reading,
    reflect,
    refusals,
    task,
)

WORDS = st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six"]), unique=True, max_size=5)
SOME = st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six"]), unique=True, min_size=2, max_size=5)


def _release(*steps: Step, known: Names | None = None) -> Release:
    return frozen(course(module("safety", lesson("l", *steps))), known)


def _stopped(before: Step, after: Step) -> list[str]:
    return refusals(course(module("safety", lesson("l", after))), _release(before).names)


def _kept(before: Step, after: Step) -> tuple[Release, Release]:
    first = _release(before)
    return first, _release(after, known=first.names)


def _key(release: Release, name: str = "s") -> Key:
    return release.keys["safety", name]


def _plan(release: Release, name: str = "s") -> StepPlan:
    return release.plan.steps()["safety", name]


def _shown(release: Release) -> Fragment:
    return release.pages["safety", "l"][0]


# --- the page tells nothing of the key ------------------------------------------------------------


@given(SOME.flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_items_in_another_order_give_the_same_page_and_plan(both: tuple[list[str], list[str]]) -> None:
    first, second = (_release(order("s", *items)) for items in both)
    assert (first.pages, first.plan) == (second.pages, second.plan)
    assert (_key(first) == _key(second)) == (both[0] == both[1])


@given(SOME.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))))
def test_meanings_that_belong_elsewhere_give_the_same_page_and_plan(both: tuple[list[str], list[str]]) -> None:
    first, second = (_release(match("s", *(f"left {at} = {word}" for at, word in enumerate(words)))) for words in both)
    assert (first.pages, first.plan) == (second.pages, second.plan)
    assert (_key(first) == _key(second)) == (both[0] == both[1])


@given(SOME.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))), st.integers(1, 4))
def test_words_that_belong_elsewhere_give_the_same_page_and_plan(both: tuple[list[str], list[str]], count: int) -> None:
    """Some of the words are gaps, the others too many."""
    first, second = (
        _release(gaps("s", " and ".join(f"[[{word}]]" for word in words[:count]), *words[count:])) for words in both
    )
    assert (first.pages, first.plan) == (second.pages, second.plan)


def test_a_gap_is_an_empty_place_in_the_text() -> None:
    release = _release(gaps("s", "Use [[three]] words and [[four]] more", "two"))
    page = _shown(release)
    assert page.html == ('Use <span class="gap" id="gap-1"></span> words and <span class="gap" id="gap-2"></span> more')
    assert {html for _, html in page.options} == {"two", "three", "four"}
    texts = dict(page.options)
    assert [texts[letter] for letter in _key(release).gaps] == ["three", "four"]
    assert (_plan(release).gaps, _plan(release).letters) == (2, ("a", "b", "c"))


def test_equal_words_are_one_word_and_one_letter() -> None:
    release = _release(gaps("s", "[[three]] and [[three]] and [[four]]"))
    first, second, third = _key(release).gaps
    assert first == second != third
    assert len(_shown(release).options) == 2


def test_equal_meanings_are_one_choice_and_an_empty_left_cell_is_a_meaning_too_many() -> None:
    release = _release(match("s", "PIN = nobody", "password = nobody", "name = everybody", " = the bank"))
    page, plan, key = _shown(release), _plan(release), _key(release)
    assert [html for _, html in page.options] == ["PIN", "password", "name"]
    assert sorted(html for _, html in page.meanings) == ["everybody", "nobody", "the bank"]
    assert (plan.letters, plan.meanings) == (("a", "b", "c"), ("d", "e", "f"))
    texts = dict(page.meanings)
    assert {left: texts[meaning] for left, meaning in key.pairs.items()} == {
        "a": "nobody",
        "b": "nobody",
        "c": "everybody",
    }
    assert page.heads == ("Word", "Meaning")


def test_the_key_of_an_order_is_its_letters_as_they_should_stand() -> None:
    release = _release(order("s", "Stop", "Check", "Report"))
    texts = dict(_shown(release).options)
    assert [texts[letter] for letter in _key(release).order] == ["Stop", "Check", "Report"]
    assert _plan(release).letters == in_turn(_key(release).order)


def test_a_task_shows_its_boxes_and_keeps_what_is_looked_for() -> None:
    release = _release(
        task("s", "I did", "I wrote", evidence=("photo", "link"), sign_off="mentor", look_for="can say why")
    )
    plan = _plan(release)
    assert (plan.letters, plan.evidence, plan.sign_off) == (("a", "b"), ("photo", "link"), "mentor")
    assert _shown(release).options == (("a", "I did"), ("b", "I wrote"))
    assert _key(release).look_for == ("<p>can say why</p>",)
    assert "can say why" not in canonical(plan_to_json(release.plan)) + body_to_json(release.pages["safety", "l"])


def test_a_task_that_nobody_looks_at_and_a_reflect_have_no_key() -> None:
    release = _release(task("t", "I did"), reflect("r", "mentor"))
    assert not release.keys
    assert _plan(release, "r").seen_by == "mentor"


def test_code_shows_its_start_and_keeps_its_answer_and_checks() -> None:
    release = _release(replace(code("s"), hints=(blocks("Secret hint."),)))
    assert _shown(release).code == (("html", "<p>"), ("css", ""))
    assert _key(release).code == (("html", "<h1>Hi</h1>"),)
    assert [check.looks for check in _key(release).checks] == [Looks.SAYS]
    assert "Hi" not in canonical(plan_to_json(release.plan)) + body_to_json(release.pages["safety", "l"])
    assert _plan(release).languages == ("html", "css")


def test_code_is_optional_while_nobody_can_write_any() -> None:
    assert _plan(_release(code("s"))).optional
    assert not _plan(_release(reflect("s"))).optional


# --- letters --------------------------------------------------------------------------------------


def test_new_choices_get_their_letters_by_their_fingerprints_and_parts_by_their_places() -> None:
    given_ = give_letters(["x", "y"], None, ["one", "two", "three"])
    assert given_
    by_print = sorted(["one", "two", "three"], key=fingerprint)
    assert dict(zip(["x", "y", "one", "two", "three"], given_.shown, strict=True)) == {
        "x": "a",
        "y": "b",
        **dict(zip(by_print, "cde", strict=True)),
    }


@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=6))
@example([(["one", "two"], ["one"]), (["two"], ["one", "three"])])
def test_through_any_history_each_side_keeps_its_own_letters(history: list[tuple[list[str], list[str]]]) -> None:
    """The same words may stand on both sides of a Match: they are two things."""
    known = Letters()
    before: dict[tuple[int, str], str] = {}
    gone: set[str] = set()
    for sides in history:
        now = give_letters(sides[0], known, sides[1])
        if now is None:
            continue
        whole = [(side, text) for side, texts in enumerate(sides) for text in texts]
        letters = dict(zip(whole, now.shown, strict=True))
        assert len(set(now.shown)) == len(whole)
        assert gone.isdisjoint(now.shown), "a letter came back"
        assert all(letters[it] == before[it] for it in whole if it in before)
        assert {letters[it] for it in whole if it[0]} == set(now.shown) & now.choices
        assert set(now.prints) == set(now.shown) | set(now.gone)
        gone, before, known = set(now.gone), letters, now


def test_a_left_cell_that_goes_is_not_reworded_into_a_meaning_that_comes() -> None:
    first = give_letters(["one", "two"], None, ["three"])
    assert first
    again = give_letters(["one"], first, ["three", "four"])
    assert again
    assert again.gone == ("b",)
    assert again.shown == ("a", "c", "d")


@given(SOME, st.integers(0, 4))
def test_a_reworded_item_keeps_its_letter(items: list[str], at: int) -> None:
    assume(at < len(items))
    reworded = [*items[:at], "quite another", *items[at + 1 :]]
    first, second = _kept(order("s", *items), order("s", *reworded))
    assert _key(first) == _key(second)


def test_the_record_of_names_remembers_which_letters_are_choices() -> None:
    names = _release(match("s", "a = b", "c = d"), order("o", "x", "y"), reading("r")).names
    assert names_from_json(json.loads(canonical(names_to_json(names)))) == names
    assert sorted(names.named["safety", "s"].choices) == ["c", "d"]
    assert "choices" not in names_to_json(names)["named"]["safety/r"]


# --- meanings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (order("s", "Stop", "Go"), order("s", "Go", "Stop")),
        (order("s", "Stop", "Go"), order("s", "Stop", "Go", "Wait")),
        (match("s", "a = b", "c = d"), match("s", "a = d", "c = b")),
        (match("s", "a = b", "c = d"), match("s", "a = b", "c = d", " = e")),
        (match("s", "a = b", "c = d", " = e"), match("s", "a = b", "c = d")),
        (gaps("s", "[[three]] and [[four]]"), gaps("s", "[[four]] and [[three]]")),
        (gaps("s", "[[three]] and [[four]]"), gaps("s", "[[three]] and [[four]]", "five")),
        (gaps("s", "[[three]] and [[four]]", "five"), gaps("s", "[[three]] and [[five]]", "four")),
    ],
)
def test_what_is_right_does_not_change_under_its_name(before: Step, after: Step) -> None:
    assert any('what is right in "s" changed' in sentence for sentence in _stopped(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (match("s", "a = b", "c = d"), match("s", "c = d", "a = b")),
        (match("s", "a = b", "c = d"), match("s", "a = better", "c = d")),
        (match("s", "a = b", "c = d"), match("s", "an a = b", "c = better")),
        (gaps("s", "[[three]] and [[four]]", "five", "six"), gaps("s", "[[three]] , [[four]]", "six", "five")),
        (gaps("s", "[[three]] and [[four]]"), gaps("s", "[[3]] and [[four]]")),
        (gaps("s", "[[three]] and [[three]] or [[four]]"), gaps("s", "[[3]] and [[3]] or [[four]]")),
        (task("s", "I did"), task("s", "I did", "I wrote", evidence=("photo",), sign_off="mentor", look_for="x")),
        (task("s", "I did", "I wrote"), task("s")),
        (reflect("s"), reflect("s", "mentor")),
        (code("s"), code("s", start="<i>", answer="<h1>Ho</h1>", says="Ho")),
    ],
)
def test_words_and_what_nobody_is_marked_by_change_without_a_line(before: Step, after: Step) -> None:
    first, second = _kept(before, after)
    if before.kind in (Kind.ORDER, Kind.MATCH, Kind.GAPS):
        assert _key(first) == _key(second)


def test_wordings_tell_every_change_of_words() -> None:
    steps = [
        order("s", "Stop", "Go"),
        order("s", "Stop", "Go on"),
        match("s", "a = b", "c = d"),
        match("s", "a = b", "c = e"),
        gaps("s", "Use [[three]] words", "two"),
        gaps("s", "Use [[three]] words", "ten"),
        task("s", "I did", look_for="a"),
        task("s", "I did", look_for="b"),
        code("s"),
        code("s", answer="<h1>Hi!</h1>"),
    ]
    wordings = [_release(step).names.named["safety", "s"].wording for step in steps]
    assert len(set(wordings)) == len(steps)


# --- as JSON --------------------------------------------------------------------------------------

TEXT = st.text(max_size=5)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
CHECKS = st.builds(
    CodeCheck,
    st.sampled_from(Looks),
    TEXT,
    at=TEXT,
    value=TEXT,
    exact=st.booleans(),
    property=TEXT,
    times=st.integers(1, 9),
    pressing=TEXT,
    typing=TEXTS,
)
CODE = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
KEYS = st.builds(
    Key,
    right=TEXTS,
    feedback=st.dictionaries(TEXT, TEXT, max_size=2),
    answers=st.lists(st.builds(KeyPattern, TEXT, st.booleans(), TEXT), max_size=2).map(tuple),
    order=TEXTS,
    pairs=st.dictionaries(TEXT, TEXT, max_size=3),
    gaps=TEXTS,
    hints=TEXTS,
    explains=TEXTS,
    look_for=TEXTS,
    code=CODE,
    checks=st.lists(CHECKS, max_size=3).map(tuple),
)
STEPS = st.builds(
    StepPlan,
    TEXT,
    st.sampled_from(Kind),
    TEXT,
    optional=st.booleans(),
    letters=TEXTS,
    meanings=TEXTS,
    gaps=st.integers(0, 9),
    evidence=TEXTS,
    sign_off=TEXT,
    seen_by=TEXT,
    languages=TEXTS,
)
FRAGMENTS = st.builds(Fragment, TEXT, TEXT, TEXT, options=CODE, foot=TEXT, meanings=CODE, heads=TEXTS, code=CODE)


@given(KEYS)
def test_any_key_reads_back_as_it_was(key: Key) -> None:
    assert key_from_json(json.loads(canonical(key_to_json(key)))) == key


@given(STEPS)
def test_any_step_of_a_plan_reads_back_as_it_was(step: StepPlan) -> None:
    plan = CoursePlan("c", "en", "C", (ModulePlan("m", "M", (LessonPlan("l", "L", (step,)),)),))
    assert plan_from_json(json.loads(canonical(plan_to_json(plan)))) == plan


@given(st.lists(FRAGMENTS, max_size=3).map(tuple))
def test_any_body_reads_back_as_it_was(body: tuple[Fragment, ...]) -> None:
    assert body_from_json(body_to_json(body)) == body


def test_every_kind_is_as_the_schema_says_in_lessons_and_quiz() -> None:
    asked = [order("o", "a", "b"), match("m", "a = b", "c = d"), gaps("g", "[[a]] or [[b]]", "c")]
    rest = [task("t", "a", evidence=("link",), sign_off="mentor", look_for="x"), reflect("r"), code("c")]
    in_quiz = [replace(step, name=f"{step.name}-q") for step in asked]
    whole = module("safety", lesson("l", *asked, *rest), quiz=quiz(*in_quiz, ask=2))
    document = json.loads(compiled_json(frozen(course(whole))))
    schema = json.loads(resources.files("lms.content").joinpath("course.schema.json").read_text("utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []
    assert set(document["keys"]) == {f"safety/{name}" for name in ("o", "m", "g", "t", "c", "o-q", "m-q", "g-q")}
    steps = {step["name"]: step for step in document["modules"][0]["lessons"][0]["steps"]}
    assert [it["letter"] for it in steps["m"]["choices"]] == steps["m"]["meanings"]
    assert steps["c"]["code"] == [{"language": "html", "start": "<p>"}, {"language": "css", "start": ""}]


def test_a_title_may_stand_in_any_of_them_with_a_body() -> None:
    step = replace(order("s", "a", "b"), title=line("Which *first*?"), body=blocks("Think."))
    assert (_shown(_release(step)).title, _shown(_release(step)).html) == ("Which <em>first</em>?", "<p>Think.</p>")
