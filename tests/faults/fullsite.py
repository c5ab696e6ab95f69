"""A whole site on a small disk that fills up: somebody answers, reads on, answers again.

    unshare --mount python -m tests.faults.fullsite FOLDER

Mounts a few megabytes of memory on FOLDER. Prints as JSON what she was shown before, while there was no
room, and after. The mount ends with the process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

from lms.services import people
from lms.services.stores import open_store
from lms.settings import Settings
from lms.web import saving
from lms.web.app import create_app
from tests.store.databases import fill
from tests.web.conftest import PASSWORD, Browser, hidden

SIZE, FILLER = "16m", 8 * 1024 * 1024
LESSON = "/courses/tea/brewing/water"


def main(folder: Path) -> dict[str, object]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    filler, last = folder / "filler", folder / "last"
    filler.write_bytes(bytes(FILLER))
    settings = Settings(var=folder, database_url=f"sqlite:///{folder}/lms.db", secret_key="0123456789abcdef" * 4)
    with closing(open_store(settings.database_url, folder)) as store:
        fill(store)
        people.sign_up(store, "Lena", "lena", PASSWORD, "yes", "en", time.time_ns() // 1_000_000)
        lena = Browser(create_app(settings, store).test_client()).sign_in("lena")
        saving.ASKED_EVERY_MS = 500
        before = [answer(lena), banner(lena)]
        full = [until_refused(lena), banner(lena), lena.last.status_code]
        take_what_is_left(last)
        full += [until_refused(lena), banner(lena)]
        filler.unlink()
        last.unlink()
        time.sleep(0.6)
        return {"before": before, "full": full, "after": [answer(lena), banner(lena)]}


def until_refused(browser: Browser) -> int:
    """The first status that is not "saved": a store may still find room for a smaller write after a refusal."""
    while (status := answer(browser)) == 303:
        pass
    return status


def take_what_is_left(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(512))
        except OSError:
            return


def answer(browser: Browser) -> int:
    token = hidden(browser.get(LESSON).text, "/sign-out")["csrf_token"]
    form = {"csrf_token": token, "event_id": str(uuid.uuid4()), "act": "answered", "step": "q-bag", "answer": "x" * 999}
    return browser.client.post(LESSON, data=form, base_url="http://127.0.0.1:8000").status_code


def banner(browser: Browser) -> bool:
    return "We can&#39;t save just now" in browser.get(LESSON).text.replace("'", "&#39;")


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
