"""Badges as files that prove themselves: who signs them, what they say, and who may fetch them.

In: an award and what its badge said when it was earned. Out: the facts of a credential for a worker to sign
(`signing`), and what was signed, as JSON, PNG and SVG. Nothing here loads what signs: a web worker serves it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from lms.content.drawings import drawn
from lms.content.skills import frameworks, skill_named
from lms.errors import CannotRun, NotFound
from lms.interop import credentials as interop
from lms.interop import keys
from lms.interop.baking import bake_png, bake_svg
from lms.interop.credentials import Alignment, Evidence, Given, Holder, Issuer, Picture, Status
from lms.interop.keys import SigningKey
from lms.interop.pictures import badge_svg
from lms.learning import placing
from lms.learning.events import is_text
from lms.services.badges import holder_name
from lms.services.evidence import chosen
from lms.services.people import SignedIn
from lms.settings import NAME, Settings
from lms.store import badges as award_rows
from lms.store import courses as course_rows
from lms.store import credentials as rows
from lms.store.badges import AwardRow, VersionRow
from lms.store.credentials import Slot
from lms.store.gate import Store

UNSIGNED = "No key signs badges yet, so nobody can take one away as a file. Run `lms badge keys --new` once."
_OWN_NAMES = (".home.arpa", ".internal", ".lan", ".local", ".localhost")
"""Ends of names that mean something inside one house only."""


@dataclass(frozen=True)
class Signer:
    """Who signs the badges of this site, and with what. `known`: every key by which a badge of ours is told."""

    key: SigningKey
    issuer: Issuer
    known: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        """Whether others can look at this site's addresses."""
        return self.issuer.did.startswith("did:web:")


def signer(settings: Settings) -> Signer | None:
    """Who signs; None where no key is there. CannotRun where its two halves don't belong together."""
    if not settings.signing_key:
        return None
    key = keys.read_secret(settings.signing_key)
    if key.multibase != settings.badge_keys[0]:
        raise CannotRun("LMS_BADGE_KEYS: the first z6Mk... is not the public half of its signing key, z3u2....")
    return Signer(key, issuer(settings), settings.badge_keys)


def issuer(settings: Settings) -> Issuer:
    """How this site is called in its badges: by its name on the web, or by its key where it has none."""
    url = settings.public_url
    did = keys.did_web(url) if _has_public_name(url) else keys.did_key(settings.badge_keys[0])
    return Issuer(did, NAME, url)


def _has_public_name(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if "." not in host or host.endswith(_OWN_NAMES):
        return False
    try:
        keys.did_web(url)
    except keys.NoWebName:
        return False
    return True


def did_document(settings: Settings) -> dict[str, Any]:
    """Which keys are this site's, for whoever checks a badge. NotFound where it has no name on the web, or no key."""
    if not settings.badge_keys or not issuer(settings).did.startswith("did:web:"):
        raise NotFound
    return keys.did_document(issuer(settings).did, settings.badge_keys)


def badge_address(url: str, public_id: str) -> str:
    return f"{url}/badges/{public_id}"


def list_address(url: str, list_no: int) -> str:
    return f"{url}/badges/status/{list_no}"


def given(by: Signer, row: AwardRow, slot: Slot, png_hash: str, evidence: tuple[Evidence, ...], at_ms: int) -> Given:
    """The facts of a credential, as they are now."""
    url = by.issuer.url
    return Given(
        id=badge_address(url, row.public_id) if by.is_public else f"urn:uuid:{row.award_id}",
        issuer=by.issuer,
        achievement=_achievement(url, row.says, png_hash if by.is_public else ""),
        holder=Holder(row.holder, secrets.token_hex(16), _named(row)),
        awarded=_instant(row.at_ms),
        valid_from=_instant(at_ms),
        status=Status(list_address(url, slot.list_no), slot.slot_no),
        evidence=evidence,
    )


def _named(row: AwardRow) -> str:
    """Her name as her file has it, where she wants it there."""
    return holder_name(row) if row.named else ""


def _achievement(url: str, row: VersionRow, png_hash: str) -> interop.Achievement:
    return interop.Achievement(
        id=f"{url}/badges/achievement/{_dotted(row.badge)}/{row.version}",
        name=row.name,
        description=row.description,
        criteria=row.criteria,
        version=str(row.version),
        kind="module" if row.module or row.badge == placing.BADGE else "course",
        picture=Picture(f"{url}/files/{png_hash}", row.name) if png_hash else None,
        alignments=tuple(_alignments(json.loads(row.skills))),
        language=row.lang,
    )


def _dotted(badge: str) -> str:
    """`course.module`: no slug has a dot in it, so no two badges are called the same."""
    return badge.replace("/", ".")


def _alignments(codes: list[str]) -> list[Alignment]:
    found = [(code, skill_named(code), frameworks().get(code.partition("/")[0])) for code in codes]
    return [
        Alignment(skill.title, framework.sources[0], code, framework.title)
        for code, skill, framework in found
        if skill and framework
    ]


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def picture_of(store: Store, row: VersionRow) -> str:
    """A badge's picture as an SVG of its own. One that was given out before badges were drawn is drawn now."""
    if not row.picture_hash:
        course, _, module = row.badge.partition("/")
        return badge_svg(drawn(course, module), "image/svg+xml", row.name)
    with store.read() as db:
        kind = course_rows.media_type_of(db, row.picture_hash) or ""
    return badge_svg(_bytes(store, row.picture_hash), kind, row.name)


def _bytes(store: Store, file_hash: str) -> bytes:
    try:
        return (store.files / file_hash).read_bytes()
    except OSError as fault:
        raise NotFound(f"The badge's picture {file_hash[:12]} is not there. Tell your facilitator, please.") from fault


@dataclass(frozen=True)
class Files:
    """A badge as it was signed last; PNG and SVG hold the same document."""

    document: str
    name: str
    """Of a file, without its ending."""
    _store: Store
    _row: AwardRow
    _evidence: tuple[Evidence, ...]

    @property
    def is_as_she_wants(self) -> bool:
        """Whether it has her name where she wants that now, as others may read it now, and her work where she does."""
        said = json.loads(self.document)
        return interop.is_named(said, _named(self._row)) and interop.is_evidenced(said, self._evidence)

    @cached_property
    def png(self) -> bytes:
        return bake_png(_bytes(self._store, self._row.says.png_hash or ""), self.document)

    @cached_property
    def svg(self) -> str:
        return bake_svg(picture_of(self._store, self._row.says), self.document)


def files(store: Store, known: Collection[str], public_id: str, reader: SignedIn | None) -> Files:
    """The files of a badge that is the reader's own or shown to everybody. NotFound for any other.

    Nor is there one of a badge that was taken back, that waits to be signed for the first time, or that was signed
    last with none of the `known` keys: it would hold nowhere. Others wait for the next one too where her name or her
    work in it is not what she wants there now: what she took back is not shown.
    """
    with store.read() as db:
        row = award_rows.by_public_id(db, public_id)
        own = row is not None and reader is not None and row.person_id in reader.ids
        found = _files(store, known, db, row) if row and (row.shown or own) else None
    if found is None or not (own or found.is_as_she_wants):
        raise NotFound
    return found


def every_file(store: Store, known: Collection[str], person_id: int) -> list[Files]:
    """The files of all badges somebody has."""
    with store.read() as db:
        found = [_files(store, known, db, row) for row in award_rows.awards_of(db, [person_id])]
    return [it for it in found if it]


def _files(store: Store, known: Collection[str], db: Connection, row: AwardRow) -> Files | None:
    newest = rows.newest(db, row.person_id, row.award_id) if row.revoked_ms is None else None
    if newest is None or newest.key_id not in known:
        return None
    return Files(newest.document, _dotted(row.says.badge), store, row, chosen(db, row))


def status_list(store: Store, list_no: int) -> str:
    """A list of badges that were taken back, as it was signed last. NotFound for none."""
    with store.read() as db:
        found = rows.status_list(db, list_no)
    if found is None or found.document is None:
        raise NotFound
    return found.document


def achievement(store: Store, settings: Settings, badge: str, version: str) -> interop.Achievement:
    """What a version of a badge is given for; its address stands in credentials. NotFound for none."""
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    with store.read() as db:
        row = award_rows.version(db, badge.replace(".", "/"), number) if is_text(badge) else None
    if row is None:
        raise NotFound
    return _achievement(settings.public_url, row, row.png_hash or "")
