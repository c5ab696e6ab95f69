"""Where a command keeps what compiling gave, so that the next one reads only what has changed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.services.kept import KeptFiles


def kept_modules() -> KeptFiles | None:
    """This user's cache, swept; None for a user who has no folder of his own: everything is read anew."""
    from lms.services.kept import KeptFiles, cache_folder

    folder = cache_folder(Path(os.path.expanduser("~")), os.environ.get("XDG_CACHE_HOME", ""))
    if not folder.is_absolute():
        return None
    kept = KeptFiles(folder, time.time())
    kept.sweep()
    return kept
