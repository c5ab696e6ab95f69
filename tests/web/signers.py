"""A house that signs its badges, with a key that everybody may know."""

from __future__ import annotations

from dataclasses import replace

from lms.interop.keys import SigningKey
from lms.services import signing
from lms.services.courses import Catalogue
from lms.services.credentials import signer
from lms.services.jobs import Tools
from lms.settings import LONDON
from lms.web.app import create_app
from tests.web.conftest import House, now_ms

KEY = SigningKey(b"1" * 32)


def with_keys(house: House) -> House:
    """The same house, told the key."""
    settings = replace(house.settings, signing_key=KEY.secret, badge_keys=(KEY.multibase,))
    return replace(house, app=create_app(settings, house.store), settings=settings)


def sign(house: House) -> None:
    """Sign every badge that waits for it, as the worker does."""
    tools = Tools(house.store, Catalogue(house.store), LONDON, now_ms, signer(house.settings))
    for _ in signing.run(tools, {}, ""):
        pass
