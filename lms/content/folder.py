"""The folder of a course: which file is what, and which names files may have.

In: paths and bytes. Out: roles, and faults of names, sizes and kinds.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote

from lms.content.faults import Faults
from lms.content.source import MOST_BYTES

COURSE, GLOSSARY, FACTS, README = "course.md", "glossary.md", "facts.md", "README.md"
PICTURES = ("svg", "png", "jpg", "webp", "avif")
VIDEOS = ("mp4", "webm")
CAPTIONS = "vtt"
MOST_VIDEO_BYTES = 20_000_000

LETTERS = "lower-case letters, digits, - and . alone"
"""What file names are made of."""

_PART = re.compile(r"[a-z0-9-][a-z0-9.-]*")
_CAPTIONS = re.compile(r"(.+)\.([a-z]{2,3}(?:-[a-z0-9]+)*)\.vtt")
_TRANSLATED = re.compile(r"([^/]+)\.([a-z]{2,3}(?:-[a-z0-9]+)*)\.md")


class Role(Enum):
    """What a file is for the compiler."""

    COURSE = "course"
    GLOSSARY = "glossary"
    FACTS = "facts"
    MODULE = "module"
    TRANSLATION = "translation"
    PICTURE = "picture"
    VIDEO = "video"
    CAPTIONS = "captions"
    OTHER = "other"


_FIXED = {COURSE: Role.COURSE, GLOSSARY: Role.GLOSSARY, FACTS: Role.FACTS, README: Role.OTHER}


@lru_cache(10_000)
def role(path: str) -> Role:
    """What a file is, by its name alone."""
    if path in _FIXED:
        return _FIXED[path]
    ending = path.rpartition(".")[2].lower()
    if ending == "md" and path.rpartition("/")[2].lower() != README.lower():
        return Role.TRANSLATION if _TRANSLATED.fullmatch(path) else Role.MODULE
    if ending in PICTURES:
        return Role.PICTURE
    if ending == CAPTIONS:
        return Role.CAPTIONS
    return Role.VIDEO if ending in VIDEOS else Role.OTHER


@lru_cache(10_000)
def path_of(address: str) -> str:
    """The file of the folder that a link's or picture's address names.

    >>> path_of("./my%2Ddog.png")
    'my-dog.png'
    """
    return posixpath.normpath(unquote(address))


def captions_path(video: str, lang: str) -> str:
    """The file that holds a video's captions in a language.

    >>> captions_path("phrase.mp4", "en")
    'phrase.en.vtt'
    """
    return f"{video.rpartition('.')[0]}.{lang.lower()}.{CAPTIONS}"


def translated(path: str) -> tuple[str, str] | None:
    """The file that a translation lies beside, and the language its name says; None for any other file.

    >>> translated("passwords.cy.md")
    ('passwords.md', 'cy')
    """
    match = _TRANSLATED.fullmatch(path)
    return (f"{match[1]}.md", match[2]) if match else None


def translation_path(path: str, lang: str) -> str:
    """The file that translates another.

    >>> translation_path("passwords.md", "cy")
    'passwords.cy.md'
    """
    return f"{path.removesuffix('.md')}.{lang.lower()}.md"


def captioned(path: str) -> tuple[str, str] | None:
    """The video, without its ending, and the language that a file of captions is for; None if its name says neither.

    >>> captioned("phrase.en.vtt")
    ('phrase', 'en')
    """
    match = _CAPTIONS.fullmatch(path)
    return (match[1], match[2]) if match else None


def plain_name(path: str) -> str:
    """A name that a file may have, like the one it has.

    >>> plain_name("My Padlock.SVG")
    'my-padlock.svg'
    """
    return re.sub(r"[^a-z0-9./]+", "-", path.lower())


def check_name(path: str, faults: Faults) -> None:
    """File names are lower-case letters, digits, - and . alone; modules lie in no subfolder."""
    if role(path) == Role.OTHER:
        return
    if not all(_PART.fullmatch(part) for part in path.split("/")):
        near = plain_name(path)
        has_letters = re.search("[a-z0-9]", near.rpartition("/")[2].rpartition(".")[0])
        instead = f"Rename it, {f'to {near} or the like' if has_letters else 'in letters'}: {LETTERS}."
        faults.error(1, "file-name", "the name of this file can't be used.", instead)
    elif role(path) == Role.CAPTIONS and not captioned(path):
        message = "the name of this file does not say the language of the captions."
        faults.error(1, "captions-name", message, f"Rename it, to {path.removesuffix('.vtt')}.en.vtt for English.")
    elif role(path) == Role.MODULE and "/" in path:
        faults.error(1, "file-place", "a module lies in no subfolder.", "Move it beside course.md.")


def check_size(path: str, data: bytes, faults: Faults) -> None:
    """A picture learners on a slow phone can wait for; a video that is one, and that they can pay for."""
    what = role(path)
    if what == Role.PICTURE and len(data) > MOST_BYTES:
        message = f"this picture has {-(-len(data) // 1000)} kB, and 200 kB is the most."
        faults.error(1, "picture-too-big", message, "Make it smaller, or save it with less quality.")
    elif what == Role.VIDEO and len(data) > MOST_VIDEO_BYTES:
        message = f"this video has {-(-len(data) // 100_000) / 10:.1f} MB, and 20 MB is the most."
        faults.error(1, "video-too-big", message, "Make it shorter or smaller: 480 lines are enough for a phone.")
    elif what == Role.VIDEO and not _is_video(path, data):
        ending = path.rpartition(".")[2]
        message = f"what is in this file is not {ending}, whatever its name says."
        faults.error(1, "video-kind", message, f"Save the video again as {ending}.")


def _is_video(path: str, data: bytes) -> bool:
    """By its first bytes: those of an MP4 file, or of Matroska, which WebM is."""
    return data[4:8] == b"ftyp" if path.endswith(".mp4") else data[:4] == b"\x1a\x45\xdf\xa3"


def texts(files: Mapping[str, bytes]) -> list[str]:
    """The files that are read as text, in order."""
    read = (Role.COURSE, Role.GLOSSARY, Role.FACTS, Role.MODULE, Role.TRANSLATION)
    return sorted(path for path in files if role(path) in read)
