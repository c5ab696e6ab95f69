"""The lines of `changes`: read as what became of published names. `changes` lets them act."""

from __future__ import annotations

import re
from datetime import date

from lms.content.course import Change
from lms.content.frontmatter import Setting
from lms.content.settings import Settings

_LINE = re.compile(r"(\S+) (\S+)(?: (\S+))?(?: (\S+) (\S+))?")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TO = ("renamed", "moved")
VERBS = (*_TO, "removed", "corrected", "remarked", "reopened")
_SHAPE = (
    "Type it like 2026-11-21 renamed q-pass to q-strong; what can happen is renamed, moved, removed, corrected, "
    "remarked and reopened."
)


def read_changes(settings: Settings) -> tuple[Change, ...]:
    """Every line of `changes`, in order."""
    setting = settings.get("changes")
    if setting is None:
        return ()
    found = [_change(settings, setting, at) for at in range(len(setting.values))]
    return tuple(change for change in found if change)


def _change(settings: Settings, setting: Setting, at: int) -> Change | None:
    typed = setting.values[at]
    match = _LINE.fullmatch(typed)
    day = iso_date(match.group(1)) if match else None
    if not match or not day:
        settings.fault(setting, "change-form", f'"{typed[:80]}" is no line of changes.', _SHAPE, at)
        return None
    verb, name, joint, to = match.group(2), match.group(3), match.group(4), match.group(5)
    if verb not in VERBS:
        message = settings.ms.faults.unknown(f'"{verb[:40]}" is not what becomes of a name', verb, VERBS)
        settings.fault(setting, "change-verb", message, _SHAPE, at)
        return None
    ends = (name, to) if verb in _TO else (name,)
    if (joint == "to") != (verb in _TO) or not all(end and _NAME.fullmatch(end) for end in ends):
        settings.fault(setting, "change-form", f'"{typed[:80]}" is no line of changes.', _SHAPE, at)
        return None
    line = setting.lines[at]
    return Change(day, verb, name, to or "", settings.ms.source.file, line, settings.ms.source.column(line, typed))


def iso_date(typed: str) -> date | None:
    """`2026-11-21`, and nothing else that Python would take for a date."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
