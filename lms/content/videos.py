"""Videos: a film of the course with its captions, and the piece of a page that shows it.

Files in; one `Video` each, and its HTML, out. A learner is told what it weighs before anything is
fetched, can read all that is said without fetching it, and needs no JavaScript for either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markdown_it.token import Token

from lms.content.captions import Cue, captions_in, transcript, written
from lms.content.folder import Role, captioned, path_of, role
from lms.content.languages import own_name
from lms.content.phrases import phrases
from lms.content.pictures import media_type
from lms.content.plain import description
from lms.content.release import File
from lms.content.words import direction


@dataclass(frozen=True)
class Part:
    """A file of a video, found by the SHA-256 of its bytes."""

    hash: str
    file: File

    @property
    def address(self) -> str:
        return f"/files/{self.hash}"


@dataclass(frozen=True)
class Track:
    """Its captions in one language."""

    lang: str
    part: Part
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class Video:
    """A film and all its captions, in the order of their languages."""

    part: Part
    tracks: tuple[Track, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.part, *(track.part for track in self.tracks))

    def track(self, lang: str, source: str = "") -> Track | None:
        """The captions in a language, or in the source's, or in the first there are."""
        found = {track.lang: track for track in reversed(self.tracks)}
        return found.get(lang.lower()) or found.get(source.lower()) or (self.tracks[0] if self.tracks else None)


def with_captions(used: Iterable[str], paths: Iterable[str]) -> set[str]:
    """The files a course uses, and the captions of the videos among them."""
    known = set(used)
    stems = {path.rpartition(".")[0] for path in known if role(path) == Role.VIDEO}
    return known | {path for path in paths if (captioned(path) or ("",))[0] in stems} if stems else known


def videos_of(files: Mapping[str, bytes]) -> dict[str, Video]:
    """The videos among the files of a course, by path."""
    tracks: dict[str, list[Track]] = {}
    for path in sorted(files):
        if role(path) == Role.CAPTIONS and (named := captioned(path)):
            tracks.setdefault(named[0], []).append(_track(path, named[1], files[path]))
    films = [path for path in files if role(path) == Role.VIDEO]
    return {path: Video(_part(path, files[path]), tuple(tracks.get(path.rpartition(".")[0], ()))) for path in films}


def with_videos(tokens: Sequence[Token], videos: Mapping[str, Video]) -> Sequence[Token]:
    """Blocks in which each paragraph that is a link to a video and nothing else has become that video."""
    if not videos or not any(token.type == "inline" and _href(token) for token in tokens):
        return tokens
    out: list[Token] = []
    for token in tokens:
        if token.type == "paragraph_close" and len(out) > 1 and _path(out[-1]) in videos:
            inline = out.pop()
            out[-1] = _shown(inline)
        else:
            out.append(token)
    return out


def figure(video: Video, words: str, lang: str, source_lang: str = "") -> str:
    """A video as one block of HTML; `words` are those of its link, its name."""
    track, said = video.track(lang, source_lang), phrases(lang)
    tracks = "".join(_track_html(it, it is track) for it in video.tracks)
    source = f'<source src="{video.part.address}" type="{video.part.file.media_type}">'
    size = f'<span class="video-size">{said.video(len(video.part.file.data))}</span>'
    return (
        f'<figure class="video"><figcaption>{_text(words)} {size}</figcaption>'
        f'<video controls preload="none" playsinline="" aria-label="{_attribute(words)}">{source}{tracks}</video>'
        f"{_transcript(track, said.transcript, lang) if track else ''}</figure>"
    )


def _track(path: str, lang: str, data: bytes) -> Track:
    """Captions written anew: what an author's file holds besides times and words reaches nobody."""
    cues = captions_in(data).cues
    return Track(lang, _part(path, written(cues)), cues)


def _part(path: str, data: bytes) -> Part:
    return Part(hashlib.sha256(data).hexdigest(), File(path, media_type(path), data))


def _track_html(track: Track, default: bool) -> str:
    label = _attribute(own_name(track.lang))
    mark = ' default=""' if default else ""
    return f'<track kind="captions" src="{track.part.address}" srclang="{track.lang}" label="{label}"{mark}>'


def _transcript(track: Track, summary: str, lang: str) -> str:
    """Hidden until it is asked for; it is no longer to load than the captions themselves."""
    said = transcript(track.cues)
    lines = (f"<p>{f'<strong>{_text(it.who)}:</strong> ' if it.who else ''}{_text(it.words)}</p>" for it in said)
    whole = "".join(lines)
    if track.lang != lang.lower():
        whole = f'<div lang="{track.lang}" dir="{direction(track.lang)}">{whole}</div>'
    return f"<details><summary>{summary}</summary>{whole}</details>"


def _href(inline: Token) -> str:
    """Where the one link leads that is all there is in a paragraph, or nothing."""
    children = inline.children or []
    if len(children) < 2 or children[0].type != "link_open" or children[-1].type != "link_close":
        return ""
    if sum(child.type == "link_open" for child in children) > 1:
        return ""
    return str(children[0].attrs.get("href", ""))


def _path(inline: Token) -> str:
    return path_of(_href(inline)) if inline.type == "inline" else ""


def _shown(inline: Token) -> Token:
    words = description(Token("image", "", 0, children=(inline.children or [])[1:-1]))
    return Token("video", "", 0, attrs={"src": _href(inline)}, content=words, map=inline.map)


def _text(words: str) -> str:
    return escape(words, quote=False)


def _attribute(words: str) -> str:
    return _text(words).replace('"', "&quot;")
