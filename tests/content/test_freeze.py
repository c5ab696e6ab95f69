"""A checked course becomes a release: the same one on any machine, with its keys kept apart."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.collector import collector_paused
from lms.content.compile import compile as compile_course
from lms.content.compiled import compiled_json
from lms.content.course import BadgeSetting, Pattern
from lms.content.drawings import drawn
from lms.content.freeze import freeze
from lms.content.phrases import PHRASES
from lms.content.plan import BadgePlan, Kind, LessonPlan, Sort, canonical
from lms.content.planjson import plan_from_json, plan_to_json
from lms.content.release import Release, body_from_json, body_to_json
from lms.content.runs import runs_of
from tests.content.handmade import (
    PADLOCK,
    course,
    fact,
    frozen,
    in_words,
    lesson,
    line,
    module,
    question,
    quiz,
    rate,
    rate_again,
    reading,
    term,
)

ROOT = Path(__file__).parents[2]

FILES = {
    "course.md": "---\ncourse: online-safety\nlang: en\norder: passwords\nhelp: report-fraud\n---\n# Safe\n\nHi.\n",
    "glossary.md": "# Words\n\n## Browser {#browser}\n\nAn app that opens pages.\n",
    "facts.md": "# Facts\n\n## Report fraud {#report-fraud}\n\nRing 0300 123 2040.\n\n"
    "- Source: https://www.example.org/\n- Checked: 2026-11-21\n- Review: 2027-11-21\n",
    "padlock.svg": PADLOCK.decode(),
    "passwords.md": """---
module: passwords
lang: en
---
# Strong passwords

Welcome.

## Strong {#strong}

In your [browser](glossary.md#browser).

- Skills: eds-2022/F7

### Rate: Can you? {#rate-before}

- Skills: eds-2022/F7

### Why length matters {#length}

![A padlock](padlock.svg)

> [!TIP]
> Three words.

Ring [0300 123 2040](facts.md#report-fraud).

### Question: Which is strongest? {#q-strong}

Mo has to choose.

- [ ] password123
  > Attackers try the secret-feedback first.
- [x] purple-kettle-home
- Hint: Count the secret-hint letters.
- Explain: Length is the secret-explanation.

### Rate again: And now? {#rate-after}

- Same as: rate-before

## Quiz: Check yourself {#quiz}

- Ask: 2
- Pass: 1

### Question: What is it called? {#q-phish}

- Answer: secret-phish*
- Close: fishing
  > Nearly, says the secret-close.

### Question: How many? {#q-length}

- Number: 12.5 .. 4999

### Question: Which? {#q-own}

- [x] Email
- [ ] Weather
""",
}

IN_A_FRESH_PROCESS = """
import json, sys
from lms.content.compile import compile
from lms.content.compiled import compiled_json
from lms.content.drawings import drawn
from lms.content.freeze import freeze
files = {path: text.encode() for path, text in json.load(sys.stdin).items()}
sys.stdout.write(compiled_json(freeze(compile(files).course).release))
"""


# --- the same everywhere --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_a_release_is_byte_identical_in_any_process(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "Pacific/Auckland", "LANG": "C"}
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS]
    turned = dict(reversed(FILES.items()))
    done = subprocess.run(
        command, input=json.dumps(turned), capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout == compiled_json(_release())


def test_the_hash_covers_plan_pages_keys_and_files_but_not_the_record_of_names() -> None:
    before = _release().hash
    for old, new in (
        ("# Strong passwords", "# Stronger passwords"),
        ("Three words.", "Four words."),
        ("secret-feedback", "other"),
        ("- Pass: 1", "- Pass: 2"),
    ):
        assert _release(**{"passwords.md": FILES["passwords.md"].replace(old, new)}).hash != before
    assert _release(**{"padlock.svg": FILES["padlock.svg"] + "\n"}).hash != before
    assert _release(**{"glossary.md": FILES["glossary.md"] + "\n## Unused {#unused}\n\nNothing.\n"}).hash == before
    assert (
        _release(
            **{
                "passwords.md": FILES["passwords.md"].replace(
                    "lang: en", "lang: en\nchanges:\n  - 2026-11-21 removed old", 1
                )
            }
        ).hash
        == before
    )


def test_freezing_twice_and_with_its_own_names_gives_the_same_release() -> None:
    first = _release()
    compiled = compile_course(_bytes()).course
    assert compiled
    again = freeze(compiled, first.names).release
    assert again
    assert (again.hash, again.names) == (first.hash, first.names)
    assert compiled_json(again) == compiled_json(first)


# --- pages ----------------------------------------------------------------------------------------


def test_a_release_has_a_page_for_each_welcome_lesson_and_quiz() -> None:
    pages = _release().pages
    assert {place: [it.name for it in page] for place, page in pages.items()} == {
        ("", ""): [""],
        ("", "help"): ["report-fraud"],
        ("passwords", ""): ["passwords"],
        ("passwords", "strong"): ["strong", "rate-before", "length", "q-strong", "rate-after"],
        ("passwords", "quiz"): ["quiz", "q-phish", "q-length", "q-own"],
    }
    assert pages["passwords", "quiz"][0].html == ""
    assert pages["passwords", ""][0].html == "<p>Welcome.</p>"


def test_a_lesson_without_a_first_page_starts_with_its_first_step_and_one_without_steps_has_one_screen() -> None:
    release = frozen(course(module("safety", lesson("stepped", reading("s")), lesson("plain", body="Words."))))
    assert [it.name for it in release.pages["safety", "stepped"]] == ["s"]
    assert [(it.name, it.html) for it in release.pages["safety", "plain"]] == [("plain", "<p>Words.</p>")]


def test_every_body_reads_back_as_it_was() -> None:
    for page in _release().pages.values():
        assert body_from_json(body_to_json(page)) == page


def test_keys_never_stand_inside_pages() -> None:
    release = _release()
    bodies = "".join(map(body_to_json, release.pages.values())) + canonical(plan_to_json(release.plan))
    for secret in ("secret", "4999", "12.5", "fishing", "right", "phish*"):
        assert secret not in bodies, secret
    whole = json.loads(compiled_json(release))
    keys = canonical(whole.pop("keys"))
    assert all(secret in keys for secret in ("secret-feedback", "secret-phish*", "4999", "fishing"))
    assert "secret" not in canonical(whole)


def test_a_right_answer_leaves_no_trace_in_the_page() -> None:
    """Two courses that differ only in what is right have the same pages."""
    first = frozen(course(module("safety", lesson("l", question("q", "x a", "b", "c")))))
    second = frozen(course(module("safety", lesson("l", question("q", "a", "x b", "c")))))
    assert first.pages == second.pages
    assert first.plan == replace(second.plan, modules=first.plan.modules)
    assert _lesson_plan(first).nbytes == _lesson_plan(second).nbytes
    assert first.keys != second.keys
    assert first.hash != second.hash


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_holds_what_marks_a_question_and_what_is_said_then() -> None:
    keys = _release().keys
    assert set(keys) == {("passwords", name) for name in ("q-strong", "q-phish", "q-length", "q-own")}
    strong = keys["passwords", "q-strong"]
    assert strong.right == ("b",)
    assert dict(strong.feedback) == {"a": "<p>Attackers try the secret-feedback first.</p>"}
    assert "secret-hint" in strong.hints[0]
    assert "secret-explanation" in strong.explains[0]
    phish = keys["passwords", "q-phish"]
    assert [(it.value, it.exact) for it in phish.answers] == [("secret-phish*", False)]
    assert phish.closes[0].feedback == "<p>Nearly, says the secret-close.</p>"
    number = keys["passwords", "q-length"].number
    assert number
    assert (str(number.low), str(number.high)) == ("12.5", "4999")


def test_a_value_in_backticks_is_meant_exactly() -> None:
    exact = in_words("q", "x")
    made = replace(exact, asked=replace(exact.asked, answers=(Pattern("<p>", exact=True),)))
    key = frozen(course(module("safety", lesson("l", made)))).keys["safety", "q"]
    assert [(it.value, it.exact) for it in key.answers] == [("<p>", True)]


# --- the plan -------------------------------------------------------------------------------------


def test_the_plan_says_how_each_question_is_answered_and_its_letters() -> None:
    steps = _release().plan.steps()
    assert steps["passwords", "q-strong"].sort == Sort.ONE
    assert steps["passwords", "q-strong"].letters == ("a", "b")
    assert steps["passwords", "q-strong"].shuffle
    assert steps["passwords", "q-phish"].sort == Sort.WORDS
    assert steps["passwords", "q-length"].sort == Sort.NUMBER
    assert steps["passwords", "length"].kind == Kind.READING
    assert steps["passwords", "rate-after"].same_as == "rate-before"


def test_the_plan_reads_back_as_it_was() -> None:
    plan = _release().plan
    assert plan_from_json(json.loads(canonical(plan_to_json(plan)))) == plan


def test_a_rate_again_shows_the_points_of_its_rate_under_the_same_letters() -> None:
    elsewhere = module("later", lesson("m", rate_again("again", "safety/r")))
    release = frozen(course(module("safety", lesson("l", rate("r", "Never", "*Often*"))), elsewhere))
    points = (("a", "Never"), ("b", "<em>Often</em>"))
    assert release.pages["safety", "l"][0].options == release.pages["later", "m"][0].options == points


def test_titles_of_the_plan_are_plain_and_those_of_pages_are_html() -> None:
    made = course(module("safety", lesson("l", reading("s", title="Use *the* `<b>` “tag”")), title=line("A & B")))
    release = frozen(made)
    assert _lesson_plan(release).steps[0].title == "Use the <b> “tag”"
    assert release.pages["safety", "l"][0].title == "Use <em>the</em> <code>&lt;b&gt;</code> “tag”"
    assert release.plan.modules[0].title == "A & B"


def test_a_quiz_is_cut_into_runs_as_equal_as_can_be() -> None:
    names = [f"q{number}" for number in range(5)]
    made = quiz(*(question(name, "x a", "b") for name in names), ask=2)
    plan = frozen(course(module("safety", lesson("l"), quiz=made))).plan.modules[0].quiz
    assert plan
    assert plan.runs == (("q0", "q1", "q2"), ("q3", "q4"))


@given(st.integers(1, 40), st.integers(1, 40))
def test_runs_keep_the_order_and_differ_by_one_question_at_most(count: int, ask: int) -> None:
    ask = min(ask, count)
    names = [str(number) for number in range(count)]
    runs = runs_of(names, ask)
    assert len(runs) == ask
    assert [name for run in runs for name in run] == names
    assert max(map(len, runs)) - min(map(len, runs)) <= 1
    assert min(map(len, runs)) >= 1


@pytest.mark.parametrize(
    ("words", "questions", "minutes"),
    [(0, 0, 1), (1, 0, 1), (126, 0, 1), (127, 0, 2), (256, 0, 2), (257, 0, 3), (61, 1, 1), (80, 1, 1), (81, 1, 2)],
)
def test_minutes_are_words_at_130_a_minute_and_20_seconds_a_question_rounded_up(
    words: int, questions: int, minutes: int
) -> None:
    steps = [question(f"q{number}", "x a", "b", title="") for number in range(questions)]
    made = lesson("l", reading("s", " ".join(["word"] * words), title="A step"), *steps, title="Two words")
    assert _lesson_plan(frozen(course(module("safety", made)))).minutes == minutes


def test_an_author_may_know_better_how_long_a_lesson_takes() -> None:
    assert _lesson_plan(frozen(course(module("safety", lesson("l", body="A word.", minutes=7))))).minutes == 7


def test_a_quiz_takes_as_long_as_the_questions_it_asks() -> None:
    long = [question(f"q{number}", "x a", "b", body=" ".join(["word"] * 128), title="") for number in range(4)]
    whole, half = (
        frozen(course(module("safety", lesson("l"), quiz=quiz(*long, ask=ask)))).plan.modules[0].quiz for ask in (4, 2)
    )
    assert whole
    assert half
    assert (whole.minutes, half.minutes) == (6, 3)


def test_a_lesson_weighs_its_page_and_each_picture_it_uses_once() -> None:
    asked = question("q", "x a: ![Big](big.png)", "b", body="![Small](padlock.svg) ![Small](padlock.svg)")
    files = {"padlock.svg": PADLOCK, "copy.svg": PADLOCK, "big.png": b"\x89PNG" * 100, "unused.png": b"x" * 9999}
    release = frozen(course(module("safety", lesson("l", asked, reading("s", "![Same](copy.svg)"))), files=files))
    page = len(body_to_json(release.pages["safety", "l"]).encode())
    assert _lesson_plan(release).nbytes == page + len(PADLOCK) + 400


# --- files and badges -----------------------------------------------------------------------------


def test_a_release_holds_the_files_it_uses_by_their_hash() -> None:
    release = _release()
    files, course_ = release.files, release.plan.course
    digest = hashlib.sha256(PADLOCK).hexdigest()
    assert sorted(files) == list(files)
    assert set(files) == {
        digest,
        sha256(drawn(course_)),
        *(sha256(drawn(course_, it.module)) for it in release.plan.modules),
    }
    assert (files[digest].path, files[digest].media_type, files[digest].data) == (
        "padlock.svg",
        "image/svg+xml",
        PADLOCK,
    )


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_badge_has_the_modules_title_and_a_drawing_unless_it_brings_its_own_or_there_is_none() -> None:
    files = {"star.svg": PADLOCK}
    made = course(
        module("a", lesson("l"), title=line("Strong *passwords*"), badge=BadgeSetting("", "")),
        module("b", lesson("l"), badge=BadgeSetting("Keeper", "star.svg")),
        module("c", lesson("l"), badge=BadgeSetting(None, "")),
        badge=BadgeSetting("", ""),
        files=files,
    )
    release = frozen(made)
    digest = hashlib.sha256(PADLOCK).hexdigest()
    of_a, of_the_course = sha256(drawn("online-safety", "a")), sha256(drawn("online-safety"))
    badges = [BadgePlan("Strong passwords", of_a), BadgePlan("Keeper", digest), None]
    assert [it.badge for it in release.plan.modules] == badges
    assert release.plan.badge == BadgePlan("Staying safe online", of_the_course)
    assert set(release.files) == {digest, of_a, of_the_course}
    assert (release.files[of_a].path, release.files[of_a].data) == ("badge-a.svg", drawn("online-safety", "a"))


def test_what_drafts_use_is_not_published() -> None:
    draft = module("later", lesson("l", reading("s", "![A lock](padlock.svg)")))
    release = frozen(course(module("safety", lesson("l")), drafts=(draft,)))
    assert set(release.files) == {sha256(drawn("online-safety", "safety"))}
    assert "later" not in compiled_json(release)


# --- problems -------------------------------------------------------------------------------------


def test_all_problems_of_a_course_are_shown_at_once_in_their_order_and_each_once() -> None:
    terms = {"x": term("x", "[it](gone.md#x)")}
    steps = [reading(name, "[x](glossary.md#x)\n\n![A lock](gone.svg)") for name in ("s", "t")]
    result = freeze(course(module("safety", lesson("l", *steps)), module("b", lesson("l", body="<b>")), terms=terms))
    assert [(it.file, it.line, it.code) for it in result.problems] == [
        ("b.md", 1, "markup"),
        ("glossary.md", 1, "link-unpublished"),
        ("safety.md", 3, "picture-missing"),
    ]


def test_nothing_is_frozen_while_a_name_is_missing() -> None:
    result = freeze(course(module("safety", lesson(None))))
    assert result.release is None
    assert [it.code for it in result.problems] == ["name-missing"]


# --- the rest -------------------------------------------------------------------------------------


def test_dates_and_nations_read_as_sentences() -> None:
    assert PHRASES.checked(fact("f", "").checked) == "Checked 21 November 2026."
    assert PHRASES.only_in(()) == ""
    assert PHRASES.only_in(["wales"]) == "Only in Wales."
    assert PHRASES.only_in(["england", "wales", "scotland"]) == "Only in England, Wales and Scotland."


def test_the_collector_is_as_it_was_after_a_pause() -> None:
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collector_paused():
        1 // 0  # noqa: B018
    assert gc.isenabled()


def test_what_is_kept_for_good_stays_so_and_a_pause_does_not_count_it() -> None:
    kept = gc.get_freeze_count()
    assert kept > 10_000, "all that a run of tests has loaded"
    took = []
    for _ in range(20):
        began = time.perf_counter()
        with collector_paused():
            pass
        took.append(time.perf_counter() - began)
    assert gc.get_freeze_count() >= kept
    assert min(took) < 0.000_1, "counting them takes longer"


def test_freezing_loads_nothing_that_only_other_work_needs() -> None:
    code = (
        "import sys, lms.content.freeze; print(*sorted({'bleach', 'flask', 'sqlalchemy', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


# --- helpers --------------------------------------------------------------------------------------


def _bytes(**changed: str) -> dict[str, bytes]:
    return {path: text.encode() for path, text in (FILES | changed).items()}


def _release(**changed: str) -> Release:
    compiled = compile_course(_bytes(**changed))
    assert compiled.course, "\n".join(map(str, compiled.problems))
    return frozen(compiled.course)


def _lesson_plan(release: Release) -> LessonPlan:
    return release.plan.modules[0].lessons[0]
