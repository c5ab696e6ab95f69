"""What is meant to do harm never does, in any slot of any kind of step; in a real browser neither."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from pathlib import Path

import pytest

from lms.content.compile import compile as compile_course
from lms.content.freeze import freeze
from lms.content.release import Release
from lms.web.headers import POLICY
from tests.content.slots import each_slot, escaped, everywhere, in_backticks
from tests.content.test_sanitise import ADDRESSES, HOSTILE, _assert_inert, _pieces

TAKEN = re.compile(r"""^(?:[^<>&"'`]|&(?:amp|lt|gt|quot);)*$""")


def released(files: dict[str, bytes]) -> Release | None:
    """The release of a course, None if compiling refuses it. Where compiling lets it pass, no wall has to hold."""
    compiled = compile_course(files)
    if compiled.course is None:
        assert compiled.problems
        return None
    frozen = freeze(compiled.course)
    assert frozen.release, frozen.problems
    return frozen.release


def strings_of(folder: Path) -> list[str]:
    """The payloads of an outside collection."""
    cases = json.loads((folder / "xss/DOMPurify/expect.json").read_text())
    sheet = (folder / "xss/CheatSheetSeries/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.md").read_text()
    typed = [str(case["payload"]) for case in cases]
    typed += [block.strip("\n") for block in re.findall(r"^```\w*\n(.*?)^```", sheet, re.DOTALL | re.MULTILINE)]
    typed += re.findall(r"`([^`\n]+)`", sheet)
    return sorted({one for one in typed if one.strip()})


def assert_inert(release: Release) -> list[str]:
    pieces = _pieces(release)
    for html in pieces:
        _assert_inert(html)
    return pieces


def shown(payload: str) -> list[str]:
    """The HTML of every page that shows a payload as text: as code, and with each mark escaped."""
    return [html for typed in (in_backticks(payload), escaped(payload)) for html in inert(typed)]


@cache
def inert(typed: str) -> list[str]:
    """The HTML of every page with this typed in every slot, which does nothing; none if it is refused."""
    release = released(everywhere(typed))
    return assert_inert(release) if release else []


def test_the_slots_are_taken_when_what_stands_in_them_is_harmless() -> None:
    assert released(everywhere("word"))
    assert released(everywhere("`<p>`"))
    assert all(released(files) for files in each_slot("word"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_string_is_shown_as_text_or_refused(hostile: str) -> None:
    assert shown(hostile)
    release = released(everywhere(hostile))
    if release:
        assert_inert(release)


@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "javascript:alert(1)"])
def test_no_slot_takes_markup(hostile: str) -> None:
    for files in each_slot(hostile):
        if release := released(files):
            assert_inert(release)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_hostile_address_is_refused_wherever_it_is_typed(address: str) -> None:
    for typed in (f"[words]({address})", f"![words]({address})", f"<{address}>", f"[words](<{address}>)"):
        if release := released(everywhere(typed)):
            assert_inert(release)


def test_the_outside_collection_does_nothing_in_any_slot(corpus: Path) -> None:
    payloads = strings_of(corpus)
    assert len(payloads) > 300
    for payload in payloads:
        shown(payload)
        for typed in (payload, " ".join(payload.split()), f"[words](<{payload}>)"):
            inert(typed)


def page_of(pieces: list[str]) -> str:
    body = "\n".join(f"<section>{html}</section>" for html in dict.fromkeys(pieces))
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Made</title><body>{body}</body></html>'


def payloads_here() -> list[str]:
    from tests.conftest import CORPUS

    return [*HOSTILE, *(strings_of(Path(CORPUS)) if CORPUS else ())]


def test_a_browser_finds_nothing_in_it_to_run_or_to_fetch(chromium) -> None:
    page_text = page_of([html for payload in payloads_here() for html in shown(payload)])
    assert escape("<script>alert(1)</script>", quote=False) in page_text
    seen: list[str] = []
    context = chromium.new_context()
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}

    def answer(route) -> None:
        address = route.request.url
        if address == "https://course.test/":
            route.fulfill(status=200, headers=headers, body=page_text)
            return
        if not re.fullmatch(r"https://course\.test/files/[0-9a-f]{64}|https://course\.test/favicon.ico", address):
            seen.append(f"asked for {address}")
        route.fulfill(
            status=200, headers={"Content-Type": "image/svg+xml"}, body="<svg xmlns='http://www.w3.org/2000/svg'/>"
        )

    context.route("**/*", answer)
    page = context.new_page()
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: seen.append(f"console {message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on("popup", lambda _: seen.append("popup"))
    page.goto("https://course.test/", wait_until="load", timeout=180_000)
    page.mouse.wheel(0, 4000)
    sections = page.locator("section").count()
    active = page.locator("script, iframe, object, embed, style, form, base, meta[http-equiv], link").count()
    handlers = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(it => [...it.attributes].some(a => a.name.startsWith('on') || a.name === 'style')).length"
    )
    assert page.url == "https://course.test/"
    context.close()
    assert sections > 100
    assert (active, handlers, seen) == (0, 0, [])
