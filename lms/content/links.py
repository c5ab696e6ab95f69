"""Links and pictures: whether each leads to something that is there.

The links of every file in, with what each file has names for; faults out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from lms.content.folder import (
    FACTS,
    LETTERS,
    PICTURES,
    README,
    VIDEOS,
    Role,
    captioned,
    captions_path,
    plain_name,
    role,
    translated,
)
from lms.content.manuscript import Link, Manuscript

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SHAPES = {
    "https:": re.compile(r"https://[^/?#\s]+.*", re.IGNORECASE),
    "mailto:": re.compile(r"mailto:[^@\s]+@[^@\s]+", re.IGNORECASE),
    "tel:": re.compile(r"tel:\+?[0-9][0-9().-]*", re.IGNORECASE),
    "sms:": re.compile(r"sms:\+?[0-9][0-9().-]*(?:\?.*)?", re.IGNORECASE),
}
_HOST = re.compile(
    r"www\.|(?:[a-z0-9-]+\.)+(?:co|com|cymru|eu|gov|info|io|net|nhs|org|scot|uk|wales)(?:[/?#]|$)", re.IGNORECASE
)
"""What starts like the address of a site, and not like the name of a file."""
_NUMBER = re.compile(r"[0-9]+(?:[ ,.()-][0-9]+)*")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Known:
    """What links can lead to."""

    paths: frozenset[str]
    names: Mapping[str, frozenset[str]]
    """The names of each Markdown file that could be read."""
    unsure: frozenset[str]
    """Markdown files whose names are not all known, because of faults in them."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """The plain text of each fact."""
    unpublished: frozenset[str] = frozenset()
    lang: str = ""
    """The language of the course: a video has captions in it, at least."""


_OTHER_VIDEOS = ("mov", "m4v", "avi", "mkv", "wmv", "mpg", "mpeg", "3gp")
"""What phones and cameras save, and not every browser plays."""
_QUOTED = re.compile("[\"'“”„‘’‚«»]")


def lacking(words: str, text: str) -> str:
    """The first number in `words` that a text does not have, however either groups its digits; or empty."""
    known = set(_DIGITS.findall(text))
    for match in _NUMBER.finditer(words):
        digits = "".join(_DIGITS.findall(match.group()))
        grouped = "[ ,.()-]*".join(digits[:40])
        if not set(_DIGITS.findall(match.group())) <= known and not re.search(rf"(?<![0-9]){grouped}(?![0-9])", text):
            return match.group()
    return ""


def check_links(ms: Manuscript, known: Known) -> None:
    """Look at every link and picture of a file."""
    for link in ms.links:
        if link.picture:
            _picture(ms, link, known)
        else:
            _link(ms, link, known)
    for label, reference in ms.env.get("references", {}).items():
        if label not in ms.labels:
            message = "no link uses this address, and nobody is shown this line."
            instead = "Write [words](address) where it belongs."
            ms.faults.error(reference["map"][0] + 1, "address-unused", message, instead)


def _error(ms: Manuscript, link: Link, code: str, message: str, instead: str) -> None:
    ms.faults.error(link.line, code, message, instead, link.column)


def _is_quoted(ms: Manuscript, link: Link) -> bool:
    """Do quotation marks stand round the address? Says so."""
    quoted = _QUOTED.match(unquote(link.address)) is not None
    if quoted:
        _error(ms, link, "link-address", "quotation marks stand round this address.", "Leave them out.")
    return quoted


def _picture(ms: Manuscript, link: Link, known: Known) -> None:
    if not link.words:
        instead = "Write one in the [ ], for who can't see it; or the word decorative."
        _error(ms, link, "picture-without-description", "this picture has no description.", instead)
    if _is_quoted(ms, link):
        return
    if _SCHEME.match(link.address) or link.address.startswith("//"):
        message = "this picture is not one of the course."
        _error(ms, link, "picture-elsewhere", message, "Put its file into the folder, and type the file's name.")
        return
    path = _path(ms, link, known)
    if path is None:
        return
    if role(path) == Role.VIDEO:
        message = f'"{_short(path)}" is a video, not a picture.'
        _error(ms, link, "picture-kind", message, "Leave out the ! before the [.")
    elif role(path) != Role.PICTURE:
        message = f'"{_short(path)}" is not a picture of a kind that is shown.'
        instead = f"Use one of {', '.join(PICTURES)}."
        if path.endswith(".jpeg"):
            instead = f"Type {_short(path.removesuffix('.jpeg'))}.jpg, and rename the file."
        _error(ms, link, "picture-kind", message, instead)
    elif path not in known.paths:
        _missing(ms, link, path, [it for it in sorted(known.paths) if role(it) == Role.PICTURE])


def _link(ms: Manuscript, link: Link, known: Known) -> None:
    if not link.words:
        instead = "Write where it leads in the [ ]."
        _error(ms, link, "link-without-words", "this link has no words.", instead)
    elif link.words.lower().strip(" .!:") in ms.language.vague:
        message = f'"{link.words}" does not say where the link leads.'
        ms.faults.warn(link.line, "link-vague", message, "Name the place or thing instead.", link.column)
    scheme = _SCHEME.match(link.address)
    if _is_quoted(ms, link):
        return
    if scheme:
        _scheme(ms, link, scheme.group())
    elif link.address.startswith("//"):
        _error(ms, link, "link-address", "this address is not whole.", "Type https: before it.")
    elif _HOST.match(link.address) and link.address not in known.paths:
        _error(ms, link, "link-address", "this address is not whole.", "Type https:// before it.")
    else:
        _inside(ms, link, known)


def _scheme(ms: Manuscript, link: Link, scheme: str) -> None:
    if scheme.lower() == "http:":
        instead = "Type https:// if the site has it; leave the link out if not."
        _error(ms, link, "link-http", "this address is not safe: http.", instead)
        return
    shape = _SHAPES.get(scheme.lower())
    if shape and not shape.fullmatch(link.address):
        message = f'"{_short(link.address)}" is not a whole address.'
        instead = "Type https://name.org/..., mailto:name@place.org, or tel: or sms: and digits alone."
        _error(ms, link, "link-address", message, instead)
    if shape:
        return
    message = f'links can\'t lead to "{_short(scheme)}".'
    instead = "They lead to https:, mailto:, tel:, sms: or a file of the folder."
    _error(ms, link, "link-address", message, instead)


def _inside(ms: Manuscript, link: Link, known: Known) -> None:
    """A link to a file of the folder, or to a name in one."""
    if link.address.startswith("#") or not link.address:
        instead = f"Type the file too: {_home(ms)}{link.address or '#name'}."
        _error(ms, link, "link-address", "this link names no file.", instead)
        return
    path = _path(ms, link, known)
    if path is None:
        return
    name = unquote(link.address.partition("#")[2])
    if role(path) == Role.VIDEO:
        _video(ms, link, known, path)
    elif role(path) == Role.CAPTIONS:
        message = f'"{_short(path)}" holds captions, and can\'t be opened by itself.'
        _error(ms, link, "link-captions", message, "Link to its video: the captions come with it.")
    elif source := translated(path):
        message = f'"{_short(path)}" is a translation, and nobody is led to one.'
        instead = f"Type {source[0]}: learners come to it in their own language."
        _error(ms, link, "link-translation", message, instead)
    elif path in known.names:
        _named(ms, link, known, path, name)
    elif path in known.paths and role(path) == Role.OTHER:
        _other_kind(ms, link, path)
    elif path not in known.paths:
        _missing(ms, link, path, [it for it in sorted(known.paths) if role(it) != Role.OTHER])


def _video(ms: Manuscript, link: Link, known: Known, path: str) -> None:
    """A video that stands where it can be shown, with words for who can't hear it."""
    if "#" in link.address:
        message = "the link to a video ends with the name of its file."
        _error(ms, link, "link-name", message, "Leave out the # and what follows.")
    elif role(_home(ms)) in (Role.GLOSSARY, Role.FACTS):
        message = f"a video can't stand in {ms.source.file}."
        _error(ms, link, "video-place", message, "Put it into a lesson, and link from there to here.")
    elif not link.alone:
        message = "a video stands alone in its paragraph, outside lists, quotes and headings."
        _error(ms, link, "video-not-alone", message, "Leave a line empty above and below its link.")
    elif path not in known.paths:
        _missing(ms, link, path, [it for it in sorted(known.paths) if role(it) == Role.VIDEO])
    elif not _has_captions(ms, known, path):
        if f"{path.rpartition('.')[0]}.vtt" in known.paths:  # its name lacks the language, which has been said
            return
        wanted = captions_path(path, (ms.lang if ms.translates else known.lang) or "en")
        message = f"this video has no captions: there is no file {_short(wanted)}."
        instead = "Write one beside the video, in the form WebVTT; most video programs can."
        _error(ms, link, "video-without-captions", message, instead)


def _home(ms: Manuscript) -> str:
    """The file itself, or the one it translates."""
    source = translated(ms.source.file)
    return source[0] if source else ms.source.file


def _has_captions(ms: Manuscript, known: Known, path: str) -> bool:
    """Of a video in a translation, those of its own language or the course's."""
    if known.lang:
        wanted = (ms.lang, known.lang) if ms.translates else (known.lang,)
        return any(captions_path(path, lang) in known.paths for lang in wanted)
    stem = path.rpartition(".")[0]
    return any((captioned(it) or ("",))[0] == stem for it in known.paths)


def _named(ms: Manuscript, link: Link, known: Known, path: str, name: str) -> None:
    names = known.names[path]
    if name and name not in names and path not in known.unsure:
        message = ms.faults.unknown(f'{path} has no "{_short(name)}"', name, sorted(names))
        instead = "Type a name that stands in it in {# }." if names else "Leave out the # and what follows."
        _error(ms, link, "link-name", message, instead)
    elif path in known.unpublished and ms.source.file not in known.unpublished:
        message = f"{path} is a draft, and learners can't open it."
        _error(ms, link, "link-to-draft", message, "Leave the link out, or add the module to order: in course.md.")
    elif path == FACTS and name in known.facts:
        missing = lacking(link.words, known.facts[name])
        if missing:
            message = f'the fact "{name}" does not have the number {_short(missing)}.'
            _error(ms, link, "fact-number", message, "Type the number as it stands in facts.md.")
    elif not name and role(path) in (Role.GLOSSARY, Role.FACTS):
        message = f"a link to {path} names what it means."
        _error(ms, link, "link-name", message, f"Type {path}#name.")


def _path(ms: Manuscript, link: Link, known: Known) -> str | None:
    """The file a link leads to, inside the folder; None after saying why there is none."""
    typed = unquote(link.address.partition("#")[0].partition("?")[0])
    path = posixpath.normpath(typed)
    if path.startswith(("../", "/")) or path == "..":
        _error(ms, link, "link-outside", "this leads out of the folder.", "Put the file into the folder of the course.")
    elif "?" in link.address:
        _error(ms, link, "link-address", "a file of the folder is typed without a question mark.", "Leave it out.")
    elif path != typed.removeprefix("./") or not re.fullmatch(r"[a-z0-9./-]+", path):
        message = f'"{_short(typed)}" can\'t be the name of a file here.'
        _error(ms, link, "file-name", message, _mended(typed, known))
    else:
        return path
    return None


def _mended(typed: str, known: Known) -> str:
    """What to type instead of a file's name that can't be one."""
    if posixpath.basename(typed).lower() == README.lower():
        return "Link to a module: nobody is shown this file."
    near = plain_name(posixpath.normpath(typed))
    if near in known.paths:
        return f"Type {_short(near)}."
    return f"Name it {_short(near)} or the like, in the folder and here: {LETTERS}."


def _other_kind(ms: Manuscript, link: Link, path: str) -> None:
    """A file that is there, and is nothing learners are shown."""
    message = f'"{_short(path)}" is of a kind that learners can\'t be sent.'
    ending = path.rpartition(".")[2]
    if ending == "md":
        instead = "Link to a module: nobody is shown this file."
    elif ending in _OTHER_VIDEOS:
        instead = f"Save the video as {' or '.join(VIDEOS)}, and link to that."
    else:
        instead = f"Write it as a lesson and link there, or show it as a picture: {', '.join(PICTURES)}."
    _error(ms, link, "link-kind", message, instead)


def _missing(ms: Manuscript, link: Link, path: str, paths: list[str]) -> None:
    stem, dot, ending = path.rpartition(".")
    stems = [it.removesuffix(dot + ending) for it in paths if it.endswith(dot + ending)]
    message = ms.faults.unknown(f'there is no file "{_short(path)}" in the folder', stem, stems, dot + ending)
    _error(ms, link, "file-missing", message, "Check how its name is spelt, or put the file into the folder.")


def _short(typed: str) -> str:
    return typed if len(typed) <= 60 else f"{typed[:57]}..."
