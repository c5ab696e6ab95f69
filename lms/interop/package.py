"""A data package: tables as CSV in one zip, with a README for people and `datapackage.json` for software.

In: tables whose rows may be generators. Out: a zip written as the rows come, in memory that does not
grow with them. The same tables give the same bytes on any day: the zip carries no clock, its files
have a fixed order, and they are stored as they are, since another version of a compressor could make
other bytes of them. Format: Data Package 1 (specs.frictionlessdata.io), tabular resources.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from lms.interop.cells import Cell, csv_chunks

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest a zip can say."""


@dataclass(frozen=True)
class Field:
    """A column. `type` and `constraints` are Table Schema's."""

    name: str
    type: str
    description: str
    constraints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One CSV file. `key`: the columns that tell its rows apart; `missing`: what stands for no value."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    missing: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Package:
    """What goes into one zip."""

    name: str
    title: str
    description: str
    readme: str
    tables: tuple[Table, ...]
    keywords: tuple[str, ...] = ()


def write(package: Package, out: IO[bytes], compressed: bool = False) -> None:
    """Write a package's zip. `compressed` ones are smaller, and the same only where zlib is the same."""
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w") as zipped:
        _add(zipped, "README.txt", [package.readme.encode()], kind)
        resources = [_add_table(zipped, table, kind) for table in sorted(package.tables, key=lambda table: table.name)]
        described = _described(package, resources)
        text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
        _add(zipped, "datapackage.json", [text.encode()], kind)


def _add_table(zipped: zipfile.ZipFile, table: Table, kind: int) -> dict[str, Any]:
    """Write a table's file; returns the resource that describes it, with its size and hash."""
    path = f"data/{table.name}.csv"
    names = [column.name for column in table.fields]
    size, digest = _add(zipped, path, csv_chunks(names, table.rows), kind)
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": path,
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": {
            "fields": [_field(column) for column in table.fields],
            "primaryKey": list(table.key),
            "missingValues": list(table.missing),
        },
    }


def _field(column: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.description}
    return described | ({"constraints": dict(column.constraints)} if column.constraints else {})


def _described(package: Package, resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    about: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": package.name,
        "title": package.title,
        "description": package.description,
    }
    keywords = {"keywords": list(package.keywords)} if package.keywords else {}
    return about | keywords | {"resources": list(resources)}


def _add(zipped: zipfile.ZipFile, path: str, chunks: Iterable[bytes], kind: int) -> tuple[int, str]:
    """Write one file as its parts come; returns its size and hash."""
    entry = zipfile.ZipInfo(path, _NO_TIME)
    entry.compress_type = kind
    entry.create_system = 3  # Unix, wherever it is made
    entry.external_attr = 0o644 << 16
    size, digest = 0, hashlib.sha256()
    with zipped.open(entry, "w") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()
