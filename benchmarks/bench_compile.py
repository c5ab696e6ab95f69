"""Compile a large made-up course cold, sanitising included, against its parser alone.

    python benchmarks/bench_compile.py                 # 2,000 lessons, five rounds
    python benchmarks/bench_compile.py --lessons 200 --rounds 3
    python benchmarks/bench_compile.py --profile       # where the time goes

Each round starts fresh processes on one core, one after the other: markdown-it-py parsing and
rendering every file; ours reading, checking, freezing, sanitising and writing the JSON; and the
parser once more, so that a machine that grows busier is not taken for a slower compiler. What is
compared is the processor time of whole processes, imports included; both find their bytecode, as
installed programs do. Goal: at most 2 times.

Last, one module of the same course, published and with its `names.lock`, is changed, and what
`lms check` waits for is done again, then what `lms publish` does up to the database: compiling,
judging the names, pressing the pages; publishing puts the whole release together too. All else is
kept in files (`lms/content/cache.py`, `pressed.py`). Reading the course's files is not counted. Goal
of a check: a fifteenth of what parsing the whole course takes, which is 300 ms where nothing else runs.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

GOAL = 2.0
WARM_GOAL = 1 / 15
LESSONS_A_MODULE = 10
WORDS = re.findall(
    r"\w+",
    "about account after again always answer app back before bank browser button call card change charge check "
    "choose click close code computer copy delete device email every family file find first folder friend help "
    "home inbox keep know learn letter link list lock long look made mail make message money name need never "
    "new next nobody number often old online open page password people phone photo picture place press private "
    "read ready real safe save screen search secret see send share short sign site slow someone start stop "
    "sure tablet take talk text thing think three time today together trust turn update video wait walk week "
    "where word ",
)
PADLOCK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 113"><path d="M0 0h9"/></svg>'


def main() -> int:
    options = _options()
    if options.part:
        return _child(options.part, Path(options.folder))
    with tempfile.TemporaryDirectory() as whole:
        folder = Path(whole) / "course"
        words = write_course(folder, options.lessons)
        print(f"{options.lessons} lessons of {words / options.lessons:.0f} words, one core")
        if options.profile:
            return _profile(folder)
        _write_bytecode(Path(whole) / "small")
        rounds = [_round(number, folder) for number in range(1, options.rounds + 1)]
        before, (check_s, publish_s), after = _spent("parser", folder), _one_changed(folder), _spent("parser", folder)
        floor = (before[0] + after[0]) / 2
        check, publish = check_s / floor, publish_s / floor
    ratio = statistics.median(it.ours / it.floor for it in rounds)
    print(f"compile against the parser alone: {ratio:.2f} (median of {len(rounds)}); goal at most {GOAL}")
    print(f"memory at most: parser alone {rounds[-1].least:.0f} MB, compile {rounds[-1].most:.0f} MB")
    said = f"{check_s * 1000:.0f} ms, 1/{1 / check:.0f} of the parser alone; goal 1/{1 / WARM_GOAL:.0f}"
    print(f"one changed module, the others kept (medians): check {said}")
    print(f"  the whole release, as for publishing: {publish_s * 1000:.0f} ms, 1/{1 / publish:.0f}")
    return 0 if ratio <= GOAL and check <= WARM_GOAL else 1


@dataclass(frozen=True)
class _Round:
    """Seconds and megabytes of the parser alone, and of ours."""

    floor: float
    ours: float
    least: float
    most: float


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--part", choices=("parser", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


def _round(number: int, folder: Path) -> _Round:
    (before, least), (ours, most), (after, _) = (_spent(part, folder) for part in ("parser", "ours", "parser"))
    floor = (before + after) / 2
    memory = f"at most {least:.0f} and {most:.0f} MB of memory"
    print(
        f"  round {number}: parser alone {floor:.2f} s, compile {ours:.2f} s, ratio {ours / floor:.2f}; {memory}",
        flush=True,
    )
    return _Round(floor, ours, least, most)


def _one_changed(folder: Path) -> tuple[float, float]:
    """Seconds of a check, and of a release, after one module changed; the run before kept the others in files."""
    from lms.content.lock import LOCK, lock_text
    from lms.services import compiling
    from lms.services.kept import KeptFiles

    day = date(2026, 11, 22)
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    with tempfile.TemporaryDirectory() as home:
        release = compiling.compile_release("", files, day, KeptFiles(Path(home), 0.0))
        files[LOCK] = lock_text("large", release.names).encode()

        def check() -> None:
            compiling.check(files, day, cache=KeptFiles(Path(home), 0.0))

        def publish() -> None:
            compiling.compile_release("", files, day, KeptFiles(Path(home), 0.0))

        check()
        return _after_changes(files, "Check", check), _after_changes(files, "Publish", publish)


def _after_changes(files: dict[str, bytes], word: str, work: Callable[[], None]) -> float:
    """Seconds that work takes, the median of five, each after a change nobody has made before."""
    spent: list[float] = []
    for number in range(5):
        files["module-1.md"] = files["module-1.md"].replace(b"\n## ", f"\n## {word} {number}, ".encode(), 1)
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def _write_bytecode(folder: Path) -> None:
    """Run both once on a small course, which nobody measures."""
    write_course(folder, LESSONS_A_MODULE)
    for part in ("parser", "ours"):
        _spent(part, folder)


def _environ(folder: Path) -> dict[str, str]:
    """Bytecode is written beside the course and found there, whatever this shell says of it."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ours = {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode")}
    return environ | ours


def _spent(part: str, folder: Path) -> tuple[float, float]:
    """Seconds a fresh process spends on one core, from its start to its end, and the most memory it held, in MB."""
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder)]
    process = subprocess.Popen(command, env=_environ(folder))
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the process for {part} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _child(part: str, folder: Path) -> int:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    return {"parser": _parser_alone, "ours": _ours}[part](files)


def _parser_alone(files: dict[str, bytes]) -> int:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("gfm-like2", {"linkify": False, "strikethrough_single_tilde": False, "maxNesting": 100})
    for path, data in files.items():
        if path.endswith(".md"):
            parser.render(data.decode())
    return 0


def _ours(files: dict[str, bytes]) -> int:
    from lms.content.collector import collector_paused
    from lms.content.compile import compile as compile_course
    from lms.content.compiled import compiled_json
    from lms.content.freeze import freeze

    with collector_paused():  # as `lms compile` and publishing do
        compiled = compile_course(files)
        if compiled.course is None:
            raise SystemExit("\n".join(map(str, compiled.problems[:5])))
        frozen = freeze(compiled.course)
    if frozen.release is None:
        raise SystemExit("\n".join(map(str, frozen.problems[:5])))
    return 0 if compiled_json(frozen.release) else 1


def _profile(folder: Path) -> int:
    import cProfile
    import pstats

    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    with cProfile.Profile() as profile:
        _ours(files)
    pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    return 0


def write_course(folder: Path, lessons: int) -> int:
    """Write a course of that many lessons; the same one each time. Gives how many words its lessons have."""
    folder.mkdir(exist_ok=True)
    chance = random.Random(2026)
    modules = [f"module-{number}" for number in range(1, -(-lessons // LESSONS_A_MODULE) + 1)]
    (folder / "padlock.svg").write_bytes(PADLOCK)
    (folder / "glossary.md").write_text("# Words\n\n## Browser {#browser}\n\nAn app that opens *web pages*.\n")
    order = ", ".join(modules)
    (folder / "course.md").write_text(
        f"---\ncourse: large\nlang: en\norder: {order}\n---\n# A large course\n\nHello.\n"
    )
    words = 0
    for number, module in enumerate(modules):
        count = min(LESSONS_A_MODULE, lessons - number * LESSONS_A_MODULE)
        text = "\n\n".join(_lesson(chance, number) for number in range(count))
        words += len(text.split())
        (folder / f"{module}.md").write_text(f"---\nmodule: {module}\nlang: en\n---\n# {_title(chance)}\n\n{text}\n")
    return words


def _lesson(chance: random.Random, number: int) -> str:
    """About 624 words: four steps to read, with a link, picture, term or callout here and there, and a question."""
    parts = [f"## {_title(chance)} {{#lesson-{number}}}\n\n- Skills: eds-2022/F7"]
    extras = [_list(chance), _callout(chance), _picture(chance) if chance.random() < 0.6 else _link(chance, number)]
    for step in range(4):
        parts.append(f"### {_title(chance)} {{#step-{number}-{step}}}\n\n{_paragraph(chance, 62)}")
        parts.append(_paragraph(chance, 62))
        parts.extend(extras[step : step + 1])
    return "\n\n".join([*parts, _question(chance, number)])


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def _title(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=3)).capitalize()


def _paragraph(chance: random.Random, words: int) -> str:
    """Sentences over several lines, some with a word in bold, italics or code."""
    typed = " ".join(_sentence(chance, 10 + words % 3) for _ in range(words // 11)).split()
    if chance.random() < 0.6:
        mark = chance.choice(("**", "*", "`"))
        typed[5] = f"{mark}{typed[5]}{mark}"
    return "\n".join(" ".join(typed[start : start + 16]) for start in range(0, len(typed), 16))


def _list(chance: random.Random) -> str:
    return "\n".join(f"- {_sentence(chance, 6)}" for _ in range(4))


def _callout(chance: random.Random) -> str:
    return f"> [!TIP]\n> {_sentence(chance, 14)}"


def _picture(chance: random.Random) -> str:
    return f"![{_sentence(chance, 6)}](padlock.svg)"


def _link(chance: random.Random, number: int) -> str:
    if chance.random() < 0.5:
        return f"Open it in your [browser](glossary.md#browser). {_sentence(chance, 9)}"
    return (
        f"Read [what the makers say](https://www.example.org/{number}/{chance.randrange(9999)}). {_sentence(chance, 9)}"
    )


def _question(chance: random.Random, number: int) -> str:
    options = "\n".join(f"- [{mark}] {_sentence(chance, 5)}\n  > {_sentence(chance, 7)}" for mark in " x ")
    return f"### Question: {_sentence(chance, 7)} {{#question-{number}}}\n\n{options}\n- Hint: {_sentence(chance, 6)}"


if __name__ == "__main__":
    raise SystemExit(main())
