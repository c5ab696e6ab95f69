"""Gathering: every word of the interface out of the code, into the catalogues. `make words` runs it.

In: the templates, the scripts' words, what a skill is in plain words, and Python, where `_`, `_n`, `N_` and the errors
people are told of mark them.
Out: each `po/<language>.po` with what is new and without what is gone; what is translated stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from lms.content.skills import frameworks
from lms.web.catalogues import FOLDER
from lms.web.styles import SAID

ROOT = Path(__file__).parents[2]
_CODE = ("lms/errors.py", "lms/learning/**/*.py", "lms/services/**/*.py", "lms/web/**/*.py")
_TEMPLATES = "lms/web/templates/**/*.html"
_SCRIPTS = "lms/web/static/js"
_MARKS = {
    **dict.fromkeys(("_", "N_", "label", "bare", "Refused", "Forbidden", "NotFound"), (1,)),
    **dict.fromkeys(("_n", "bare_n"), (1, 2)),
    **dict.fromkeys(("TooManyTries", "Refusal"), (2,)),
    "Finding": (3,),
}
"""Function -> which of its arguments are words."""


def gathered() -> Catalog:
    """All there is to translate, by the file it stands in."""
    found = Catalog(charset="utf-8")
    for path, words in _found():
        found.add(words, locations=[(path, 0)])
    return found


def _found() -> Iterator[tuple[str, Any]]:
    for path in sorted(it for pattern in _CODE for it in ROOT.glob(pattern)):
        yield from _marked(path, "python", {})
    for path in sorted(ROOT.glob(_TEMPLATES)):
        yield from _marked(path, babel_extract, {"trim_blocks": "true", "lstrip_blocks": "true"})
    for framework in frameworks().values():
        its = f"lms/content/frameworks/{framework.name}.json"
        yield from ((its, skill.plain) for skill in framework.skills.values())
    for name, said in SAID.items():
        script = f"{_SCRIPTS}/{name}.js"
        yield from ((script, found[0]) for found in said.finditer((ROOT / script).read_text("utf-8")))


def _marked(path: Path, method: Any, options: dict[str, str]) -> Iterable[tuple[str, Any]]:
    said = extract(method, BytesIO(path.read_bytes()), keywords=_MARKS, options=options)
    return ((path.relative_to(ROOT).as_posix(), words) for _line, words, _comments, _context in said)


def updated(po: Path, found: Catalog) -> bytes:
    """A catalogue with what is new, and without what is gone."""
    catalog = read_po(BytesIO(po.read_bytes()), locale=po.stem.replace("-", "_"))
    catalog.update(found, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    catalog.obsolete.clear()
    made = BytesIO()
    write_po(made, catalog, width=110, include_lineno=False, sort_by_file=True)
    return re.sub(rb'"(?:POT-|PO-|Generated-|Project-|Report-|Last-|Language-Team)[^\n]*\n', b"", made.getvalue())


def main() -> None:
    """Bring every catalogue up to date."""
    found = gathered()
    for po in sorted(FOLDER.glob("*.po")):
        po.write_bytes(updated(po, found))


if __name__ == "__main__":
    main()
