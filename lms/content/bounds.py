"""How long one file may hold a compile, whoever wrote it.

Time grows no faster than in proportion to a file's length, and its length has a bound. What could
grow faster is bounded in its own place: the bytes and lines of a file, the characters of settings,
the depth of lists, quotes, marks and brackets, the words that nearest ones are looked for.
"""

from __future__ import annotations

MOST_SECONDS = 5
"""Of one core, for any 200 kB an author or an attacker can type; `tests/content/test_bounds.py` tries."""
