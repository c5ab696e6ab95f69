"""The house's own rules: which way imports point, one version everywhere, locks that hold, a whole package."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lms

ROOT = Path(__file__).parent.parent
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", "utf-8")
LINT_IMPORTS = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "setup.cfg"]


@pytest.fixture
def bare_house(tmp_path: Path) -> Path:
    """Every module of the engine by name, each empty: quick to look at, and whatever it holds is on purpose."""
    for source in (ROOT / "lms").rglob("*.py"):
        room = tmp_path / source.relative_to(ROOT)
        room.parent.mkdir(parents=True, exist_ok=True)
        room.touch()
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT_IMPORTS, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_point_one_way():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


def test_an_empty_house_breaks_no_rule(bare_house):
    assert lint_imports(bare_house).returncode == 0


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("content/plan.py", "import lms.learning.events", "Imports point one way"),
        ("learning/events.py", "def f():\n    from lms.store import gate", "Imports point one way"),
        ("services/__init__.py", "import lms.web.app", "Imports point one way"),
        ("cli/serve.py", "def f():\n    from lms.web import app", "Imports point one way"),
        ("store/__init__.py", "import lms.interop", "Imports point one way"),
        ("newroom/__init__.py", "", "Imports point one way"),
        ("learning/events.py", "import sqlalchemy", "The pure layers"),
        ("content/plan.py", "def f():\n    import lms.settings", "The pure layers"),
        ("interop/__init__.py", "from flask import g", "The pure layers"),
        ("store/__init__.py", "import lms.settings", "The store is handed values"),
        ("services/__init__.py", "import flask_login", "Only web knows Flask"),
        ("web/app.py", "from lms.store import gate", "Rows are reached through services"),
        ("cli/store.py", "def f():\n    import sqlalchemy", "Rows are reached through services"),
        ("learning/events.py", "import lms.learning.progress\n", "No two neighbours"),
        ("web/newpage.py", "", "Inside web"),
    ],
)
def test_a_bad_import_is_caught_also_inside_a_function(bare_house, file, line, contract):
    bad = bare_house / "lms" / file
    bad.parent.mkdir(exist_ok=True)
    bad.write_text(line + "\n")
    if contract == "No two neighbours":  # a circle needs its other half
        (bare_house / "lms/learning/progress.py").write_text("import lms.learning.events\n")
    done = lint_imports(bare_house)
    broken = " ".join(re.sub(r"KEPT|BROKEN", r"\g<0>\n", " ".join(done.stdout.split())).splitlines())
    assert done.returncode == 1
    assert re.search(rf"{contract}[^\n]*?BROKEN", broken), done.stdout


def test_the_version_is_the_one_on_top_of_the_changelog():
    heading = next(line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## "))
    assert heading.split()[1] == f"v{lms.__version__}"


def required(*extras: str) -> list[Requirement]:
    lines = CONFIG["options"]["install_requires"].splitlines()
    for extra in extras:
        lines += CONFIG["options.extras_require"][extra].splitlines()
    build = re.search(r"requires = \[(.*)\]", (ROOT / "pyproject.toml").read_text("utf-8"))
    lines += [part.strip(' "') for part in build[1].split(",")]
    return [Requirement(line) for line in lines if line]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    return {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


@pytest.mark.parametrize(("lock", "extras"), [("serve.txt", ["postgres"]), ("test.txt", ["postgres", "test"])])
def test_every_requirement_is_pinned_to_a_version_it_allows(lock, extras):
    pinned = pins(lock)
    wrong = [
        f"{requirement}: {pinned.get(canonicalize_name(requirement.name), 'not pinned')}"
        for requirement in required(*extras)
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"))
    ]
    assert not wrong, f"run `make lock`: {wrong}"


def test_what_is_tested_is_what_is_served():
    tested = pins("test.txt")
    assert {name: tested.get(name) for name in pins("serve.txt")} == pins("serve.txt")


@pytest.mark.parametrize("lock", ["serve.txt", "test.txt"])
def test_a_lock_holds_hashes_and_names_no_place_to_take_things_from(lock):
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    packages = re.findall(r"^[\w.-]+==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert len(packages) == len(pins(lock))
    assert not re.findall(r"^-.*|\S*://\S*", text, re.MULTILINE)


def test_the_lock_of_the_node_packages_holds_hashes_and_names_no_place_to_take_things_from():
    folder = ROOT / "tests/interop/peers"
    wanted = json.loads((folder / "package.json").read_bytes())["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_bytes())["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, entry in locked.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in locked.items() if "resolved" in entry] == []


def test_every_file_of_the_engine_is_in_its_package(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT / "lms", source / "lms", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, source]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    inside = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    assert {str(path.relative_to(source)) for path in source.glob("lms/**/*") if path.is_file()} - inside == set()


@pytest.mark.parametrize("page", ["settings.md", "commands.md"])
def test_the_reference_says_what_the_code_does(page):
    from lms.cli.reference import pages

    assert (ROOT / "docs/reference" / page).read_text("utf-8") == pages()[page], "run `make docs`"


def python_that(folder: Path, answers: str) -> dict[str, str]:
    """An environment whose `python3` is an older or a lesser one than this."""
    (folder / "python3").write_text(f"#!/bin/sh\n{answers}\n")
    (folder / "python3").chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:/usr/bin:/bin", "PYTHON": "python3"}


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (
            'case "$*" in --version) echo Python 3.9.2;; *version_info*) exit 1;; esac',
            r"3\.11 or newer.*Python 3\.9\.2",
        ),
        ('case "$*" in *ensurepip*) exit 1;; esac', "in the package python3-venv"),
        ('case "$*" in "-m venv"*) mkdir .venv; exit 1;; esac', "Nothing was installed"),
    ],
)
def test_a_machine_that_lacks_something_is_told_so_in_one_sentence(tmp_path, answers, says):
    (tmp_path / "bin").mkdir()
    project = tmp_path / "project"
    shutil.copytree(ROOT / "requirements", project / "requirements")
    for name in ("setup.cfg", "pyproject.toml", "Makefile"):
        shutil.copy(ROOT / name, project)
    before = sorted(project.rglob("*"))
    environ = python_that(tmp_path / "bin", answers)
    done = subprocess.run(
        ["make", "-s", "serve"], cwd=project, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert re.search(says, done.stderr)
    assert len([line for line in done.stderr.splitlines() if not line.startswith("make")]) == 1
    assert sorted(project.rglob("*")) == before


def run_under_the_rules(folder: Path, text: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a file of tests under this project's rules about skipping."""
    (folder / "test_some.py").write_text(f"import pytest\n{text}")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, "-q", folder / "test_some.py"]
    return subprocess.run(command, cwd=ROOT, env=clean | settings, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    pytest.skip('no browser')",
        "@pytest.mark.skipif(True, reason='no browser')\ndef test_a():\n    pass",
        "pytest.skip('no browser', allow_module_level=True)",
    ],
)
def test_where_nothing_may_be_left_out_what_is_left_out_fails_and_says_what_is_missing(tmp_path, text):
    assert run_under_the_rules(tmp_path, text).returncode in (0, 5)
    done = run_under_the_rules(tmp_path, text, LMS_NOTHING_SKIPPED="true")
    assert done.returncode in (1, 2)
    assert "no browser" in done.stdout


def test_what_wants_outside_files_is_there_only_with_them(tmp_path):
    text = "def test_a(corpus):\n    assert corpus.is_dir()\ndef test_b():\n    pass"
    assert "1 passed, 1 deselected" in run_under_the_rules(tmp_path, text).stdout
    assert "2 passed" in run_under_the_rules(tmp_path, text, LMS_CORPUS=str(tmp_path)).stdout
