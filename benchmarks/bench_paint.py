"""First paint: how long a phone on a poor line shows nothing, and the bytes of a page.

    python benchmarks/bench_paint.py                 # five visits to each page
    python benchmarks/bench_paint.py --visits 3

Chromium with 400 ms of latency, 400 kbit/s and a sixth of this machine's speed looks at ours and at the floors of
`paint_floor.py`, in turn; cold with an empty cache, warm with what it kept. It models neither DNS nor TLS: a real
first visit adds about three round trips to ours and to every floor.
Goals: cold at most 1.2 times the small floor on every page, which where nothing else runs takes 1,250 ms: so a page is
seen within 1,500 ms; HTML + CSS under 14 kB.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.bench_page import PASSWORD, Server, serving, sign_in_ours  # noqa: E402

GOAL, GOAL_BYTES = 1.2, 14 * 1024
LATENCY_MS, BITS_A_SECOND, SLOWER = 400, 400_000, 6
LESSON = "/courses/coding-basics/what-code-is/code-around-you?step=q-runs-on-code"
QUIZ = "/courses/social-media/a-safe-account/quiz"
PAGES = {
    "front, signed out": ("", "/"),
    "sign in": ("", "/sign-in"),
    "today": ("lena", "/"),
    "lesson": ("lena", LESSON),
    "quiz question": ("lena", QUIZ),
}
FLOORS = ("small", "inlined", "full")


@dataclass
class Seen:
    """What visits to one page came to."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    nbytes: int = 0

    def __str__(self) -> str:
        cold, warm = statistics.median(self.cold), statistics.median(self.warm)
        return f"cold {cold:.0f} ms ({min(self.cold):.0f} - {max(self.cold):.0f}), warm {warm:.0f} ms, {self.nbytes} B"

    def against(self, floor: Seen) -> float:
        """The middle of the ratios of visits that were made one after the other."""
        return statistics.median(ours / its for ours, its in zip(self.cold, floor.cold, strict=True))


def visit(browser: Browser, url: str, cookies: list[dict[str, str]], seen: Seen) -> None:
    """Look at a page as somebody new to it, and again."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-GB")
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    asked = _on_a_poor_line(context, page)
    seen.cold.append(_first_paint(page, url))
    seen.nbytes = sum(asked.values())
    page.goto("about:blank")
    seen.warm.append(_first_paint(page, url))
    context.close()


def _on_a_poor_line(context: BrowserContext, page: Page) -> dict[str, int]:
    """Slow the page down; gives the bytes of each document and style sheet as they come."""
    session: CDPSession = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    took: dict[str, int] = {}
    session.on("Network.responseReceived", lambda it: kinds.setdefault(it["requestId"], it["type"]))
    session.on(
        "Network.loadingFinished",
        lambda it: (
            took.update({it["requestId"]: int(it["encodedDataLength"])})
            if kinds.get(it["requestId"]) in ("Document", "Stylesheet")
            else None
        ),
    )
    session.send("Network.enable")
    line = {"latency": LATENCY_MS, "downloadThroughput": BITS_A_SECOND / 8, "uploadThroughput": BITS_A_SECOND / 8}
    session.send("Network.emulateNetworkConditions", {"offline": False, **line})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return took


def _first_paint(page: Page, url: str) -> float:
    page.goto(url)
    told = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    page.wait_for_function(f"() => {told} > 0") if not page.evaluate(told) else None
    return float(page.evaluate(told))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=5)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        with ExitStack() as open_:
            return _report(*_measure(options.visits, folder, open_))
    finally:
        shutil.rmtree(folder)


def _measure(visits: int, folder: Path, open_: ExitStack) -> tuple[dict[str, Seen], dict[str, Seen]]:
    environ = {"LMS_VAR": str(folder / "var"), "LMS_DEMO_PASSWORD": PASSWORD, "LMS_SECRET_KEY": os.urandom(32).hex()}
    demo = [sys.executable, "-m", "lms", "demo"]
    subprocess.run(demo, cwd=ROOT, env={**os.environ, **environ}, check=True, stdout=subprocess.DEVNULL)
    _begin_a_quiz(folder / "var")
    ours = open_.enter_context(serving("lms.web.app:create_app()", environ, folder))
    floor = open_.enter_context(serving("benchmarks.paint_floor:create_app()", {}, folder))
    sign_in_ours(ours, "lena")
    browser = open_.enter_context(sync_playwright()).chromium.launch(
        executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
        args=["--no-sandbox", "--disable-gpu"],
    )
    open_.callback(browser.close)
    pages, floors = {name: Seen() for name in PAGES}, {name: Seen() for name in FLOORS}
    for _ in range(visits):
        for name, seen in floors.items():
            visit(browser, f"http://127.0.0.1:{floor.port}/{name}", [], seen)
        for name, (who, path) in PAGES.items():
            visit(browser, f"http://127.0.0.1:{ours.port}{path}", _cookies(ours) if who else [], pages[name])
    return pages, floors


def _cookies(server: Server) -> list[dict[str, str]]:
    name, _, value = server.cookie.partition("=")
    return [{"name": name, "value": value, "url": f"http://127.0.0.1:{server.port}"}]


def _begin_a_quiz(var: Path) -> None:
    """So that its page is a question."""
    import time

    from lms.services import quiz
    from lms.services.courses import Catalogue
    from lms.services.stores import open_store
    from lms.settings import LONDON

    store, at_ms = open_store(f"sqlite:///{var}/lms.db", var), time.time_ns() // 1_000_000
    catalogue = Catalogue(store)
    with store.read() as db:
        (person_id,) = db.exec_driver_sql("select person_id from people where username = 'lena'").one()
    shape = catalogue.shelf(at_ms).course("social-media")
    quiz.start(store, catalogue, shape, "a-safe-account", person_id, 1, at_ms, LONDON)
    store.close()


def _report(pages: dict[str, Seen], floors: dict[str, Seen]) -> int:
    for name, seen in floors.items():
        print(f"     floor, {name}: {seen}")
    met = True
    for name, seen in pages.items():
        ratio = seen.against(floors["small"])
        good = ratio <= GOAL and seen.nbytes < GOAL_BYTES
        met &= good
        print(f"{'ok  ' if good else 'MISS'} {name}: {seen}; {ratio:.2f} of the small floor")
    print(f"Goals: cold at most {GOAL} of the small floor, HTML + CSS under {GOAL_BYTES} B.")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
