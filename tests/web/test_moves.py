"""Old addresses: what was renamed or moved is found from where it was, and a form sent from there is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lms.services import publishing
from lms.services.courses import Catalogue
from tests.web.conftest import URL, House, now_ms

COURSE = """---
course: walk
lang: en
order: [{order}]
badge: none
---
# Going for a walk
"""
BOOTS = """---
module: boots
lang: en
badge: none
{changes}---
# Boots
"""
LACES = """
## Laces {#laces}
### Thread them {#thread}
Through the holes.
### Question: Which knot holds? {#q-knot}
- [x] A bow
- [ ] A twist
"""
SOLES = """
## Soles {#soles}
Look under your boots.
"""
QUIZ = """
## Quiz: Check yourself {#quiz}
- Pass: 1
### Question: Which is wet? {#z-wet}
- [x] Rain
- [ ] Sand
### Question: Which is dry? {#z-dry}
- [x] Dust
- [ ] Mud
"""
HILLS = """---
module: hills
lang: en
badge: none
{changes}---
# Hills
"""
UP = """
## Up {#up}
One step, then another.
"""


def files(boots: str, hills: str = HILLS.format(changes="") + UP, order: str = "boots, hills") -> dict[str, bytes]:
    texts = {"course.md": COURSE.format(order=order), "boots.md": boots, "hills.md": hills}
    return {path: text.encode() for path, text in texts.items()}


def said(*lines: str) -> str:
    return "changes:\n" + "".join(f"  - 2026-11-22 {line}\n" for line in lines)


AS_IT_WAS = files(BOOTS.format(changes="") + LACES + SOLES + QUIZ)
RENAMED = files(
    BOOTS.format(changes=said("renamed laces to shoelaces", "renamed q-knot to q-bow"))
    + LACES.replace("{#laces}", "{#shoelaces}").replace("{#q-knot}", "{#q-bow}")
    + SOLES
    + QUIZ
)
SHIFTED = files(
    BOOTS.format(changes="") + LACES.replace("### Thread them {#thread}\nThrough the holes.\n", "")
    + SOLES + "### Thread them {#thread}\nThrough the holes.\n" + QUIZ
)  # fmt: skip
MOVED = files(BOOTS.format(changes=said("moved laces to hills")) + SOLES + QUIZ, HILLS.format(changes="") + UP + LACES)
JOINED = files(
    BOOTS.format(changes=said(*(f"moved {name} to hills" for name in ("laces", "soles", "quiz", "z-wet", "z-dry"))))
    + "\n## Polish {#polish}\nNot shown yet.\n",
    HILLS.format(changes="") + UP + LACES + SOLES + QUIZ,
    order="hills",
)


def publish(house: House, what: dict[str, bytes]) -> None:
    publishing.publish(house.store, "walk", what, date(2026, 11, 22), now_ms())
    house.app.extensions["lms"] = replace(house.app.extensions["lms"], catalogue=Catalogue(house.store))


@pytest.fixture
def house(house: House) -> House:
    publish(house, AS_IT_WAS)
    return house


def leads(house: House, path: str) -> str:
    """Where an address leads; nothing where it shows a page itself, and the status of any other answer."""
    answer = house.app.test_client().get(path, base_url=URL)
    return answer.headers.get("Location", "") if answer.status_code in (200, 302) else str(answer.status_code)


BOOT, HILL = "/courses/walk/boots", "/courses/walk/hills"


@pytest.mark.parametrize(
    ("what", "old", "now"),
    [
        (RENAMED, f"{BOOT}/laces", f"{BOOT}/shoelaces"),
        (RENAMED, f"{BOOT}/laces?step=thread", f"{BOOT}/shoelaces?step=thread"),
        (RENAMED, f"{BOOT}/laces?step=q-knot", f"{BOOT}/shoelaces?step=q-bow"),
        (RENAMED, f"{BOOT}/shoelaces?step=q-knot", f"{BOOT}/shoelaces?step=q-bow"),
        (SHIFTED, f"{BOOT}/laces?step=thread", f"{BOOT}/soles?step=thread"),
        (MOVED, f"{BOOT}/laces", f"{HILL}/laces"),
        (MOVED, f"{BOOT}/laces?step=q-knot", f"{HILL}/laces?step=q-knot"),
        (JOINED, f"{BOOT}/soles", f"{HILL}/soles"),
        (JOINED, f"{BOOT}/quiz", f"{HILL}/quiz"),
        (JOINED, BOOT, HILL),
    ],
)
def test_an_old_address_leads_to_where_the_page_is_now(house, what, old, now):
    assert leads(house, old) == "" or "step=q-knot" in old
    publish(house, what)
    assert leads(house, old) == now
    assert leads(house, now) == ""


def test_a_name_that_was_given_back_is_found_by_both(house):
    publish(house, RENAMED)
    back = BOOTS.format(changes=said("renamed laces to shoelaces", "renamed q-knot to q-bow") +
                        "  - 2026-11-23 renamed shoelaces to laces\n")  # fmt: skip
    publish(house, files(back + LACES.replace("{#q-knot}", "{#q-bow}") + SOLES + QUIZ))
    assert leads(house, f"{BOOT}/shoelaces") == f"{BOOT}/laces"
    assert leads(house, f"{BOOT}/laces") == ""


def test_what_never_was_or_was_removed_is_not_found(house):
    publish(
        house, files(BOOTS.format(changes=said("removed laces", "removed thread", "removed q-knot")) + SOLES + QUIZ)
    )
    for gone in (
        "boots/laces",
        "boots/nowhere",
        "nowhere",
        "nowhere/laces",
        "boots/nowhere?step=nowhere",
        "hills/quiz",
    ):
        assert leads(house, f"/courses/walk/{gone}") == "404", gone
    assert leads(house, f"{BOOT}/%00") == leads(house, "/courses/walk/%ED%A0%80/a") == "404"
    assert leads(house, f"{BOOT}/soles?step=nowhere") == f"{BOOT}/soles"


def test_a_step_of_an_old_link_that_is_gone_leads_to_its_lesson(house):
    publish(house, files(BOOTS.format(changes=said("removed q-knot", "moved laces to hills")) + SOLES + QUIZ,
                         HILLS.format(changes="") + UP + LACES.partition("### Question")[0]))  # fmt: skip
    assert leads(house, f"{BOOT}/laces?step=q-knot") == f"{HILL}/laces"


@pytest.mark.parametrize(
    ("what", "onward"), [(RENAMED, f"{BOOT}/shoelaces?step=q-bow"), (MOVED, f"{HILL}/laces?step=q-knot")]
)
def test_a_form_of_a_page_that_has_moved_since_goes_on_where_it_is_now(house, what, onward):
    lena = house.browser("lena")
    lena.get(f"{BOOT}/laces?step=thread")
    publish(house, what)
    answer = lena.send(f"{BOOT}/laces", act="done")
    assert f"{answer.request.path}?{answer.request.query_string.decode()}" == onward
    assert "Which knot holds?" in answer.text


def test_a_quiz_that_moves_while_she_takes_it_is_finished_where_it_is_now(house):
    lena = house.browser("lena")
    lena.get(f"{BOOT}/quiz")
    lena.send(f"{BOOT}/quiz", act="started")
    publish(house, JOINED)
    for address in (f"{BOOT}/quiz", f"{HILL}/quiz"):
        shown = lena.send(address, act="answered", answer="a")
        assert shown.request.path == f"{HILL}/quiz"
    assert "You passed: 2 out of 2" in lena.send(f"{HILL}/quiz", act="finished").text
