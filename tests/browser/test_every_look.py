"""Every kind of page in every look somebody can give it, on a small phone: opened once, then changed as it stands.

Nothing sticks out with words twice the size, in either direction, with more room, or in a system's own colours; what
is written can be read in light, dark and with more contrast; and what has the focus can be seen.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_pages import PAGES, _signed_in, names  # noqa: F401

SHOTS = os.environ.get("LMS_SHOTS", "")
"""A folder for pictures of all of it, for whoever wants to look."""

LOOKS = {
    "light": {},
    "dark": {"data-colours": "dark"},
    "dark contrast": {"data-colours": "dark", "data-contrast": "more"},
    "twice the size": {"size": "200%"},
    "mirrored, twice the size": {"dir": "rtl", "size": "200%"},
    "largest, more room": {"data-text": "largest", "data-spacing": "wide"},
}
IN_COLOURS = ("dark",)
"""Looks whose words may be paler than in the light one, which `test_pages` reads: more contrast only darkens some."""

CHANGE = """looks => { const root = document.documentElement
  for (const name of ["data-colours", "data-contrast", "data-text", "data-spacing"]) root.removeAttribute(name)
  root.dir = "ltr"
  for (const [name, value] of Object.entries(looks)) if (name !== "size") root.setAttribute(name, value) }"""
PIXELS = {"100%": {"standard": 16, "fixed": 13}, "200%": {"standard": 32, "fixed": 26}}
"""Of letters, as somebody sets them in her browser."""

STICKS_OUT = """() => { const wide = innerWidth, root = document.documentElement
  const own = it => { for (let up = it.parentElement; up && up !== document.body; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible") return true; return false }
  if (root.scrollWidth <= wide) return []
  const all = [...document.querySelectorAll("body *")].filter(it => {
    const { left, right, width } = it.getBoundingClientRect()
    return width && (right > wide + 1 || (root.dir === "rtl" && left < -1)) && !own(it) })
  const said = it => `${it.tagName}.${it.className}: ${it.textContent.trim().slice(0, 40)}`
  return [`${root.scrollWidth - wide} px`, ...all.slice(-3).map(said)] }"""

UNSEEN_FOCUS = """() => [...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")]
  .filter(it => it.checkVisibility({ visibilityProperty: true }) && !it.disabled)
  .filter(it => { it.focus({ preventScroll: true, focusVisible: true })
    if (document.activeElement !== it) return false
    const beside = [it, it.nextElementSibling, it.closest("label"), it.labels && it.labels[0]].filter(Boolean)
    return !beside.some(box => { const its = getComputedStyle(box)
      return (its.outlineStyle !== "none" && parseFloat(its.outlineWidth) > 0) || its.boxShadow !== "none" }) })
  .map(it => it.outerHTML.slice(0, 90))"""

CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}

KINDS = [
    (who, path)
    for at, (who, endpoint, path, status) in enumerate(PAGES)
    if status == 200 and (endpoint == "lessons.lesson" or endpoint not in {it[1] for it in PAGES[:at] if it[3] == 200})
]
"""One page of each address, and a lesson's of every sort of step."""


def faults_of(page, settings, path):
    found = []
    for look, attributes in LOOKS.items():
        page.evaluate(CHANGE, attributes)
        settings.send("Page.setFontSizes", {"fontSizes": PIXELS[attributes.get("size", "100%")]})
        size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
        assert (size == "32px") == ("size" in attributes), size
        found += [f"{path} {look}: {it}" for it in page.evaluate(STICKS_OUT)]
        if look in IN_COLOURS:
            found += [f"{path} {look}: {it}" for it in hard_to_read(page)]
        shoot(page, path, look)
    page.evaluate(CHANGE, LOOKS["light"])
    settings.send("Page.setFontSizes", {"fontSizes": PIXELS["100%"]})
    page.emulate_media(forced_colors="active")
    found += [f"{path} forced colours: {it}" for it in (*page.evaluate(STICKS_OUT), *page.evaluate(UNSEEN_FOCUS))]
    shoot(page, path, "forced colours")
    page.emulate_media(forced_colors="none")
    return found


def hard_to_read(page):
    found = Axe().run(page, options=CONTRAST).response["violations"]
    return [node["html"][:120] for it in found for node in it["nodes"]]


def shoot(page, path, look):
    if SHOTS:
        name = re.sub(r"\W+", "-", f"{path} {look}").strip("-")
        page.screenshot(path=Path(SHOTS, f"{name}.png"), full_page=True)


BY_WHO = {who: [path for its, path in KINDS if its == who] for who in dict.fromkeys(who for who, _ in KINDS)}


@pytest.mark.parametrize("who", BY_WHO, ids=[who or "visitor" for who in BY_WHO])
def test_a_page_holds_and_can_be_read_in_every_look(site, profile, names, who):  # noqa: F811
    page = _signed_in(site, profile, who)
    settings = page.context.new_cdp_session(page)
    faults = []
    for path in dict.fromkeys(BY_WHO[who]):
        page.goto(path.format(**names))
        faults += faults_of(page, settings, path)
    assert faults == []
