"""A course in several languages: what is shown and said in each, and that learning is the same in all of them."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from lms.learning.events import EventKind
from lms.learning.places import Go
from lms.services import erasure, people, practice, publishing, quiz, remark, worker
from lms.services.courses import Catalogue
from lms.services.jobs import State, Tools, run_one
from lms.services.people import SignedIn
from lms.store.tables import events
from lms.store.tables import people as people_table
from tests.services import translated, written
from tests.services.site import Site


@pytest.fixture
def site(site: Site) -> Site:
    """The site with `tea` in three languages."""
    publish(site, translated.tea())
    return site


def publish(site: Site, files: dict[str, bytes]) -> None:
    publishing.publish(site.store, "tea", files, written.TODAY, site.later(2_000))
    site.later(2_000)


def marks(site: Site, person: SignedIn) -> list[tuple[str, int]]:
    """(language, mark) of each answer of hers."""
    return [(row["lang"], row["mark"]) for row in site.events(person) if row["kind"] == "answered"]


def says(site: Site, lang: str, module: str = "brewing", lesson: str = "water") -> dict[str, tuple[str, str]]:
    """Name -> (title, language of its own) on a page."""
    found = site.catalogue.fragments(site.shape(), module, lesson, lang)
    return {it.name: (it.title, it.lang) for it in found}


# What is shown


def test_a_page_is_shown_in_a_language_as_far_as_it_is_translated(site: Site):
    welsh, arabic = says(site, "cy"), says(site, "ar")
    assert welsh["q-hot"] == ("Pa mor boeth yw'r dŵr?", "")
    assert welsh["steam"] == ("Look at the steam", "en")
    assert arabic["fill-it"] == ("املأ الغلاية", "")
    assert arabic["q-bag"] == ("What is in the bag?", "en")
    assert list(welsh) == list(arabic) == list(says(site, "en"))
    assert {lang for _, lang in says(site, "en").values()} == {""}


def test_a_page_nobody_translated_is_shown_as_it_is_and_says_so(site: Site):
    assert set(says(site, "cy", "pouring", "cup").values()) == {("Hold it", "en"), ("Tilt it", "en")}
    assert says(site, "cy", "nowhere", "cup") == {}


def test_a_language_that_a_release_lacks_is_read_in_its_own(site: Site):
    publish(site, written.tea())
    assert says(site, "cy")["q-hot"] == ("How hot is the water?", "en")
    shape = site.shape()
    no = shape.numbers["brewing", "q-bag"]
    assert site.catalogue.key(shape, no, "cy") == site.catalogue.key(shape, no)


def test_a_step_whose_source_moved_on_is_in_english_until_its_translation_follows(site: Site):
    publish(site, translated.changed(("How hot is the water?", "How hot must the water be?")))
    assert says(site, "cy")["q-hot"] == ("How hot must the water be?", "en")
    assert says(site, "cy")["q-bag"] == ("Beth sydd yn y bag?", "")


# What is accepted


@pytest.mark.parametrize(
    ("lang", "typed", "right"),
    [("cy", "te", 1), ("cy", "tea", 1), ("en", "te", 0), ("en", "tea", 1), ("ar", "te", 0), ("ar", "tea", 1)],
)
def test_an_answer_is_right_in_the_words_of_its_page_and_in_those_of_the_source(site: Site, lang, typed, right):
    lena = site.person()
    assert site.results(lena, site.event("q-bag", "answered", typed, lang=lang)) == ["new"]
    assert marks(site, lena) == [(lang, right)]


@pytest.mark.parametrize("lang", ["pl", "", "CY", "en-GB", "x" * 300])
def test_an_answer_in_a_language_the_course_lacks_is_kept_and_marked_by_the_source(site: Site, lang):
    lena = site.person()
    sent = [site.event("q-bag", "answered", typed, lang=lang) for typed in ("te", "tea")]
    assert site.results(lena, *sent) == ["new", "new"]
    assert site.results(lena, *sent) == ["dup", "dup"]
    assert marks(site, lena) == [("en", 0), ("en", 1)]


def test_an_answer_to_an_older_release_is_marked_in_a_language_that_one_had(site: Site):
    lena, older = site.person(), site.shape().hash
    publish(site, written.tea())
    site.send(lena, site.event("q-bag", "answered", "te", lang="cy", release=older))
    site.send(lena, site.event("q-bag", "answered", "te", lang="cy"))
    assert marks(site, lena) == [("cy", 1), ("en", 0)]


def test_learning_is_the_same_in_every_language(site: Site):
    people_ = {lang: site.person(lang) for lang in ("en", "cy", "ar", "each")}
    for lang, person in people_.items():
        for number, event in enumerate(site.lesson()):
            site.send(person, event | {"lang": ("en", "cy", "ar")[number % 3] if lang == "each" else lang})
    states = [json.loads(site.progress(person)["state"]) for person in people_.values()]
    assert all(state == states[0] for state in states)
    assert {frozenset(site.milestones(person)) for person in people_.values()} == {
        frozenset(site.milestones(people_["en"]))
    }


# What is said


def act(site: Site, lena: SignedIn, name: str, answer: object, lang: str):
    return practice.act(
        site.store, site.catalogue, site.shape(), "brewing", name, EventKind.ANSWERED, answer, uuid4(),
        lena.person_id, site.now_ms, site.zone, lang=lang,
    )  # fmt: skip


def said(site: Site, lena: SignedIn, event_id, lang: str):
    return practice.said(site.store, site.catalogue, site.shape(), lena.person_id, event_id, lang)


def test_what_is_said_to_an_answer_is_in_the_language_she_reads_now(site: Site):
    lena = site.person()
    wrong = act(site, lena, "q-hot", ("b",), "cy")
    told = {lang: said(site, lena, wrong, lang).mark.feedback[0][1] for lang in ("cy", "en")}
    assert "funud yn ôl" in told["cy"]
    assert "a minute ago" in told["en"]
    close = act(site, lena, "q-bag", "coffi", "cy")
    assert "dechrau" in said(site, lena, close, "cy").mark.feedback[0][1]
    assert said(site, lena, close, "en").mark.feedback == ()


def test_an_answer_right_in_one_language_is_right_wherever_she_looks_at_it_again(site: Site):
    lena = site.person()
    right = act(site, lena, "q-bag", "te", "cy")
    for lang in ("cy", "en", "ar"):
        assert said(site, lena, right, lang).mark.right
    wrong = act(site, lena, "q-bag", "te", "en")
    assert not said(site, lena, wrong, "cy").mark.right


# The quiz


def at_quiz(site: Site, lena: SignedIn) -> Go:
    go = quiz.see(site.store, site.catalogue, site.shape(), "brewing", lena.person_id).go
    assert go
    return go


def begin(site: Site, lena: SignedIn, lang: str) -> None:
    at = site.now_ms, site.zone
    quiz.start(site.store, site.catalogue, site.shape(), "brewing", lena.person_id, 1, *at, lang)


def test_another_language_in_the_middle_of_a_quiz_changes_no_question_and_no_answer(site: Site):
    lena = site.person()
    begin(site, lena, "cy")
    before = at_quiz(site, lena)
    begin(site, lena, "en")  # from her other phone
    for no, lang in zip(before.asked, ("cy", "ar"), strict=True):
        given = site.catalogue.key(before.shape, no).right
        quiz.answer(
            site.store, site.catalogue, before, no, given, uuid4(), lena.person_id, site.now_ms, site.zone, lang
        )
        now = at_quiz(site, lena)
        assert (now.number, now.asked) == (1, before.asked)
        keys = [site.catalogue.key(now.shape, no, it) for it in ("cy", "en")]
        assert now.letters(no, keys[0]) == now.letters(no, keys[1]) == before.letters(no, keys[0])
    for lang in ("ar", "cy"):
        quiz.finish(site.store, site.catalogue, at_quiz(site, lena), lena.person_id, site.now_ms, site.zone, lang)
    done = at_quiz(site, lena)
    assert (done.number, done.score, done.passed) == (1, 2, True)
    told = quiz.told(site.store, site.catalogue, done, lena.person_id, "cy")
    assert [it.mark.right for it in told.values()] == [True, True]


# Marking again


MORE_ENGLISH = ("- Answer: tea*\n", "- Answer: tea*\n- Answer: leaves\n")
REMARKED = "2026-11-21 remarked q-bag"


def more() -> dict[str, bytes]:
    """The same course after "leaves", and "dail" in Welsh, have become right."""
    files = translated.changed(MORE_ENGLISH, changes=REMARKED)
    return files | {"brewing.cy.md": translated.WELSH.replace("- Ateb: te\n", "- Ateb: te\n- Ateb: dail\n").encode()}


def raised(site: Site, person: SignedIn) -> list[tuple[str, int]]:
    return [(row["lang"], row["mark"]) for row in site.events(person) if row["kind"] == "remarked"]


def test_stored_answers_are_marked_again_in_the_language_they_were_given_in(site: Site):
    lena, mona = site.person(), site.person("Mona")
    site.send(lena, *(site.event("q-bag", "answered", typed, lang="cy") for typed in ("dail", "leaves", "coffi")))
    site.send(mona, *(site.event("q-bag", "answered", typed, lang="en") for typed in ("dail", "leaves")))
    publish(site, more())
    site.later(remark.SETTLED_MS)
    tools = Tools(site.store, Catalogue(site.store), site.zone, lambda: site.now_ms)
    while job := run_one(tools, worker.KINDS):
        assert job.state is State.DONE, job.result.failure
    assert raised(site, lena) == [("cy", 1), ("cy", 1)]
    assert raised(site, mona) == [("en", 1)]


def test_a_late_answer_to_an_older_release_is_raised_in_its_own_language(site: Site):
    lena, mona, older = site.person(), site.person("Mona"), site.shape().hash
    publish(site, more())
    for person, lang in ((lena, "cy"), (mona, "en")):
        site.send(person, site.event("q-bag", "answered", "dail", lang=lang, release=older))
    assert (raised(site, lena), raised(site, mona)) == ([("cy", 1)], [])


# What she chose


def test_the_language_she_chose_is_kept_course_by_course(site: Site):
    lena = site.person()
    people.wish(site.store, lena.person_id, {"lang-tea": "cy"})
    people.wish(site.store, lena.person_id, {"lang-toast": "ar"})
    people.wish(site.store, lena.person_id, {"lang-tea": "en", "lang-soup": "ar"}, anew=False)
    wishes = site.again(lena.person_id).wishes
    assert wishes == {"lang-tea": "cy", "lang-toast": "ar", "lang-soup": "ar"}
    assert site.count(events) == 0


def test_settings_and_languages_lose_nothing_of_each_other(site: Site):
    """`lena` is as a page knew her before the other page was sent."""
    lena = site.person()
    people.wish(site.store, lena.person_id, {"lang-tea": "cy"})
    people.change_settings(site.store, lena, "Lena", {"text": "large"}, site.now_ms)
    people.wish(site.store, lena.person_id, {"lang-tea": "ar"})
    assert site.again(lena.person_id).wishes == {"lang-tea": "ar", "text": "large"}


def test_erasing_her_takes_what_she_chose_and_nothing_brings_it_back(site: Site):
    lena = site.person()
    people.wish(site.store, lena.person_id, {"lang-tea": "cy"})
    erasure.erase(site.store, lena.person_id, None, site.now_ms)
    people.wish(site.store, lena.person_id, {"lang-tea": "cy"})
    assert site.rows(people_table, lena)[0]["wishes"] == "{}"
