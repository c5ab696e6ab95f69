"""What the tests of the rules share: none of them may open a socket, so that no rule ever asks the network."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest

_closed = False


def _refuse(name: str, _arguments: tuple[object, ...]) -> None:
    if _closed and name.startswith("socket."):
        raise RuntimeError(f"a rule asked for the network: {name}")


# Python tells a hook of every socket, whichever library makes it. A hook can't be taken out again, only told to sleep.
sys.addaudithook(_refuse)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    global _closed
    _closed = True
    yield
    _closed = False


@pytest.fixture
def within_two_seconds() -> Iterator[None]:
    """Ends a test that would go on for ever on hostile input. Twenty times what it takes on a slow machine."""

    def ring(*_: object) -> None:
        raise TimeoutError("this takes far longer than it should")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(2)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
