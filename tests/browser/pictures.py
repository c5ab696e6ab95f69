"""Take the pictures of the docs anew: `make pictures`.

The guide's own course, with each of its examples as a lesson, is published on a site of its own; what a learner
then sees on her phone is written to `docs/pictures`. Each picture of the guide has the name of a step.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lms.services import publishing
from tests.browser.conftest import Site, now_ms, served
from tests.browser.person import Person
from tests.courses.test_docs import GUIDE, MODULE, PICTURES, TODAY, examples, filmed, rewritten
from tests.ports import a_port

PHONE = {"width": 360, "height": 640}
TALLEST = 984
"""What is below it of a phone's page is left out."""
MOST_BYTES = 40_000
LESSON = "/courses/our-library/library-card"
LOCK = "/courses/online-safety/your-phone/lock"

_LOWEST = (
    "Math.max(...[...document.querySelectorAll('main a, main button')].map(it => it.getBoundingClientRect().bottom))"
)

Doing = Callable[[Person], None]


def chosen(words: str) -> Doing:
    """Choose an answer, and check it."""

    def do(who: Person) -> None:
        who.page.locator("main label", has_text=words).click()
        who.press("Check my answer")

    return do


def typed(words: str) -> Doing:
    """Type an answer, and check it."""

    def do(who: Person) -> None:
        who.page.locator("#a-words").fill(words)
        who.press("Check my answer")

    return do


def opened(words: str) -> Doing:
    """Open what is hidden until it is asked for."""
    return lambda who: who.page.locator("summary", has_text=words).click()


def read_film(who: Person) -> None:
    """Read what is said in a video, once its player has settled."""
    who.page.wait_for_timeout(1500)
    opened("Read what is said")(who)


DONE: dict[str, Doing] = {
    "q-print": chosen("Buy a printer"),
    "q-weeks": typed("2"),
    "q-phish": typed("fishing"),
    "film": read_film,
    "c-hello": opened("Show the answer"),
    "quiz": lambda who: who.press("Start the quiz"),
}
"""What she has done on a screen before it is taken."""


def main(port: int) -> None:
    """Every picture there is."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        with served(Path(folder), port) as site:
            places = publish(site)
            who = a_learner(site, browser)
            for name in re.findall(r"pictures/([a-z-]+)\.webp", GUIDE):
                show(who, places[name], DONE.get(name))
                keep(who.page, name)
            two_screens(site, browser)
            a_group(site, browser)
        browser.close()


def publish(site: Site) -> dict[str, str]:
    """The guide's course on the site; the address of each of its screens, by name."""
    steps = enumerate(examples("markdown", "step"), 1)
    lessons = [f"\n## Example {number} {{#example-{number}}}\n{text}" for number, text in steps]
    files = rewritten("\n## Quiz:", "".join(lessons) + "\n## Quiz:") | filmed()
    files["phrase.mp4"] += bytes(3_200_000)  # no film is shown before it is played, only what it weighs
    publishing.publish(site.store, "our-library", files, TODAY, now_ms())
    time.sleep(1.1)  # the server looks for new publications every second
    places, lesson = {"quiz": f"{LESSON}/quiz"}, ""
    for marks, name in re.findall(r"^(##+) .*\{#([a-z0-9-]+)\}$", files[MODULE].decode(), re.MULTILINE):
        lesson = name if marks == "##" else lesson
        places.setdefault(name, f"{LESSON}/{lesson}?step={name}")
    return places


def a_learner(site: Site, browser: Browser) -> Person:
    """Somebody new, on a phone whose screen is fine."""
    who = Person(site, browser.new_page(base_url=site.url, viewport=PHONE, device_scale_factor=2, has_touch=True))
    who.open("/sign-up")
    who.sign_up("Kim", "kim")
    return who


def show(who: Person, path: str, doing: Doing | None = None) -> None:
    who.open(path)
    if doing:
        doing(who)
        who.page.wait_for_load_state()
    who.page.evaluate("scrollTo(0, 0)")


def keep(page: Page, name: str, height: float = 0) -> None:
    """The upper part of a page as WebP, smaller until it is small enough."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    height = height or min(TALLEST, page.evaluate(_LOWEST) + 16)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    for quality in range(85, 20, -10):
        asked = {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True}
        data = b64decode(page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)["data"])
        if len(data) < MOST_BYTES:
            (PICTURES / f"{name}.webp").write_bytes(data)
            print(f"{name}.webp: {len(data):,} bytes, quality {quality}")
            return
    raise SystemExit(f"{name} does not become smaller than {MOST_BYTES:,} bytes")


def two_screens(site: Site, browser: Browser) -> None:
    """For the README: a step to read, and a question that says why."""
    phone = browser.new_page(base_url=site.url, viewport=PHONE, device_scale_factor=2, has_touch=True)
    who, shots = Person(site, phone), []
    for path, doing in ((LOCK, None), (f"{LOCK}?step=q-lock-pin", chosen("The same number six times"))):
        show(who, path, doing)
        shots.append(b64encode(phone.screenshot()).decode())
    framed = "".join(f'<img src="data:image/png;base64,{it}">' for it in shots)
    style = "body{margin:8px;display:flex;gap:16px}img{width:360px;border:2px solid #17231f;border-radius:12px}"
    sheet = browser.new_page(viewport={"width": 760, "height": 660}, device_scale_factor=1.25)
    sheet.set_content(f"<style>{style}</style>{framed}")
    keep(sheet, "lesson", 660)


def a_group(site: Site, browser: Browser) -> None:
    """For the README: a facilitator's group on a laptop."""
    who = Person(site, browser.new_page(base_url=site.url, viewport={"width": 1000, "height": 700}))
    who.sign_in("femi")
    who.page.wait_for_load_state()
    show(who, "/teach/groups/demo-3")
    keep(who.page, "group", 700)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else a_port())
