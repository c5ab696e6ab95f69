"""A worker's app in a process of its own, asked for everything there is; then what it has loaded.

    python -m tests.workers.driven REQUESTS

Reads from standard input, as JSON, the settings, who signs in with which password, the addresses to look
at and the forms to send; makes the app as gunicorn does, and prints the statuses and the loaded modules.
"""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from collections import Counter
from itertools import cycle, islice
from typing import Any

from lms.web.app import create_app

URL = "http://127.0.0.1:8000"


def main(requests: int, scene: dict[str, Any]) -> dict[str, Any]:
    os.environ.update(scene["environ"])
    app = create_app()
    clients = [app.test_client() for _ in ("", *scene["people"])]
    for client, username in zip(clients[1:], scene["people"], strict=True):
        form = {"username": username, "password": scene["password"]}
        assert _post(client, "/sign-in", form) == 303, username
    asked = [(client, path, None) for path in scene["looked_at"] for client in clients]
    asked += [(client, path, form) for path, form in scene["sent"] for client in clients]
    statuses: Counter[int] = Counter()
    for client, path, form in islice(cycle(asked), requests):
        if form is None:
            statuses[client.get(path, base_url=URL).status_code] += 1
        else:
            statuses[_post(client, path, {**form, "event_id": str(uuid.uuid4())})] += 1
    return {"statuses": statuses, "modules": sorted(sys.modules)}


def _post(client: Any, path: str, form: dict[str, str]) -> int:
    page = client.get("/sign-in", base_url=URL).text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)
    token = found[1] if found else ""
    return int(client.post(path, data={"csrf_token": token, **form}, base_url=URL).status_code)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), json.load(sys.stdin))))
