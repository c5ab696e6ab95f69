"""Checks of Code steps tried out: the answer must meet them all, and the start must not.

What has been read of a file in; a fault for each check its own answer does not meet, and where
nothing is left to do. What only a browser can tell (scripts, pressing, other selectors) is let
pass. Python is run only where the caller allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lms.content.course import Coding
from lms.content.htmltree import Page, read_page, read_selector
from lms.content.likeness import matches
from lms.content.manuscript import Coded, Manuscript
from lms.content.plan import CodeCheck, KeyPattern, Looks
from lms.content.pythonruns import Ran, run_python
from lms.content.styles import Styles, read_styles


@dataclass(frozen=True)
class Verdict:
    """`met` is None where it can't be told here; `found` is what there was instead."""

    met: bool | None
    found: str = ""
    fatal: bool = False
    """The code itself does not run: no other check needs to say so again."""


Judge = Callable[[CodeCheck], Verdict]
UNKNOWN = Verdict(None)


def check_codes(ms: Manuscript, run_code: bool) -> None:
    """Try every Code step of a file."""
    for coded in ms.codes:
        _check_code(ms, coded, run_code)


def _check_code(ms: Manuscript, coded: Coded, run_code: bool) -> None:
    checks = coded.coding.checks
    judge = _judge(coded.coding, run_code, answer=True)
    before = ms.faults.errors
    for line, check in zip(coded.check_lines, checks, strict=True):
        verdict = judge(check)
        if verdict.met is False:
            message = f"the answer does not meet this check: {verdict.found}."
            ms.faults.error(line, "code-answer-fails", message, "Mend the answer, or the check.")
        if verdict.fatal:
            break
    if ms.faults.errors == before and _meets_all(_judge(coded.coding, run_code, answer=False), checks):
        message = "what the code starts from meets every check already."
        instead = "Take something out of the start, or add a check that it does not meet."
        ms.faults.error(coded.line, "code-start-passes", message, instead)


def _meets_all(judge: Judge, checks: Sequence[CodeCheck]) -> bool:
    return all(judge(check).met for check in checks)


def _judge(coding: Coding, run_code: bool, answer: bool) -> Judge:
    """A judge of the answer, or of the start."""
    texts = {it.language: it.start if it.answer is None or not answer else it.answer for it in coding.snippets}
    python = texts.get("python")
    page = read_page(texts["html"]) if "html" in texts and "js" not in texts else None
    styles = read_styles(page, texts.get("css", "")) if page else None

    @lru_cache(maxsize=8)
    def ran(typing: tuple[str, ...]) -> Ran:
        return run_python(python or "", typing)

    def judge(check: CodeCheck) -> Verdict:
        if check.looks in (Looks.EXISTS, Looks.SAYS, Looks.HAS):
            return _of_page(check, page, styles) if page and not check.pressing else UNKNOWN
        if python is None or not run_code:
            return UNKNOWN
        return _prints(check, ran(check.typing)) if check.looks == Looks.PRINTS else _runs(check, python)

    return judge


def _of_page(check: CodeCheck, page: Page, styles: Styles | None) -> Verdict:
    selector = read_selector(check.at)
    if selector is None:
        return UNKNOWN
    nodes = page.select(selector)
    if check.looks == Looks.EXISTS:
        times = "once" if len(nodes) == 1 else f"{len(nodes)} times"
        return Verdict(len(nodes) >= check.times, f"`{check.at}` exists {times}")
    if not nodes:
        return Verdict(False, f"there is no `{check.at}`")
    if check.looks == Looks.SAYS:
        said = [node.text for node in nodes]
        return Verdict(any(_says(check, text) for text in said), f'`{check.at}` says "{_short(said[0])}"')
    if styles is None:
        return UNKNOWN
    has = [styles.has(node, check.property, check.value) for node in nodes]
    met = True if True in has else None if None in has else False
    return Verdict(met, f"the `{check.property}` of `{check.at}` is not `{check.value}`")


def _says(check: CodeCheck, text: str) -> bool:
    if not check.value:
        return bool(text.strip())
    return matches(KeyPattern(check.value, check.exact), text)


def _prints(check: CodeCheck, ran: Ran) -> Verdict:
    """A line it prints, or all of it, is what the check says; what `input` asks with is not printed."""
    if ran.error:
        return Verdict(False, _stops(ran), fatal=not check.typing)
    texts = [ran.printed, *ran.printed.splitlines()]
    found = f'it prints "{_short(ran.printed)}"' if ran.printed.strip() else "it prints nothing"
    return Verdict(any(_says(check, text) for text in texts), found)


def _runs(check: CodeCheck, python: str) -> Verdict:
    if check.looks == Looks.GIVES:
        ran = run_python(python, gives=(check.at, check.value))
        return Verdict(bool(ran.gives), _stops(ran) if ran.error else f"it gives {_short(ran.value)}")
    ran = run_python(python, then=check.value)
    return Verdict(not ran.error, _stops(ran))


def _stops(ran: Ran) -> str:
    return f"the code stops with {_short(ran.error)}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return (words if len(words) <= 60 else f"{words[:57]}...").rstrip(".")
