"""Code: a little program or page that a learner mends, and how it is told that she did.

What is marked `start`, `answer` and `check` behind the language of a fence, taken off what is shown:
only what it starts from stays on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from lms.content.checks import read_check
from lms.content.course import Coding, Snippet
from lms.content.headings import Section
from lms.content.items import Item, of_word
from lms.content.manuscript import Coded, Manuscript, first_line, top_blocks
from lms.content.plan import CodeCheck, Looks
from lms.content.words import FENCES, Value, Word

MOST_CHECKS = 50
LANGUAGES = ("html", "css", "js", "python")
_ALSO = {"javascript": "js", "py": "python", "python3": "python", "htm": "html", "xhtml": "html"}
_OF_A_PAGE = (Looks.EXISTS, Looks.SAYS, Looks.HAS)


@dataclass
class _Fences:
    """The fences of a step that have a second word: role -> language -> its token."""

    of: dict[Value, dict[str, Token]] = field(default_factory=lambda: {role: {} for role in FENCES})

    def texts(self, role: Value) -> dict[str, str]:
        return {language: token.content for language, token in self.of[role].items()}


def read_code(ms: Manuscript, section: Section, items: Sequence[Item]) -> Coding | None:
    """What a Code step starts from and may become; None after saying what is wrong with it."""
    before = ms.faults.errors
    fences = _take_fences(ms, section)
    written = [(item.line, read_check(ms, item)) for item in of_word(items, Word.CHECK)]
    checks = [(line, check) for line, check in written if check]
    checks += [(first_line(it), _runs(it)) for it in fences.of[Value.CHECK].values()]
    if ms.translates and not checks and not any(fences.of.values()):
        return Coding((), ())  # its source's
    if ms.faults.errors == before:
        _check_whole(ms, section, fences, checks)
    if ms.faults.errors > before:
        return None
    coding = Coding(_snippets(fences), tuple(check for _, check in checks))
    start = next(iter(fences.of[Value.START].values()))
    ms.codes.append(Coded(first_line(start), coding, tuple(line for line, _ in checks)))
    return coding


def _runs(fence: Token) -> CodeCheck:
    return CodeCheck(Looks.RUNS, fence.info.strip(), value=fence.content)


def _snippets(fences: _Fences) -> tuple[Snippet, ...]:
    answers = fences.texts(Value.ANSWER)
    starts = fences.texts(Value.START)
    return tuple(Snippet(it, starts[it], answers.get(it)) for it in LANGUAGES if it in starts)


def _take_fences(ms: Manuscript, section: Section) -> _Fences:
    """Take the answers and checks off a section, whose starts stay shown."""
    found = _Fences()
    tokens, kept = section.tokens, []
    for start, end in top_blocks(tokens):
        role = _enter(ms, found, tokens[start]) if tokens[start].type == "fence" else None
        if role in (None, Value.START):
            kept += tokens[start:end]
        for token in tokens[start + 1 : end]:
            _no_fence_inside(ms, token)
    section.tokens = kept
    return found


def _no_fence_inside(ms: Manuscript, token: Token) -> None:
    if token.type == "fence" and len(token.info.split()) > 1:
        message = f'"{token.info.strip()[:40]}" stands in a list or a quote.'
        ms.faults.error(first_line(token), "code-place", message, "Start its marks at the start of the line.")


def _enter(ms: Manuscript, found: _Fences, fence: Token) -> Value | None:
    """Enter a fence by its two words; None where it has only one, or they are wrong."""
    language, *rest = fence.info.split() or [""]
    if not rest:
        return None
    line = first_line(fence)
    role = ms.language.value(" ".join(rest))
    column = ms.source.column(line, rest[0])
    if language not in LANGUAGES:
        message = ms.faults.unknown(f'"{language[:40]}" is not a language of Code', language, LANGUAGES)
        if language.lower() in (*_ALSO, *LANGUAGES):
            right = _ALSO.get(language.lower(), language.lower())
            message = f'"{language}" is not a language of Code; did you mean "{right}"?'
        ms.faults.error(line, "code-language", message, "There are html, css, js and python.", _after(ms, line, fence))
    elif role not in FENCES:
        typed = " ".join(rest)
        message = ms.faults.unknown(f'"{typed[:40]}" says nothing of this code', typed, FENCES)
        ms.faults.error(line, "code-fence", message, "Type start, answer or check.", column)
    elif role == Value.CHECK and language != "python":
        message, instead = "only python has code as a check.", "Write - Check: in the list below."
        ms.faults.error(line, "code-check-language", message, instead, column)
    elif language in found.of[role]:
        message = f"this is the second {language} {role}, after line {first_line(found.of[role][language])}."
        ms.faults.error(line, "code-twice", message, "Join them, or leave one of them out.", column)
    else:
        found.of[role][language] = fence
        return role
    return None


def _after(ms: Manuscript, line: int, fence: Token) -> int:
    return ms.source.line(line).find(fence.markup) + len(fence.markup) + 1


def _check_whole(ms: Manuscript, section: Section, fences: _Fences, checks: Sequence[tuple[int, CodeCheck]]) -> None:
    """Is there all that a Code step needs, and is each check about something it has?"""
    starts, answers = fences.texts(Value.START), fences.texts(Value.ANSWER)
    for language, fence in (*fences.of[Value.ANSWER].items(), *fences.of[Value.CHECK].items()):
        if language not in starts:
            message = f"this {language} has nothing to start from."
            instead = f"Add code that starts with ```{language} start; it may be empty."
            ms.faults.error(first_line(fence), "code-start-missing", message, instead)
            return
    if not answers:
        message = "this Code step has no answer." if starts else "this Code step has no code."
        instead = "Add code behind ```html start and ```html answer, or css, js, python."
        ms.faults.error(section.line, "code-answer-missing", message, instead)
    elif not checks:
        message = "nothing says when this code is right."
        instead = 'Add - Check: under it, such as - Check: `h1` says "Hello".'
        ms.faults.error(section.line, "code-check-missing", message, instead)
    elif len(checks) > MOST_CHECKS:
        message = f"{MOST_CHECKS} checks are the most, and there are {len(checks)}."
        ms.faults.error(checks[MOST_CHECKS][0], "code-checks-many", message, "Make two steps of it.")
    elif all(answer == starts[language] for language, answer in answers.items()):
        line = first_line(next(iter(fences.of[Value.ANSWER].values())))
        message = "the answer is what the code starts from."
        ms.faults.error(line, "code-same", message, "Take out of the start what the learner is to write.")
    else:
        for line, check in checks:
            _check_about(ms, line, check, list(starts))


def _check_about(ms: Manuscript, line: int, check: CodeCheck, languages: Sequence[str]) -> None:
    of_a_page = check.looks in _OF_A_PAGE
    if of_a_page and "html" not in languages:
        message, instead = "this Check looks at a page, and there is no html.", "Add an html start."
        instead = 'Use prints "..." for a program.' if "python" in languages else instead
        ms.faults.error(line, "check-language", message, instead, ms.source.column(line, check.written))
    elif not of_a_page and not {"js", "python"} & set(languages):
        message = "this Check looks at a program, and there is neither js nor python."
        instead = "Say what of the page is right, such as `h1` exists."
        ms.faults.error(line, "check-language", message, instead, ms.source.column(line, check.written))
