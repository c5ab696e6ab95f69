"""The rules are pure: no network, no database, no web, no clock but the one they are given."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
IMPORTS = """
import importlib, pkgutil, sys
sys.addaudithook(lambda name, _: name.startswith(("socket.", "sqlite3.")) and sys.exit(f"{name} while importing"))
import lms.learning
for module in pkgutil.iter_modules(lms.learning.__path__):
    importlib.import_module(f"lms.learning.{module.name}")
heavy = {"alembic", "bleach", "cryptography", "flask", "markdown_it", "PIL", "sqlalchemy", "sqlite3", "xlsxwriter"}
print(*sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""


def test_no_socket_can_be_opened_while_rules_are_tested():
    with pytest.raises(RuntimeError, match="asked for the network"):
        socket.socket()
    with pytest.raises(RuntimeError, match="asked for the network"):
        socket.create_connection(("127.0.0.1", 9))


def test_the_rules_load_without_the_web_the_database_or_the_compiler():
    command = [sys.executable, "-c", IMPORTS]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "", "")
