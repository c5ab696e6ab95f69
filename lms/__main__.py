"""`python -m lms` is the same as `lms`."""

from __future__ import annotations

import sys

from lms.cli import main

if __name__ == "__main__":
    sys.exit(main())
