"""The compiler fed with its own cases, spoilt: whatever comes of it, there are true words for it and no exception.

The seeds are every case of `cases/`; what a run finds is mended, and kept below. The same inputs come each
time: `LMS_FUZZ` sets how many, for a longer hunt.
"""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lms.content.compile import compile as compile_course
from lms.content.compiled import compiled_json
from lms.content.freeze import freeze
from lms.content.problems import Severity
from lms.content.sanitise import read_again
from tests.content.casefiles import all_cases
from tests.content.test_sanitise import _pieces

SEEDS = [case.files for case in all_cases()]
LINES = sorted(
    {line for files in SEEDS for data in files.values() for line in data.decode("utf-8", "replace").split("\n")}
)
PIECES = st.sampled_from(LINES) | st.sampled_from(re.findall(r"\S+\s?", "\n".join(LINES))) | st.text(max_size=6)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES | PIECES.map("\n{}\n".format)), max_size=6)
STEADY = settings(
    max_examples=int(os.environ.get("LMS_FUZZ", "400")),
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def hold(files: dict[str, bytes]) -> None:
    compiled = compile_course(files)
    errors = [it for it in compiled.problems if it.severity is Severity.ERROR]
    assert (compiled.course is None) == bool(errors)
    for problem in compiled.problems:
        lines = re.split(r"\r\n?|\n", files.get(problem.file, b"").decode("utf-8", "replace"))
        assert 1 <= problem.line <= len(lines), problem
        assert str(problem).isprintable(), problem
        assert problem.message, problem
        assert problem.instead, problem
    if compiled.course:
        release = freeze(compiled.course).release
        assert release is None or compiled_json(release)
        assert not any(read_again(html) for html in (_pieces(release) if release else ()))


FOUND = [
    {"course.md": b"---\ncourse: c\nlang: en\norder: m\n---", "m.md": b"---\nmodule: m\nlang: en\n---"},
]
"""What runs have found, mended since."""


@pytest.mark.parametrize("files", FOUND)
def test_what_was_found_stays_mended(files: dict[str, bytes]) -> None:
    hold(files)


@STEADY
@given(st.sampled_from(SEEDS), st.integers(0, 5), EDITS)
def test_a_spoilt_case_gives_problems_or_a_sound_release(files: dict[str, bytes], which: int, edits: list) -> None:
    path = sorted(files)[which % len(files)]
    text = files[path].decode("utf-8", "replace")
    for where, length, instead in edits:
        at = int(where * len(text))
        text = text[:at] + instead + text[at + length :]
    hold({**files, path: text.encode("utf-8", "replace")})


@STEADY
@given(st.sampled_from(SEEDS), st.lists(st.sampled_from(LINES), max_size=30))
def test_lines_of_all_cases_in_any_order_do_too(files: dict[str, bytes], lines: list[str]) -> None:
    path = sorted(files)[-1]
    hold({**files, path: b"\n".join([files[path], *(line.encode() for line in lines)])})
