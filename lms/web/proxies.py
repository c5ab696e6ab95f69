"""Who is really asking, where a proxy stands before us.

Only `X-Forwarded-For` is read, and only from the proxies an operator named: anyone else can write
what they like into it. Scheme and host never come from a header; they are `LMS_PUBLIC_URL`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from lms.settings import Network

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


def believed(peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """The address to throttle by: the last one in the chain that no trusted proxy owns.

    >>> from ipaddress import ip_network
    >>> believed("10.0.0.1", "6.6.6.6, 203.0.113.7", (ip_network("10.0.0.0/8"),))
    '203.0.113.7'
    """
    chain = [part.strip() for part in forwarded.split(",") if part.strip()]
    at = peer
    while chain and _is_trusted(at, trusted):
        at = chain.pop()
    return at if _is_address(at) else peer


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def behind(app: Wsgi, trusted: tuple[Network, ...]) -> Wsgi:
    """The app, told the address that can be believed."""

    def answer(environ: Environ, start: Any) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        environ["REMOTE_ADDR"] = believed(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), trusted)
        return app(environ, start)

    return answer
