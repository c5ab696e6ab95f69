"""What follows from events, written the same way whoever writes it: progress, milestones, badges.

Recording what she did does it, publishing what left her nothing to do, marking again, and rebuilding it all.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lms.learning.badges import earned_by
from lms.learning.days import day_of
from lms.learning.progress import FOLD_VERSION, Outcome, Recorded, State, state_to_json
from lms.store.events import Ledger
from lms.store.handles import key_hash
from lms.store.progress import First

Badge = tuple[int, int]
"""(badge id, version)."""

Badges = Mapping[str, Badge]
"""Module (empty: the course) -> its badge."""


def progress_row(state: State, last_seq: int) -> dict[str, Any]:
    """A row of progress, but for its key."""
    return {
        "last_seq": last_seq,
        "fold_version": FOLD_VERSION,
        "done_count": len(state.done),
        "score": state.score,
        "last_at_ms": state.last[0],
        "state": state_to_json(state),
    }


def add_milestone(ledger: Ledger, outcome: Outcome, first: First, zone: ZoneInfo) -> None:
    """Keep when something was so for the first time; one that is there stays as it was."""
    ledger.add_milestone(outcome.kind, outcome.name, {**first._asdict(), "day": day_of(first.at_ms, zone)})


def give_earned(ledger: Ledger, badges: Badges, outcome: Outcome, first: First) -> None:
    """Give the badge an outcome earns, where the course has one."""
    module = earned_by(outcome)
    if module is not None and module in badges:
        give_badge(ledger, badges[module], first)


def give_badge(ledger: Ledger, badge: Badge, earned: First) -> None:
    """Give a badge that a release earned her."""
    award_badge(ledger, badge, earned.at_ms, earned.recorded_ms, earned.release_id)


def award_badge(ledger: Ledger, badge: Badge, at_ms: int, recorded_ms: int, release_id: int | None = None) -> None:
    """Give a badge with a page of its own, that is hers alone, to be signed. Who has it keeps hers."""
    public_id = secrets.token_urlsafe(18)
    award = {
        "badge_id": badge[0],
        "badge_version": badge[1],
        "at_ms": at_ms,
        "recorded_ms": recorded_ms,
        "release_id": release_id,
        "public_id": public_id,
        "shown": False,
        "revoked_ms": None,
        "why": None,
        "named": False,
        "evidence": None,
        "due_ms": recorded_ms,
    }
    ledger.award(uuid.uuid4(), key_hash("badge", public_id), award)


def settle(
    ledger: Ledger,
    badges: Badges,
    state: State,
    last_seq: int,
    brought: Iterable[tuple[Outcome, Recorded]],
    now_ms: int,
    zone: ZoneInfo,
) -> None:
    """Write a state and what publishing, not she, has brought about, each outcome with its event.

    The last of a transaction. No month is counted: nobody was active because something was published.
    """
    earned = [(outcome, First(event.at_ms, now_ms, event.release_id)) for outcome, event in brought]
    with ledger.together():
        for outcome, first in earned:
            add_milestone(ledger, outcome, first, zone)
        ledger.save(**progress_row(state, last_seq))
    for outcome, first in earned:
        give_earned(ledger, badges, outcome, first)
