"""Ports for the servers that tests start. Each process of a run has a hundred of its own, taken in turn.

Set TEST_PORTS to another first port than 8100 and two runs on one machine keep out of each other's way.
"""

from __future__ import annotations

import os
import socket
from itertools import cycle, islice

_MANY = 100
_FIRST = int(os.environ.get("TEST_PORTS", "8100")) + _MANY * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
_IN_TURN = cycle(range(_FIRST, _FIRST + _MANY))


def a_port() -> int:
    """The next one on which nobody listens."""
    for port in islice(_IN_TURN, _MANY):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError(f"every port from {_FIRST} to {_FIRST + _MANY - 1} is taken")
