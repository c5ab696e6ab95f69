"""The closed lists of every language: whole, without a word that means two things, and English wherever it is typed."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from lms.content.phrases import PHRASES, Phrases, phrases
from lms.content.plan import Kind
from lms.content.words import ENGLISH, LANGUAGES, RIGHT_TO_LEFT, Language, Value, Word, direction, language

PAGE = (Path(__file__).parent.parent.parent / "docs" / "reference" / "languages.md").read_text("utf-8")
every = pytest.mark.parametrize("lang", sorted(LANGUAGES))


@every
def test_a_language_has_a_word_for_everything(lang: str) -> None:
    own = LANGUAGES[lang]
    assert set(own.kinds.values()) == set(Kind) - {Kind.LESSON, Kind.READING}
    assert set(own.words.values()) == set(Word)
    assert set(own.values.values()) == set(Value)
    assert len(own.points) == len(set(own.points)) == 3


@every
def test_no_word_means_two_things(lang: str) -> None:
    own = language(lang)
    for mine, english in ((own.kinds, ENGLISH.kinds), (own.words, ENGLISH.words), (own.values, ENGLISH.values)):
        assert {word: mine[word] for word in english} == dict(english)
    assert meanings(own.kinds).keys().isdisjoint(own.words)
    for word in own.words.keys() & own.values.keys():
        assert own.words[word].lower() == own.values[word], word


def meanings(table: object) -> dict[str, str]:
    assert isinstance(table, dict)
    return {word: str(meaning) for word, meaning in table.items()}


@every
def test_a_word_is_typed_as_it_is_in_any_case_and_can_stand_before_a_colon(lang: str) -> None:
    own = language(lang)
    for word, kind in LANGUAGES[lang].kinds.items():
        assert own.kind(word.upper()) == own.kind(f" {word.title()} ") == kind
    for typed in (*own.kinds, *own.words):
        assert typed == typed.lower()
        assert 1 <= len(typed.replace("-", " ").split()) <= 3
        assert typed.replace(" ", "").replace("-", "").isalpha()


@pytest.mark.parametrize("lang", ["cy", "cy-GB", "ur", "zz"])
def test_english_always_works(lang: str) -> None:
    own: Language = language(lang)
    assert own.kind("Rate again") == Kind.RATE_AGAIN
    assert own.word("Look for") == Word.LOOK_FOR
    assert own.value("only me") == Value.ONLY_ME
    assert "click here" in own.vague


@pytest.mark.parametrize(
    ("lang", "way"), [("ur", "rtl"), ("ar-EG", "rtl"), ("HE", "rtl"), ("cy", "ltr"), ("arn", "ltr")]
)
def test_a_language_is_laid_out_its_own_way(lang: str, way: str) -> None:
    assert direction(lang) == way
    assert {"ar", "fa", "he", "ur"} == RIGHT_TO_LEFT


@every
def test_the_words_around_a_text_are_whole_in_every_language(lang: str) -> None:
    own = phrases(lang)
    for part in fields(Phrases):
        mine, english = getattr(own, part.name), getattr(PHRASES, part.name)
        assert len(mine) == len(english) or isinstance(english, str), part.name
        if isinstance(english, str):
            assert mine.count("{}") == english.count("{}"), part.name
        if isinstance(english, dict):
            assert mine.keys() == english.keys(), part.name
    assert own.checked(date(2026, 11, 21)).endswith(" 2026.")


def test_a_language_without_words_of_its_own_has_the_english_ones() -> None:
    assert phrases("ur") is PHRASES
    assert language("ur").points == ENGLISH.points


@every
def test_every_word_of_every_language_is_in_the_docs(lang: str) -> None:
    own = LANGUAGES[lang]
    for word in (*own.kinds, *own.words, *own.values):
        assert f"`{word}`" in PAGE.lower(), word
    assert lang == "en" or "not yet checked by native speakers" in PAGE
