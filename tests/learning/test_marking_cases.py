"""The cases that hold the phone's marking to the server's: what the server says to them, and that they are all there.

What the phone says stands in `tests/browser/test_mark.py`.
"""

from __future__ import annotations

import json
from collections import Counter

from lms.content.plan import Kind, Sort, StepPlan
from lms.content.planjson import key_from_json
from lms.learning.answers import ASKED
from lms.learning.marking import mark
from tests.learning.make_marking_cases import FILE, maker

HEAD, *CASES = json.loads(FILE.read_text("utf-8"))


def test_the_server_marks_every_case_as_the_file_says():
    for case in CASES:
        step = StepPlan(
            "q", Kind(case["step"]["kind"]), "", sort=Sort(case["step"]["sort"]) if "sort" in case["step"] else None
        )
        key = key_from_json(case["key"])
        for answer, *said in case["answers"]:
            marked = mark(step, key, tuple(answer) if isinstance(answer, list) else answer)
            assert json.loads(json.dumps([marked.right, marked.feedback, marked.parts])) == said, (case["key"], answer)


def test_there_are_many_cases_of_every_kind_right_and_wrong():
    found: Counter[tuple[str, bool]] = Counter()
    for case in CASES:
        kind = case["step"].get("sort", case["step"]["kind"])
        found.update((kind, right) for _, right, *_ in case["answers"])
    kinds = {*(kind.value for kind in ASKED - {Kind.QUESTION}), *(sort.value for sort in Sort)}
    assert {kind for kind, _ in found} == kinds
    assert min(found[kind, right] for kind in kinds for right in (True, False)) >= 100
    assert FILE.stat().st_size < 400_000


def test_the_cases_were_made_by_what_says_how_they_are_made():
    assert HEAD["maker"] == maker(), "run python -m tests.learning.make_marking_cases"
