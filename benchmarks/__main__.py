"""Run every benchmark, one after the other: `make bench`, or `python -m benchmarks page record`.

Each is a program of its own beside this file and says what it measures, against which floor, and
whether the goal was met. The exit code is 1 if any goal was missed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = set(wanted) - set(known)
    if unknown:
        print(f"No benchmark is called {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    missed = []
    for name in wanted or known:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, HERE / f"bench_{name}.py"], check=False).returncode:
            missed.append(name)
    print(f"\nGoals missed: {', '.join(missed)}" if missed else "\nEvery goal was met.")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
