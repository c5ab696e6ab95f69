"""A full disk: nothing half is written, it has a name of its own, and with room again it goes on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.found import ROOT


def own_mounts() -> list[str]:
    """The command that gives a program mounts of its own: root's, or a user's where users may."""
    for way in (["--mount"], ["--mount", "--user", "--map-root-user"]):
        command = ["unshare", *way]
        if (
            shutil.which("unshare")
            and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode
        ):
            return command
    pytest.skip("a small disk can be made only by root, or where users may have mounts of their own (unshare)")


def test_a_disk_that_fills_up_loses_nothing_and_goes_on_when_there_is_room(tmp_path: Path):
    command = [*own_mounts(), sys.executable, "-m", "tests.faults.disk", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    before, after = found["before"], found["after"]
    assert found["refused"] == 20
    assert before["told"] > 100
    assert (before["lost"], before["wrong"], after["lost"], after["wrong"]) == (0, [], 0, [])
    assert before["kept"] == before["told"], "a refused batch leaves nothing"
    assert after["kept"] == after["told"] > before["told"]


def test_a_site_on_a_full_disk_is_read_on_and_says_so_until_there_is_room(tmp_path: Path):
    command = [*own_mounts(), sys.executable, "-m", "tests.faults.fullsite", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["before"] == [303, False]
    assert found["full"] == [507, True, 200, 507, True]
    assert found["after"] == [303, False]
