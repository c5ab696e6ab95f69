"""The look: its weights, its colours, its promises about markup."""

from __future__ import annotations

import gzip
import re
from itertools import product
from pathlib import Path

import pytest

import lms.web
from lms.content import drawings
from lms.web import styles

WEB = Path(lms.web.__file__).parent
CSS = WEB / "static" / "css"
ART = WEB / "templates" / "_art"
WINDOW = 14 * 1024
"""Bytes of a first answer: what arrives before a phone has to ask again."""

PAGES = [
    "/",
    "/courses/tea",
    "/courses/tea/brewing",
    "/courses/tea/brewing/water?step=boil",
    "/courses/tea/brewing/water?step=q-hot",
    "/courses/tea/brewing/quiz",
    "/me",
    "/me/settings",
    "/help",
    "/help-now",
    "/privacy",
    "/verify",
]


@pytest.mark.parametrize("path", PAGES)
def test_html_and_styles_of_a_learner_page_fit_a_first_answer(lena, path):
    page = gzip.compress(lena.get(path).data, 6)
    assert len(page) + len(gzip.compress(styles.style("learner", styles.LEARNER).body)) < WINDOW


def test_only_the_file_of_variables_names_a_colour():
    for path in CSS.glob("*.css"):
        if path.name != "variables.css":
            body = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgb|\bhsl|\b(?:white(?!-)|black|red)\b", body), path.name


def test_nothing_moves_and_nothing_casts_a_shadow():
    for path in CSS.glob("*.css"):
        body = path.read_text("utf-8")
        assert not re.search(r"\banimation|\btransition|@keyframes|text-shadow|drop-shadow", body), path.name
        assert all(
            ":focus" in rule or "focus" in rule for rule in re.findall(r"[^{}]*\{[^{}]*box-shadow[^{}]*\}", body)
        )


def test_every_part_of_the_styles_is_served():
    assert {path.stem for path in CSS.glob("*.css")} == {*styles.LEARNER, *styles.STAFF, *styles.PREVIEW}


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block))


def _luminance(colour: str) -> float:
    full = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


COURSE_GROUNDS = ["#0b5345", "#7a1f45", "#174b66"]


def contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_on_every_ground_in_light_and_dark():
    text = (CSS / "variables.css").read_text("utf-8")
    light = _tokens(text.split("}")[0])
    dark = light | _tokens(text.split(":root[data-colours=dark] {")[1].split("}")[0])
    for tokens, inks in ((light, ("#7a1f45", "#174b66")), (dark, ("#e8b2c3", "#8fcfea"))):
        for ink, ground in product(("ink", "soft", "act", "bad"), ("paper", "wash")):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
        for course, ground in product(inks, ("paper", "wash")):
            assert contrast(course, tokens[ground]) >= 4.5
        assert contrast(tokens["on-block"], tokens["block"]) >= 4.5
        assert contrast(tokens["on-here"], tokens["here"]) >= 4.5
        for ground in COURSE_GROUNDS:
            assert contrast(tokens["on-course"], ground) >= 7, ground
        assert contrast(tokens["ink"], tokens["glow"]) >= 4.5
        assert contrast(tokens["bad"], tokens["bad-wash"]) >= 4.5
        assert contrast(tokens["edge"], tokens["paper"]) >= 3


def test_nothing_large_glares_in_the_dark():
    """A course stands on its deep ink in the dark too: a pale ground would light up the room."""
    assert all(_luminance(ground) < 0.1 for ground in COURSE_GROUNDS)
    text = (CSS / "variables.css").read_text("utf-8")
    assert re.findall(r"--course: (#[0-9a-f]{6})", text) == ["#0b5345", *COURSE_GROUNDS]
    assert "background: var(--course)" in (CSS / "block.css").read_text("utf-8")


def test_a_course_this_site_does_not_know_has_a_line_and_a_badge_of_its_own(lena):
    coding, plain = ((ART / f"badge-{line}.svg").read_text("utf-8") for line in ("coding", "plain"))
    for path in ("/courses/tea", "/courses/tea/brewing"):
        page = lena.get(path).text
        assert 'data-line="plain"' in page
        assert plain in page
        assert coding not in page
        assert (ART / "plain.svg").read_text("utf-8") in page


def test_every_line_has_its_drawings_and_its_ink_by_day_and_by_night():
    text = (CSS / "variables.css").read_text("utf-8")
    for line in {*drawings.LINES.values(), drawings.line_of("a-course-of-somebody")}:
        assert text.count(f"[data-line={line}]") == 3
        for name in (line, f"badge-{line}"):
            body = (ART / f"{name}.svg").read_text("utf-8")
            assert len(body) < 700
            assert body.startswith('<path class="f"')


def test_the_phones_own_wish_for_dark_is_the_same_dark():
    text = (CSS / "variables.css").read_text("utf-8")
    wished = text.split(":root:not([data-colours=light]) {")[1].split("}")[0]
    chosen = text.split(":root[data-colours=dark] {")[1].split("}")[0]
    assert _tokens(wished) == _tokens(chosen)


def test_markup_is_made_in_two_files_and_never_called_safe():
    """Of a release in one, of the site's own words in the other."""
    for path in WEB.rglob("*.py"):
        if path.name not in ("bodies.py", "saying.py"):
            assert not re.search(r"\bMarkup\b|\|\s*safe\b", path.read_text("utf-8")), path.name
    for path in WEB.rglob("*.html"):
        body = path.read_text("utf-8")
        ours = r'<script src="\{\{ \w+_script \}\}" defer( fetchpriority="low")?></script>'
        body = re.sub(ours, "", body)
        body = body.replace('<script src="{{ early_script }}"></script>', "")  # before the page is shown
        assert not re.search(r"\|\s*safe\b|autoescape|<script|<style|\sstyle=|\son[a-z]+=", body), path.name


def test_templates_ask_nothing_of_the_database():
    for path in (WEB / "templates").rglob("*.html"):
        assert not re.search(r"\bstore\b|\bservices?\b|request\.|session", path.read_text("utf-8")), path.name


def test_a_signed_in_page_asks_the_database_at_most_three_times(house, lena):
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for path in ("/courses/tea/brewing/water?step=boil", "/courses/tea/brewing/water?step=q-hot", "/courses/tea", "/"):
        lena.get(path)
        asked.clear()
        lena.get(path)
        queries = [it for it in asked if not it.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"))]
        assert len(queries) <= 3, (path, queries)


def test_right_to_left_pages_say_so(house):
    from lms.web.pages import direction

    assert [direction(lang) for lang in ("en-GB", "ar", "ur", "cy", "fa-IR")] == ["ltr", "rtl", "rtl", "ltr", "rtl"]
