"""A code to scan: an address as one path of small squares, drawn into the page itself."""

from __future__ import annotations

from dataclasses import dataclass

BORDER = 4
"""Modules of quiet ground round it: readers need them."""


@dataclass(frozen=True)
class Scan:
    """A square `size` modules wide, and the path of its dark ones."""

    size: int
    path: str


def scan(address: str) -> Scan:
    """The QR code of an address. Each run of dark modules in a row is one rectangle."""
    import segno

    rows = [bytes(row) for row in segno.make_qr(address, error="m").matrix]
    path = "".join(_runs(row, y + BORDER) for y, row in enumerate(rows))
    return Scan(len(rows) + 2 * BORDER, path)


def _runs(row: bytes, y: int) -> str:
    out, start = [], -1
    for x, dark in enumerate((*row, 0)):
        if dark and start < 0:
            start = x
        elif not dark and start >= 0:
            out.append(f"M{start + BORDER} {y}h{x - start}v1h-{x - start}z")
            start = -1
    return "".join(out)
