"""The words of the interface: none is missing in a catalogue, none says something else there, each is easy to read."""

from __future__ import annotations

import re
from collections import defaultdict
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from lms.content.reading import Passage, age_alone, reading_age
from lms.learning.mail import Kind
from lms.services import letters
from lms.web import gather
from lms.web.catalogues import ENGLISH, FOLDER, catalogues, compile_po, disguised, english_words

OLDEST = 11
"""As for lessons: `docs/decisions/0006-reading-age.md`."""
SAFETY = (
    "Get help now",
    "Is someone hurting or scaring you?",
    "Are you in danger, or is somebody hurting you? Don’t wait for us:",
)
POS = sorted(FOLDER.glob("*.po"))
_HOLDS = re.compile(r"\{[^}]*\}|<[^>]*>")
_SPOKEN = re.compile(r"\{[^}]*\}")


def read(po):
    return read_po(BytesIO(po.read_bytes()), locale=po.stem)


def forms(words):
    return [words] if isinstance(words, str) else list(words)


@pytest.mark.parametrize("po", POS, ids=lambda po: po.stem)
def test_every_word_stands_in_every_catalogue_and_no_other(po):
    in_code = {str(it.id) for it in gather.gathered() if it.id}
    assert {str(it.id) for it in read(po) if it.id} == in_code, "run `make words`"


@pytest.mark.parametrize("po", POS, ids=lambda po: po.stem)
def test_a_translation_holds_the_same_values_and_marks(po):
    for it in read(po):
        allowed = {tuple(sorted(_HOLDS.findall(form))) for form in forms(it.id)}
        for said in filter(None, forms(it.string)) if it.id else ():
            assert tuple(sorted(_HOLDS.findall(said))) in allowed, (it.id, said)


@pytest.mark.parametrize("po", POS, ids=lambda po: po.stem)
def test_words_about_danger_wait_for_somebody_who_speaks_the_language(po):
    for words in SAFETY:
        assert read(po).get(words).string == ""
    assert "NOT YET CHECKED" in read(po).header_comment


def test_words_in_templates_are_written_out_and_marks_stand_in_no_attribute():
    """Only what is written out is found by `make words`, and only `bare` puts no mark into an attribute or a title."""
    for path in (gather.ROOT / "lms/web/templates").rglob("*.html"):
        html = path.read_text("utf-8")
        assert re.findall(r"\b_n?\((?!['\"])", html) == [], path
        assert re.findall(r'="[^"<>]*\{\{ _n?\(', html) == [], path
        assert re.findall(r"block title %\}[^\n]*\b_n?\(", html) == [], path


def test_every_word_of_the_interface_is_as_easy_to_read_as_a_lesson():
    """Alone, where it is more than a label, and together with all words of its page."""
    pages, hard = defaultdict(list), []
    for it in gather.gathered():
        said = [re.sub(r"<[^>]*>", "", _SPOKEN.sub("two", form)) for form in forms(it.id)[-1:]]
        for path, _line in it.locations:
            pages[path] += [Passage(0, words) for words in said if age_alone(words)]
        hard += [(age, words) for words in said if (age := age_alone(words) or 0) > OLDEST]
    hard += [(age, path) for path, words in pages.items() if (age := reading_age(words) or 0) > OLDEST]
    assert sorted(hard, reverse=True) == []


def test_words_that_stand_in_no_catalogue_are_as_easy_to_read():
    """Letters, the way out, pages about danger, what is said without the site, and what a phone is told."""
    outside = list(_outside())
    assert len(outside) > 40
    said = [_SPOKEN.sub("two", words) for words in outside]
    assert sorted((age, words) for words in said if (age := age_alone(words) or 0) > OLDEST) == []


_BLOCK = re.compile(r"</?(?:p|li|h\d|div|section|small|button|span|td|th|option|label)\b[^>]*>")


def _outside():
    for kind in Kind:
        said = letters.text_of(kind, "", "", name="Lena", week="2 November", until="9 November")
        yield from said.replace("\n", " ").split("  ")
    scripts = gather.ROOT / "lms/web/static/js"
    yield from re.findall(r': "([A-Z][^"]+)"', (scripts / "leave.js").read_text("utf-8"))
    yield from re.findall(r"<p>([^<]+)", (scripts / "sw.js").read_text("utf-8"))
    for path in (gather.ROOT / "lms/web/templates").rglob("*.html"):
        plain = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        whole = re.sub(r"\{\{.*?\}\}", "", plain, flags=re.DOTALL)
        blocks = (" ".join(re.sub(r"<[^>]*>", "", it).split()) for it in _BLOCK.split(whole))
        yield from (it for it in blocks if '="' not in it)
    for path in (gather.ROOT / "lms").rglob("*.py"):
        code = path.read_text("utf-8")
        yield from re.findall(r'\bsentence(?:: \w+)? = "([^"]+)"', code)
        yield from re.findall(r'\bproblem\(\s*\d+, "[^"]+",\s*"([^"]+)"', code)


def test_what_is_not_translated_is_empty_and_each_number_has_its_form(tmp_path):
    welsh = catalogues(tmp_path)["cy"]
    assert welsh.one("My badges") == "Fy mathodynnau"
    assert welsh.one("Get help now") == welsh.one("no such words") == ""
    said = [welsh.many("{n} question.", "{n} questions.", n) for n in (1, 2, 3, 5, 6)]
    assert said == ["{n} cwestiwn.", "{n} gwestiwn.", "{n} chwestiwn.", "{n} cwestiwn.", "{n} chwestiwn."]
    assert ENGLISH.many("{n} question.", "{n} questions.", 1) == "{n} question."


def test_a_catalogue_is_compiled_once_and_where_nothing_can_be_kept_all_the_same(tmp_path):
    catalogues(tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes() == compile_po(POS[0].read_bytes(), POS[0].stem)
    (tmp_path / "file").write_text("")
    assert catalogues(tmp_path / "file")["cy"].one("Settings") == "Gosodiadau"


def test_the_language_nobody_speaks_is_there_only_when_asked_for_and_longer_by_40_percent(tmp_path):
    assert set(catalogues(tmp_path)) == {"en", "cy"}
    pseudo = catalogues(tmp_path, pseudo=True)["ar-XB"]
    for words in english_words():
        assert len(re.sub(r"<[^>]*>|\{[^}]*\}", "", pseudo.one(words))) >= 1.3 * len(
            re.sub(r"<[^>]*>|\{[^}]*\}", "", words)
        )
    assert pseudo.one("no such words") == ""
    assert disguised('See <a href="/who">{name}</a>') == '⟦Šééáá <a href="/who">{name}</a>⟧'
