"""A reminder by email, from giving the address to the one tap that stops it, with real letters."""

from __future__ import annotations

import uuid

from lms.learning.days import DAY_MS, day_of
from lms.learning.mail import HOUR_MS, Kind, weekday_of
from lms.settings import LONDON
from lms.store import mail as rows
from lms.store.mail import MailRow
from tests.browser.conftest import Profile, Site, now_ms
from tests.browser.person import Person, a_username
from tests.inbox import link_in


def test_she_asks_for_a_reminder_gets_it_and_stops_it_with_one_tap(site: Site, profile: Profile, javascript: bool):
    her, name = Person(site, profile(javascript=javascript)), a_username()
    address = f"{name}@example.net"
    her.open("/sign-up")
    her.sign_up("Sue", name)
    her.open("/me/settings")
    her.press("Ask for a reminder")
    her.page.get_by_label("Your email address").fill(address)
    her.press("Write to this address")
    her.sees(f"We wrote to {address}")
    her.sees_not("When shall we write?")
    in_her_mail = Person(site, profile(javascript=javascript))
    in_her_mail.open(link_in(site.inbox.wait_for(address), "/mail/confirm/"))
    in_her_mail.press("Yes, it is mine")
    in_her_mail.sees("Now we know that this address is yours")
    today = weekday_of(day_of(now_ms(), LONDON)).capitalize()
    her.open("/me/mail")
    her.page.get_by_text(today, exact=True).click()
    her.press("Remind me on that day")
    her.sees(f"Your day is {today}")
    her.page.goto("about:blank")  # she is gone
    a_week_goes_by(site, site.person_id(name))
    reminder = site.inbox.wait_for(address, 2)
    assert reminder["Subject"] == "A short hello"
    in_her_mail.open(link_in(reminder, "/mail/stop/"))
    assert in_her_mail.page.locator("main button").count() == 1
    in_her_mail.press("Send me no more")
    in_her_mail.sees("We will not write about this any more")
    her.open("/me/mail")
    her.sees("We do not write yet")
    her.press("Take my address away")
    her.sees("Your address is gone from here")
    assert site.inbox.wait_for(address, 3)["Subject"] == "We write to you here no more"


def a_week_goes_by(site: Site, person_id: int) -> None:
    """She was last here ten days ago, and her reminder is due now."""
    at_ms, before = now_ms(), f"- {10 * DAY_MS} WHERE person_id = {person_id}"
    letter = MailRow(person_id, uuid.uuid4(), Kind.REMINDER, "remind-now", None, at_ms, at_ms, at_ms + 8 * HOUR_MS)
    with site.store.write() as db:
        db.exec_driver_sql(f"UPDATE sign_ins SET seen_ms = seen_ms {before}")
        db.exec_driver_sql(f"UPDATE audit SET at_ms = at_ms {before}")
        rows.add(db, letter)
