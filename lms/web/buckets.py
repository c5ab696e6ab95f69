"""How much one address or one person may ask of this process in a while: counted in memory, never in rows.

For what costs us something and harms nobody: where the true number matters, across all workers, it
is `services.throttles` that counts. With two workers somebody may get twice as much.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field

from flask import current_app

MOST_KEYS = 10_000
"""Of which a bucket is remembered; the one that asked longest ago begins afresh. About 2 MB at most."""


class Buckets:
    """A bucket of tokens for each key: full at first, a token comes back every so often.

    Of each only one number is kept: the instant at which it will be full again.
    """

    def __init__(self, size: int, token_ms: int, most: int = MOST_KEYS) -> None:
        self._token_ms = token_ms
        self._deepest_ms = size * token_ms
        self._most = most
        self._full_ms: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, now_ms: int, tokens: int = 1) -> int:
        """Take tokens out and give 0; or take none and give the seconds until there are enough."""
        with self._lock:
            lacks_ms = self._lacks_ms(key, now_ms) + tokens * self._token_ms
            if lacks_ms > self._deepest_ms:
                return -(-(lacks_ms - self._deepest_ms) // 1000)
            self._keep(key, now_ms + lacks_ms)
            return 0

    def give_back(self, key: Hashable, tokens: int = 1) -> None:
        """Put back what was taken for nothing."""
        with self._lock:
            if key in self._full_ms:
                self._full_ms[key] -= tokens * self._token_ms

    def __len__(self) -> int:
        return len(self._full_ms)

    def _lacks_ms(self, key: Hashable, now_ms: int) -> int:
        """How long until it is full; never longer than an empty one takes, though the clock be put back."""
        return min(max(self._full_ms.get(key, 0) - now_ms, 0), self._deepest_ms)

    def _keep(self, key: Hashable, full_ms: int) -> None:
        self._full_ms.pop(key, None)  # the newest stands last
        self._full_ms[key] = full_ms
        if len(self._full_ms) > self._most:
            del self._full_ms[next(iter(self._full_ms))]


@dataclass(frozen=True)
class Limits:
    """What this site bounds in this way."""

    doors: Buckets = field(default_factory=lambda: Buckets(30, 20_000))
    """Wrong join codes looked at, of an address: 30, then 3 a minute."""
    sign_ups: Buckets = field(default_factory=lambda: Buckets(60, 60_000))
    """New accounts of an address: 60, then one a minute."""
    guests: Buckets = field(default_factory=lambda: Buckets(200, 10_000))
    """Guests made from an address, by a first answer: 200, then 6 a minute."""
    batches: Buckets = field(default_factory=lambda: Buckets(60, 1_000))
    """Batches of a person's answers: 60, then one a second."""
    events: Buckets = field(default_factory=lambda: Buckets(3_000, 20))
    """Answers in them: 3,000, then 50 a second."""
    complaints: Buckets = field(default_factory=lambda: Buckets(20, 300_000))
    """Complaints of an address: 20, then one in five minutes."""
    numbers: Buckets = field(default_factory=lambda: Buckets(30, 20_000))
    """Wrong numbers of complaints looked at, of an address: 30, then 3 a minute."""
    badges: Buckets = field(default_factory=lambda: Buckets(30, 6_000))
    """Badges looked at for whoever was sent one, of an address: 30, then 10 a minute."""


def limits() -> Limits:
    """Those of the app that answers this request."""
    if "limits" not in current_app.extensions:
        current_app.extensions.setdefault("limits", Limits())
    found: Limits = current_app.extensions["limits"]
    return found
