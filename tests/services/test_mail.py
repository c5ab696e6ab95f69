"""Her address, reminders and the letters themselves, sent to a real server, on each kind of database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.errors import NotFound, Refused
from lms.learning.days import DAY_MS
from lms.learning.mail import HOUR_MS, MINUTE_MS
from lms.services import erasure, expiry, mail, merging
from lms.services.jobs import Tools
from lms.services.people import SignedIn
from lms.services.smtp import Post, Unreachable, deliver
from lms.services.worker import work
from lms.settings import Smtp, Tls
from lms.store.tables import METADATA, consents, handles, people
from lms.store.tables import mail as letters
from tests.inbox import Inbox, inbox, link_in
from tests.services.site import SECRET, Site, at_once

URL = "https://learn.example.org"
HERS = "lena@example.net"


@dataclass
class PostOffice:
    """A site, its worker, and the mailboxes of everybody."""

    site: Site
    inbox: Inbox
    said: list[str] = field(default_factory=list)

    def work(self, smtp: Smtp | None = None) -> None:
        """Do and send all that is due now."""
        site = self.site
        post = Post(smtp or self.inbox.smtp, URL, SECRET)
        tools = Tools(site.store, site.catalogue, site.zone, lambda: site.now_ms, None, post)
        work(tools, lambda _: False, lambda _: None, once=True, said=self.said.append)

    def ask(self, person: SignedIn, address: str = HERS) -> None:
        mail.ask(self.site.store, person, address, uuid.uuid4(), self.site.now_ms)
        self.work()

    def code(self, address: str, part: str = "/mail/confirm/") -> str:
        """The secret of the newest link to an address."""
        return link_in(self.inbox.to(address)[-1], part).rpartition("/")[2]

    def confirmed(self, person: SignedIn, address: str = HERS) -> None:
        """She gives an address and presses the button."""
        self.ask(person, address)
        mail.confirm(self.site.store, self.code(address), self.site.now_ms)

    def reminded(self, person: SignedIn, day: str = "tuesday", address: str = HERS) -> None:
        self.confirmed(person, address)
        mail.remind(self.site.store, person, day, self.site.now_ms)

    def on(self, days: int, hour: int) -> None:
        """So many days after Saturday 21 November 2026, at an hour; the worker comes by."""
        self.site.now_ms = SATURDAY + days * DAY_MS + hour * HOUR_MS
        self.work()

    def hellos(self, address: str = HERS) -> int:
        return sum(it["Subject"] == "A short hello" for it in self.inbox.to(address))

    def mine(self, person: SignedIn) -> mail.Mine:
        return mail.of(self.site.store, person, self.site.now_ms)


SATURDAY = 1_795_219_200_000
"""Its first instant, in London."""
TUESDAY = 10
"""The second Tuesday after it, in days: whoever was here on the Saturday is missed."""


@pytest.fixture
def office(site: Site) -> Iterator[PostOffice]:
    with inbox() as box:
        yield PostOffice(site, box)


@pytest.fixture
def lena(site: Site) -> SignedIn:
    return site.person()


def test_an_address_is_hers_once_the_button_behind_the_link_was_pressed_and_only_once(office, lena):
    office.ask(lena, " Lena@Example.NET ")
    assert office.mine(lena) == mail.Mine("", HERS, False, "")
    code = office.code(HERS)
    mail.look_at_link(office.site.store, code, office.site.now_ms)
    assert office.mine(lena).address == "", "looking is not pressing"
    mail.confirm(office.site.store, code, office.site.now_ms)
    assert office.mine(lena) == mail.Mine(HERS, "", False, "")
    for ask in (mail.confirm, mail.look_at_link):
        with pytest.raises(NotFound):
            ask(office.site.store, code, office.site.now_ms)
    office.on(TUESDAY, 11)
    assert len(office.inbox.letters) == 1, "nothing is sent that she did not ask for"


def test_a_link_is_old_after_a_day_and_as_soon_as_she_asks_again_or_not_at_all(office, lena):
    office.ask(lena)
    first = office.code(HERS)
    office.ask(lena, "other@example.net")
    second = office.code("other@example.net")
    office.site.later(DAY_MS + 1)
    office.ask(lena, "third@example.net")
    third = office.code("third@example.net")
    mail.remove(office.site.store, lena, office.site.now_ms)
    for code in (first, second, third, "", "\ud800"):
        with pytest.raises(NotFound):
            mail.confirm(office.site.store, code, office.site.now_ms)
    assert office.mine(lena) == mail.Mine("", "", False, "")
    office.work()
    assert [it["Subject"] for it in office.inbox.letters] == ["Is this your email address?"] * 3


def test_pressed_twice_at_once_the_button_is_pressed_once(office, lena):
    office.ask(lena)
    code = office.code(HERS)
    told = at_once([lambda: mail.confirm(office.site.store, code, office.site.now_ms)] * 4)
    assert sorted(str(type(it)) for it in told).count(str(type(None))) == 1
    assert office.mine(lena).address == HERS


def test_a_form_sent_twice_asks_once_and_three_times_a_day_are_enough(office, lena):
    form = uuid.uuid4()
    at_once([lambda: mail.ask(office.site.store, lena, HERS, form, office.site.now_ms)] * 4)
    office.work()
    assert len(office.inbox.letters) == 1
    for number in range(2):
        office.site.later(MINUTE_MS)
        office.ask(lena, f"n{number}@example.net")
    with pytest.raises(Refused, match="three times"):
        office.ask(lena, "four@example.net")
    office.site.later(DAY_MS)
    office.ask(lena, "four@example.net")
    assert len(office.inbox.letters) == 4


def test_nobody_is_told_whether_an_address_is_known_and_strangers_are_not_pestered(office, lena):
    others = [office.site.person(f"Person {number}") for number in range(8)]
    office.confirmed(lena)
    for other in others[:4]:
        office.ask(other)
        assert office.mine(other) == mail.Mine("", HERS, False, ""), "each sees the same"
    assert len(office.inbox.letters) == 3, "an address that confirms nothing gets three letters a day"


def test_six_people_may_share_a_mailbox(office):
    for number in range(7):
        one = office.site.person(f"Person {number}")
        office.ask(one)
        confirm = [office.site.store, office.code(HERS), office.site.now_ms]
        if number < 6:
            mail.confirm(*confirm)
        else:
            with pytest.raises(Refused, match="Six people"):
                mail.confirm(*confirm)
        assert office.mine(one).address == (HERS if number < 6 else "")
        office.site.later(DAY_MS)
        expiry.forget_expired(office.site.store, office.site.now_ms)


def test_the_old_address_is_told_when_it_is_changed_and_when_it_is_taken_away(office, lena):
    office.reminded(lena)
    office.ask(lena, "new@example.net")
    assert office.mine(lena).address == HERS, "until the new one is confirmed"
    mail.confirm(office.site.store, office.code("new@example.net"), office.site.now_ms)
    office.work()
    assert office.inbox.to(HERS)[-1]["Subject"] == "We write to you here no more"
    assert office.mine(lena) == mail.Mine("new@example.net", "", False, "tuesday")
    mail.remove(office.site.store, lena, office.site.later(1))
    office.work()
    assert office.inbox.to("new@example.net")[-1]["Subject"] == "We write to you here no more"
    assert office.mine(lena) == mail.Mine("", "", False, "")
    told = len(office.inbox.letters)
    office.on(TUESDAY, 11)
    assert len(office.inbox.letters) == told


def test_a_reminder_comes_at_ten_on_her_day_where_she_was_not_here_for_a_week(office, lena):
    office.reminded(lena)
    office.on(3, 11)
    assert office.hellos() == 0, "three days are no week"
    office.on(TUESDAY, 0)
    office.on(TUESDAY, 9)
    assert office.hellos() == 0
    office.on(TUESDAY, 10)
    office.on(TUESDAY, 17)
    office.on(TUESDAY + 1, 10)
    assert office.hellos() == 1
    office.on(TUESDAY + 7, 12)
    assert office.hellos() == 2
    office.site.send(lena, *office.site.lesson())
    office.on(TUESDAY + 14, 10)
    assert office.hellos() == 2, "she was here"
    office.on(TUESDAY + 21, 20)
    assert office.hellos() == 2, "nobody is written to in the evening"


@pytest.mark.parametrize("what", ["stop", "remove", "here", "another day", "erase"])
def test_what_she_does_before_ten_keeps_the_reminder_back(office, lena, what):
    office.reminded(lena)
    office.on(TUESDAY, 1)
    assert [row["kind"] for row in office.site.rows(letters, lena)].count("reminder") == 1
    store, now = office.site.store, office.site.now_ms
    {
        "stop": lambda: mail.stop(store, lena, now),
        "remove": lambda: mail.remove(store, lena, now),
        "here": lambda: office.site.send(lena, *office.site.lesson()),
        "another day": lambda: mail.remind(store, lena, "friday", now),
        "erase": lambda: erasure.erase(store, lena.person_id, None, now),
    }[what]()
    office.on(TUESDAY, 10)
    assert office.hellos() == 0


def test_a_reminder_says_nothing_and_can_be_stopped_by_whoever_has_it(office, lena):
    office.reminded(lena)
    office.on(TUESDAY, 10)
    office.on(TUESDAY + 7, 10)
    first, second = (it for it in office.inbox.to(HERS) if it["Subject"] == "A short hello")
    text = first.get_content()
    assert text == second.get_content(), "nothing tells one from another"
    code = office.code(HERS, "/mail/stop/")
    assert first["List-Unsubscribe"] == f"<{URL}/mail/stop/{code}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first.get_content_type() == "text/plain"
    assert not first.is_multipart()
    links = [word for word in text.split() if "://" in word]
    assert links == [f"{URL}/", f"{URL}/mail/stop/{code}"]
    lock_screen = f"{first['From']} {first['Subject']} {text[:140]}".lower()
    told = ("learn", "course", "module", "lesson", "badge", "tea", "lena", "http")
    assert [it for it in told if it in lock_screen] == []
    for _ in range(2):
        mail.look_at_stop(office.site.store, code)
        mail.stop_by(office.site.store, code, office.site.now_ms)
    office.on(TUESDAY + 14, 10)
    assert office.hellos() == 2
    assert office.mine(lena) == mail.Mine(HERS, "", False, "")
    (said,) = office.site.rows(consents, lena)
    assert said["wording"].endswith("On which day? Tuesday. Remind me on that day.")
    assert said["withdrawn_ms"] > said["given_ms"]


def test_a_link_in_a_letter_to_an_address_she_left_stops_nothing(office, lena):
    office.reminded(lena)
    office.on(TUESDAY, 10)
    old = office.code(HERS, "/mail/stop/")
    office.confirmed(lena, "new@example.net")
    office.on(TUESDAY + 14, 10)
    assert office.hellos("new@example.net") == 1
    with pytest.raises(NotFound):
        mail.stop_by(office.site.store, old, office.site.now_ms)
    assert office.mine(lena).day == "tuesday"


def test_a_server_that_is_away_is_waited_for(office, lena):
    nobody = replace(office.inbox.smtp, port=1)
    mail.ask(office.site.store, lena, HERS, uuid.uuid4(), office.site.now_ms)
    for _ in range(8):
        office.site.later(2 * MINUTE_MS)
        office.work(nobody)
    assert "can be sent now" in office.said[0]
    assert HERS not in str(office.said)
    assert mail.waiting(office.site.store) == (1, 0)
    office.site.later(2 * MINUTE_MS)
    office.work()
    assert len(office.inbox.to(HERS)) == 1
    assert mail.waiting(office.site.store) == (0, 0)


def test_a_letter_that_is_refused_for_now_is_tried_again_and_for_good_is_not(office, lena):
    office.inbox.answers = {HERS: "451 later, lena@example.net"}
    office.ask(lena)
    office.work()
    assert mail.waiting(office.site.store) == (1, 1)
    office.inbox.answers = {}
    office.site.later(MINUTE_MS)
    office.work()
    assert len(office.inbox.to(HERS)) == 1
    office.inbox.answers = {"gone@example.net": "550 no such user gone@example.net"}
    office.ask(lena, "gone@example.net")
    assert office.mine(lena).refused
    assert office.said == ["A letter was refused for good (it said 550)."]
    assert mail.waiting(office.site.store) == (0, 0)


def test_a_letter_is_given_up_at_the_end_of_its_day(office, lena):
    office.inbox.answers = {HERS: "451 later"}
    office.ask(lena)
    for _ in range(5):
        office.site.later(5 * HOUR_MS)
        office.work()
    assert [row["outcome"] for row in office.site.rows(letters, lena)] == ["given up"]
    assert mail.waiting(office.site.store) == (0, 0)


def test_a_mailbox_that_is_gone_is_not_written_to_again(office, lena):
    office.reminded(lena)
    office.inbox.answers = {HERS: "550 gone"}
    office.on(TUESDAY, 10)
    assert office.mine(lena).day == ""
    office.inbox.answers = {}
    office.on(TUESDAY + 7, 10)
    assert office.hellos() == 0


def test_two_workers_at_once_send_a_letter_once(office, lena):
    people_ = [lena, *(office.site.person(f"Person {number}") for number in range(3))]
    for number, one in enumerate(people_):
        mail.ask(office.site.store, one, f"n{number}@example.net", uuid.uuid4(), office.site.now_ms)
    at_once([office.work] * 3)
    assert sorted(it["To"] for it in office.inbox.letters) == [f"n{number}@example.net" for number in range(4)]


def test_nothing_is_left_of_addresses_that_nobody_confirmed_or_that_are_erased(office, lena):
    sam = office.site.person("Sam")
    office.ask(sam, "sam@example.net")
    office.reminded(lena)
    office.on(TUESDAY, 10)
    erasure.erase(office.site.store, lena.person_id, None, office.site.now_ms)
    with pytest.raises(NotFound):
        mail.stop_by(office.site.store, office.code(HERS, "/mail/stop/"), office.site.now_ms)
    expiry.forget_expired(office.site.store, office.site.now_ms)
    with office.site.store.read() as db:
        kinds = set(db.execute(select(handles.c.kind)).scalars())
    assert not kinds & {"email", "mail-asked", "mail-confirm", "mail-stop"}
    held = [table for table in METADATA.sorted_tables if table.info["class"] == "person"]
    assert "example.net" not in str([office.site.rows(table, her) for table in held for her in (lena, sam)])
    assert office.site.rows(letters, sam) == office.site.rows(consents, lena) == []


def test_who_is_two_is_written_to_once_and_stops_both(office, lena):
    other = office.site.person("Lena again")
    office.reminded(lena)
    office.reminded(other, address="other@example.net")
    merge = merging.merge(office.site.store, lena.person_id, other.person_id, None, office.site.now_ms)
    her = office.site.again(lena.person_id)
    office.on(TUESDAY, 10)
    assert (office.hellos(), office.hellos("other@example.net")) == (1, 0)
    mail.stop_by(office.site.store, office.code(HERS, "/mail/stop/"), office.site.now_ms)
    merging.undo(office.site.store, lena.person_id, merge, None, office.site.now_ms)
    office.on(TUESDAY + 7, 10)
    assert (office.hellos(), office.hellos("other@example.net")) == (1, 0)
    assert her.others == (other.person_id,)
    assert office.mine(other).address == "other@example.net"


def test_an_address_of_either_is_hers_when_they_are_one_and_can_be_taken_away(office, lena):
    other = office.site.person("Lena again")
    office.reminded(other)
    merging.merge(office.site.store, lena.person_id, other.person_id, None, office.site.now_ms)
    her = office.site.again(lena.person_id)
    assert office.mine(her) == mail.Mine(HERS, "", False, "tuesday")
    office.on(TUESDAY, 11)
    assert office.hellos() == 1
    mail.remove(office.site.store, her, office.site.now_ms)
    assert office.mine(her) == mail.Mine("", "", False, "")
    assert office.site.rows(people, other)[0]["email"] is None


def test_the_mail_server_shows_who_it_is_before_it_is_told_anything(tmp_path: Path):
    context = self_made(tmp_path)
    for tls, how in ((Tls.AT_ONCE, {"ssl_context": context}), (Tls.ASKED_FOR, {"tls_context": context})):
        with inbox(**how) as box:
            server = replace(box.smtp, tls=tls, user="lms", password="hunter22")
            with pytest.raises(Unreachable, match=r"certificate|SSL") as away:
                deliver(server, HERS, b"Subject: x\r\n\r\nx\r\n")
            assert "hunter22" not in str(away.value)
            assert box.letters == []
    with inbox() as plain:
        with pytest.raises(Unreachable, match="NotSupported"):
            deliver(replace(plain.smtp, tls=Tls.ASKED_FOR), HERS, b"Subject: x\r\n\r\nx\r\n")
        assert plain.letters == []


def self_made(folder: Path):
    """What a server that nobody vouches for says of itself."""
    import ssl
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    pem, enc = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, enc)
        + made.sign(key, hashes.SHA256()).public_bytes(pem)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
