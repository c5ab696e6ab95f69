"""Who signs in tests: keys from seeds that everybody may know, and a worker that has them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lms.interop import proofs
from lms.interop.keys import SigningKey
from lms.services.credentials import signer
from lms.services.jobs import Job, Tools
from lms.services.worker import work
from lms.settings import Settings
from tests.services.site import SECRET, Site

URL = "https://learn.example.org"
DID = "did:web:learn.example.org"
FIRST, SECOND = SigningKey(b"1" * 32), SigningKey(b"2" * 32)
KNOWN = (FIRST.multibase, SECOND.multibase)


def settings_of(site: Site, url: str = URL, *keys: SigningKey) -> Settings:
    """The settings of a site that signs with the first of these keys."""
    held = keys or (FIRST,)
    database = site.store.url.render_as_string(hide_password=False)
    public = tuple(key.multibase for key in held)
    return Settings(
        site.store.files.parent, database, SECRET, public_url=url, signing_key=held[0].secret, badge_keys=public
    )


@dataclass
class Worker:
    """A worker of a site, and what it says of each job."""

    site: Site
    settings: Settings
    told: list[Job] = field(default_factory=list)

    def tools(self) -> Tools:
        site = self.site
        return Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms, signer(self.settings))

    def work(self) -> list[str]:
        """Do all that is due; what became of each job but those of the day."""
        self.told.clear()
        work(self.tools(), lambda _: False, self.told.append, once=True)
        return [f"{it.kind} {it.state} {it.result.count}" for it in self.told if it.kind != "forget"]


def signed_by(document: str | dict[str, Any], key: SigningKey) -> bool:
    """Whether a key signed exactly this."""
    return proofs.is_whole(json.loads(document) if isinstance(document, str) else document, key.multibase)
