"""Instants as these formats write them: UTC, whole seconds, "2026-11-22T09:30:00Z"."""

from __future__ import annotations

from datetime import UTC, datetime


def written(at: datetime) -> str:
    """An instant as text. It has to know its time zone: guessing one would move an award by hours."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
