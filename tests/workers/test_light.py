"""A worker that serves learners loads none of the heavy libraries, whatever it is asked (docs/decisions/0001)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.web.conftest import PASSWORD, SECRET, URL, House, built, house
from tests.web.test_matrix import Scene, routes, scene

__all__ = ["built", "house", "scene"]

ROOT = Path(__file__).parents[2]
REQUESTS = 1_000
HEAVY = {
    "alembic", "bleach", "cryptography", "lxml", "mako", "markdown_it", "mdit_py_plugins", "PIL", "pyld", "resvg_py",
    "xlsxwriter", "yaml",
    "lms.content.blocks", "lms.content.compile", "lms.content.course", "lms.content.freeze", "lms.content.sanitise",
}  # fmt: skip
"""Nor the compiler, which would bring half of them."""
FORMS = {
    "/courses/tea/brewing/water": [
        {"act": "done", "step": "boil"},
        {"act": "answered", "step": "q-hot", "answer": "b"},
        {"act": "answered", "step": "q-word", "answer": "steeping"},
        {"act": "rated", "step": "rate-tea", "answer": "c"},
        {"act": "hinted", "step": "q-hot"},
    ],
    "/courses/tea/brewing/quiz": [{"act": "started"}],
    "/me/settings": [{"act": "looks", "name": "Demo", "text": "large"}],
    "/teach": [{"name": "Demo club", "courses": "tea"}],
    "/verify": [{"text": "{}"}],
    "/funder": [{"as_of": "2026-10-31"}],
}


def test_after_a_thousand_requests_of_every_kind_no_heavy_library_is_loaded(house: House, scene: Scene):
    done = subprocess.run(
        [sys.executable, "-m", "tests.workers.driven", str(REQUESTS)],
        cwd=ROOT, input=json.dumps(asked_of(house, scene)), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    statuses, modules = found["statuses"], found["modules"]
    assert sum(statuses.values()) == REQUESTS
    assert {"200", "303"} <= set(statuses) <= {"200", "303", "401", "403", "404", "409", "422", "429"}
    assert "lms.web.lessons" in modules
    assert not [name for name in modules if name in HEAVY or name.partition(".")[0] in HEAVY]


def asked_of(house: House, scene: Scene) -> dict[str, object]:
    """Every address that is looked at, and forms that answer, ask and take away."""
    looked_at = [scene.path(endpoint) for method, endpoint in routes(house) if method == "GET"]
    assert len(looked_at) > 25
    environ = {
        "LMS_VAR": str(house.settings.var),
        "LMS_DATABASE_URL": house.settings.database_url,
        "LMS_SECRET_KEY": SECRET,
        "LMS_PUBLIC_URL": URL,
    }
    return {
        "environ": environ,
        "people": ["lena", "femi", "mira", "fola", "ada"],
        "password": PASSWORD,
        "looked_at": looked_at,
        "sent": [(path, form) for path, forms in FORMS.items() for form in forms],
    }
