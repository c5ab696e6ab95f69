"""The reference holds what the code holds: tables, events, addresses; and no link in the docs leads nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Table, UniqueConstraint

from lms.learning.events import MOST_ATTEMPTS, MOST_EVENTS, MOST_WORDS, EventKind
from lms.learning.people import ALLOWED, SCOPES, Role, ScopeKind
from lms.services import people, publishing
from lms.services.courses import Catalogue
from lms.services.events import _SAY, record_batch
from lms.services.outbox import read_batch
from lms.services.stores import migrate, open_store
from lms.settings import Settings
from lms.store.tables import METADATA
from lms.web.app import create_app
from tests.courses.test_docs import PICTURES, TODAY, written

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
ADDRESSES = (REFERENCE / "addresses.md").read_text("utf-8")
EVENTS = (REFERENCE / "events.md").read_text("utf-8")
DATA = (REFERENCE / "data.md").read_text("utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

LONDON = ZoneInfo("Europe/London")
SECRET = "a secret of forty characters, told to nobody"
NOW_MS = 1_795_370_651_000


def cells(text: str, heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    part = text.partition(f"\n{heading}\n")[2]
    rows = re.split(r"\n#+ ", part)[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows if row.startswith("| `")]


# --- data.md ----------------------------------------------------------------------------------------


def columns_of(table: Table) -> str:
    keys = set(table.primary_key.columns.keys())
    return ", ".join(f"**{it.name}**" if it.name in keys else it.name + "?" * bool(it.nullable) for it in table.columns)


def uniques_of(table: Table) -> str:
    found = [", ".join(it.columns.keys()) for it in table.constraints if isinstance(it, UniqueConstraint)]
    return "; ".join(sorted(found))


@pytest.mark.parametrize("kind", ["ref", "person", "handle", "local"])
def test_every_table_of_a_class_is_described_with_its_columns(kind):
    described = {row[0].strip("`"): (row[2], row[3].rstrip(" |")) for row in cells(DATA, f"### {kind}")}
    tables = [table for table in METADATA.tables.values() if table.info["class"] == kind]
    assert described == {table.name: (columns_of(table), uniques_of(table)) for table in tables}


def test_the_columns_there_for_later_exist():
    part = DATA.partition("### There for later")[2].partition("## ")[0]
    assert all(
        column in METADATA.tables[table].columns for table, column in re.findall(r"`([a-z_]+)\.([a-z_]+)`", part)
    )


# --- events.md --------------------------------------------------------------------------------------


def test_every_kind_of_event_is_described():
    assert {row[0].strip("`") for row in cells(EVENTS, "### Kinds")} == {kind.value for kind in EventKind}


def test_every_reason_an_event_is_refused_or_does_not_count_is_described():
    sources = "".join(
        (ROOT / "lms" / path).read_text("utf-8")
        for path in ("learning/events.py", "services/events.py", "services/preparing.py")
    )
    known = set(re.findall(r"Refusal\(\s*\"([a-z-]+)\"", sources)) | set(_SAY)
    known |= set(re.findall(r"\"conflict\", \"([a-z-]+)\"", sources))
    assert {row[0].strip("`") for row in cells(EVENTS, "### `why`")} == known


def test_the_limits_of_a_batch_are_those_of_the_code():
    said = EVENTS.replace(",", "")
    assert f"At most {MOST_EVENTS} events" in said
    assert f"at most {MOST_WORDS} letters" in said
    assert f"1 to {MOST_ATTEMPTS}" in said


def example(what: str) -> dict:
    return json.loads(re.search(rf"```json {what}\n(.*?)```", EVENTS, re.DOTALL)[1])


def test_the_example_is_answered_as_the_page_says(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/lms.db", tmp_path)
    migrate(store, LONDON, NOW_MS)
    release = publishing.publish(store, "our-library", written(), TODAY, NOW_MS).hash
    learner = people.sign_up(store, "Lena", "lena", "three-word-phrase", "yes", "en", NOW_MS)
    request = example("request")
    for event in request["events"]:
        event["release"] = release
    batch = read_batch(json.dumps(request).encode())
    results = record_batch(store, Catalogue(store), learner.person_id, batch, NOW_MS, LONDON)
    store.close()
    answered = [{"id": it.event_id, "result": it.result, "why": it.why, "say": it.say} for it in results]
    assert answered == example("response")["results"]


# --- addresses.md -----------------------------------------------------------------------------------


@pytest.fixture
def app(tmp_path):
    return create_app(Settings(var=tmp_path, database_url=f"sqlite:///{tmp_path}/lms.db", secret_key=SECRET))


def test_every_address_is_described_with_who_may_open_it(app):
    known: dict[str, dict[str, str]] = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}:
            known.setdefault(rule.rule, {})[method] = str(app.view_functions[rule.endpoint].allows)
    described = {row[0].strip("`"): (row[1], row[2]) for row in cells(ADDRESSES, "## Pages")}
    assert described == {rule: (who.get("GET", ""), who.get("POST", "")) for rule, who in known.items()}


def test_no_reserved_address_is_taken(app):
    reserved = re.findall(r"`(/[^`]*)`", ADDRESSES.partition("## Reserved")[2].partition("## ")[0])
    assert reserved
    firsts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert not [address for address in reserved if address.split("/")[1] in firsts - {"badges", "me"}]


def test_every_role_is_described_with_what_it_may():
    described = {row[0]: (set(re.findall(r"`([a-z:]+)`", row[1])), row[2]) for row in roles_described()}
    assert described == {
        role.value: (
            {permission.value for permission in ALLOWED[role]},
            ", ".join(scope for scope in ScopeKind if scope in SCOPES[role]) or "nobody needs to be given it",
        )
        for role in Role
    }


def roles_described() -> list[list[str]]:
    rows = ADDRESSES.partition("## Who may what")[2].splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows if "`" in row and row[0] == "|"]


# --- every page -------------------------------------------------------------------------------------


def names_of(page: Path) -> set[str]:
    """The headings of a page as a code host names them."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text("utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    for address in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", address):
            continue
        path, _, name = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), address
        assert not name or target.is_dir() or name in names_of(target), address


def test_every_page_is_reached_from_the_readme():
    found, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        found.add(page)
        links = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text("utf-8"))
        ahead += {target for link in links if (target := (page.parent / link).resolve()) in PAGES} - found
    assert set(PAGES) - found == set()


def test_every_file_of_course_files_that_contributors_are_told_of_is_there():
    table = (
        (ROOT / "docs" / "contributors.md").read_text("utf-8").partition("### Course files")[2].partition("Faults")[0]
    )
    names = [
        name
        for row in re.findall(r"^\| [^|]* \| ([^|]*) \|$", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    ]
    assert len(names) > 30
    assert [name for name in names if not (ROOT / "lms" / "content" / f"{name}.py").is_file()] == []


def pictures_of(page: Path) -> list[tuple[str, str]]:
    """Each picture of a page: where it lies, and what is read to somebody who can't see it."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    tags = re.findall(r'<img src="([^"]*)" width="320" alt="([^"]*)">', text)
    assert len(tags) == text.count("<img"), "a picture is written like the others"
    return tags + [(path, words) for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)]


def test_every_picture_of_the_docs_is_there_is_light_and_says_what_it_shows():
    shown = set()
    for page in PAGES:
        for path, words in pictures_of(page):
            picture = (page.parent / path).resolve()
            assert picture.stat().st_size < 40_000, path
            assert len(words) > 30, path
            shown.add(picture)
    linked = {PICTURES / "card.svg", PICTURES / "group.webp"}
    assert shown | linked == set(PICTURES.iterdir())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_place_on_somebodys_machine(page):
    assert not re.findall(r"/(?:home|Users|work|root)/", page.read_text("utf-8"))
