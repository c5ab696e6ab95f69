"""A data package: the same bytes for the same tables, and what an independent validator says of it."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lms.interop.package import Field, Package, Table, write

FIELDS = (
    Field("place", "string", "Where.", {"required": True}),
    Field("month", "yearmonth", "When."),
    Field("count", "integer", "How many.", {"minimum": 0}),
)
ROWS = (("E1", "2026-09", 0), ("E1", "2026-10", "[c]"), ("-E2", "2026-10", 125))
TABLES = tuple(Table(name, "A table", FIELDS, ("place", "month"), ROWS, ("", "[c]")) for name in ("later", "earlier"))
PACKAGE = Package("a-package", "A package", "What it is.", "Read me.\n", TABLES, ("made up",))


def made(package: Package = PACKAGE, compressed: bool = False) -> bytes:
    out = io.BytesIO()
    write(package, out, compressed)
    return out.getvalue()


def frictionless(path: Path) -> dict[str, object]:
    """What the validator says: its whole report."""
    command = [str(Path(sys.executable).with_name("frictionless")), "validate", "--json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert (done.returncode == 0) == report["valid"]
    return report


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(made())) as zipped:
        zipped.extractall(tmp_path)
    return tmp_path


def test_the_same_tables_give_the_same_bytes():
    assert made() == made() == made(replace(PACKAGE, tables=TABLES[::-1]))


def test_the_files_are_in_order_uncompressed_and_of_no_date():
    with zipfile.ZipFile(io.BytesIO(made())) as zipped:
        entries = zipped.infolist()
    assert [it.filename for it in entries] == ["README.txt", "data/earlier.csv", "data/later.csv", "datapackage.json"]
    assert {it.date_time for it in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {it.compress_type for it in entries} == {zipfile.ZIP_STORED}
    assert {it.external_attr >> 16 for it in entries} == {0o644}


def test_a_compressed_package_holds_the_same_files():
    with zipfile.ZipFile(io.BytesIO(made())) as one, zipfile.ZipFile(io.BytesIO(made(compressed=True))) as other:
        assert one.namelist() == other.namelist()
        assert all(one.read(name) == other.read(name) for name in one.namelist())
        assert {it.compress_type for it in other.infolist()} == {zipfile.ZIP_DEFLATED}


def test_every_file_is_described_with_its_size_and_hash():
    with zipfile.ZipFile(io.BytesIO(made())) as zipped:
        described = json.loads(zipped.read("datapackage.json"))
        for resource in described["resources"]:
            data = zipped.read(resource["path"])
            assert resource["bytes"] == len(data)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert described["keywords"] == ["made up"]


def test_the_validator_accepts_it_unpacked_and_packed(unpacked, tmp_path):
    (tmp_path / "package.zip").write_bytes(made())
    assert frictionless(unpacked / "datapackage.json")["valid"]
    assert frictionless(tmp_path / "package.zip")["valid"]


def test_the_validator_accepts_a_package_without_rows(tmp_path):
    (tmp_path / "package.zip").write_bytes(made(replace(PACKAGE, tables=(replace(TABLES[0], rows=()),))))
    assert frictionless(tmp_path / "package.zip")["valid"]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("125", "many", "type-error"),
        ("125", "130", "hash-count"),
        ("125", "1250", "byte-count"),
        ("2026-10,[c]", "2026-09,[c]", "primary-key"),
        ("E1,2026-09", ",2026-09", "constraint-error"),
        ("125", "[x]", "type-error"),
    ],
)
def test_the_validator_finds_what_was_changed(unpacked, before, after, fault):
    table = unpacked / "data" / "later.csv"
    table.write_text(table.read_text().replace(before, after, 1))
    report = frictionless(unpacked / "datapackage.json")
    assert not report["valid"]
    assert fault in {error["type"] for task in report["tasks"] for error in task["errors"]}
