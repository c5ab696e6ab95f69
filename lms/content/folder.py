"""The folder of a course: which file is what, and which names files may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from lms.content.faults import Faults
from lms.content.source import MOST_BYTES

COURSE, GLOSSARY, FACTS, README = "course.md", "glossary.md", "facts.md", "README.md"
PICTURES = ("svg", "png", "jpg", "webp", "avif")
VIDEOS = ("mp4", "webm")

_PART = re.compile(r"[a-z0-9-][a-z0-9.-]*")
_TRANSLATED = re.compile(r"[^/]+\.[a-z]{2,3}(?:-[a-z0-9]+)*\.md")


class Role(Enum):
    """What a file is for the compiler."""

    COURSE = "course"
    GLOSSARY = "glossary"
    FACTS = "facts"
    MODULE = "module"
    TRANSLATION = "translation"
    PICTURE = "picture"
    VIDEO = "video"
    OTHER = "other"


_FIXED = {COURSE: Role.COURSE, GLOSSARY: Role.GLOSSARY, FACTS: Role.FACTS, README: Role.OTHER}


def role(path: str) -> Role:
    """What a file is, by its name alone."""
    if path in _FIXED:
        return _FIXED[path]
    ending = path.rpartition(".")[2].lower()
    if ending == "md" and path.rpartition("/")[2].lower() != README.lower():
        return Role.TRANSLATION if _TRANSLATED.fullmatch(path) else Role.MODULE
    if ending in PICTURES:
        return Role.PICTURE
    return Role.VIDEO if ending in VIDEOS else Role.OTHER


def check_name(path: str, faults: Faults) -> None:
    """File names are lower-case letters, digits, - and . alone; modules lie in no subfolder."""
    if role(path) == Role.OTHER:
        return
    if not all(_PART.fullmatch(part) for part in path.split("/")):
        near = re.sub(r"[^a-z0-9./]+", "-", path.lower())
        instead = f"Rename it, to {near} or the like: lower-case letters, digits, - and . alone."
        faults.error(1, "file-name", "the name of this file can't be used.", instead)
    elif role(path) == Role.MODULE and "/" in path:
        faults.error(1, "file-place", "a module lies in no subfolder.", "Move it beside course.md.")


def check_size(path: str, data: bytes, faults: Faults) -> None:
    """A picture learners on a slow phone can wait for."""
    if role(path) == Role.PICTURE and len(data) > MOST_BYTES:
        message = f"this picture has {-(-len(data) // 1000)} kB, and 200 kB is the most."
        faults.error(1, "picture-too-big", message, "Make it smaller, or save it with less quality.")


def texts(files: Mapping[str, bytes]) -> list[str]:
    """The files that are read as text, in order."""
    read = (Role.COURSE, Role.GLOSSARY, Role.FACTS, Role.MODULE, Role.TRANSLATION)
    return sorted(path for path in files if role(path) in read)
