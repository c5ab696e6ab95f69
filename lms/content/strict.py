"""`strict:` of a course: the warnings its author wants taken for errors.

Problems in, the same problems out, with those a course is strict about as errors. Compiling and freezing end with
it, so that `lms check`, a preview and publishing agree on what stops a course.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from lms.content.problems import Problem, Severity

WARNINGS = (
    "address-no-link",
    "captions-style",
    "date-ahead",
    "draft",
    "fact-review",
    "lesson-heavy",
    "lesson-long",
    "lines-run-together",
    "link-vague",
    "name-missing",
    "no-skills",
    "reading-age",
    "translation-behind",
    "translation-missing",
)
"""The codes of every warning there is."""
EVERY = frozenset({"all"})
"""`strict: all`, which holds for warnings that are still to be thought of, too."""


def raised(problems: Iterable[Problem], strict: Collection[str]) -> tuple[Problem, ...]:
    """The same problems, those that a course is strict about as errors."""
    every = strict == EVERY
    return tuple(replace(it, severity=Severity.ERROR) if every or it.code in strict else it for it in problems)
