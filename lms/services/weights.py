"""What a lesson or quiz takes of somebody's data, by how it is really sent.

In: the fragments of a page. Out: its words and pictures in bytes, packed. The release can't say it: how small a page
gets depends on what packs it, and a release is the same on every machine. So it is measured where it is served, once
for each page in each process.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.content.release import Fragment

_PICTURE = re.compile(r'<img src="/files/([0-9a-f]{64})"')


@dataclass(frozen=True)
class Weight:
    """Of a page of a release: its words by screen, and its pictures by hash, each sent once."""

    words: tuple[int, ...]
    pictures: Mapping[str, int]


def weigh(fragments: Sequence[Fragment], sent: Callable[[str], int]) -> Weight:
    """`sent`: the bytes a file takes."""
    texts = ["".join(_texts(fragment)) for fragment in fragments]
    pictures = {digest: sent(digest) for text in texts for digest in _PICTURE.findall(text)}
    return Weight(tuple(len(gzip.compress(text.encode(), 6)) for text in texts), pictures)


def _texts(fragment: Fragment) -> Iterator[str]:
    yield from (fragment.title, fragment.html, fragment.foot, *fragment.heads)
    yield from (text for _letter, text in (*fragment.options, *fragment.meanings, *fragment.code))
