"""`lms invite` and `lms person`: letting someone in, and helping someone who is shut out.

Whoever can run these on the server could as well read its database, so they act as an administrator
of the whole site, and the audit says that it was nobody with an account.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from lms.cli import home
from lms.cli.parts import Commands, Parser, add_command, now_ms, open_site
from lms.errors import CannotRun
from lms.learning.people import SCOPES, Held, Role, ScopeKind

if TYPE_CHECKING:
    from lms.services.people import SignedIn
    from lms.services.roles import Listed
    from lms.services.stores import Store

GIVEN = tuple(role.value for role in Role if ScopeKind.SITE in SCOPES[role])
"""Roles that reach over the whole site; those of an organisation or a group are given on the page People."""


def add(commands: Commands[Parser]) -> None:
    for add_one in (_add_invite, _add_person, _add_audit):
        add_one(commands)


def _add_invite(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "invite",
        invite,
        "print a link that makes one account with a role, once, within a week",
        """
        lms invite --role administrator
        """,
    )
    command.add_argument("--role", choices=GIVEN, required=True, help="what the invited person may do")


def _add_person(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "person",
        person,
        "look at people, let in someone who has forgotten her password, give or end a role",
        """
        lms person
        lms person lena
        lms person lena --code
        lms person femi --start-again
        lms person ada --give administrator
        lms person ada --end administrator
        lms person lena --erase
        """,
    )
    command.add_argument("name", metavar="USERNAME", nargs="?", help="whom to look at; everyone without it")
    way = command.add_mutually_exclusive_group()
    way.add_argument("--erase", action="store_true", help="erase her for good: her name and words go, the counts stay")
    way.add_argument("--code", action="store_true", help="print a code that signs her in once, within half an hour")
    way.add_argument("--start-again", action="store_true", help="take her second step of signing in away: phone lost")
    way.add_argument("--give", metavar="ROLE", choices=GIVEN, help=f"give her a role from now on: {', '.join(GIVEN)}")
    way.add_argument("--end", metavar="ROLE", choices=tuple(Role), help="end a role now, wherever she has it")


def _add_audit(commands: Commands[Parser]) -> None:
    command = add_command(
        commands,
        "audit",
        audit,
        "say whether anybody's record was changed by hand, or show one",
        """
        lms audit
        lms audit lena
        """,
    )
    command.add_argument("name", metavar="USERNAME", nargs="?", help="whose record to show; without it all are checked")


def audit(args: argparse.Namespace) -> int:
    from lms.services import audits

    with open_site() as (settings, store):
        if args.name:
            found = audits.of(store, _operator(), _find(store, args.name).public_id, now_ms())
            for it in found.entries:
                at = datetime.fromtimestamp(it.at_ms / 1000, settings.timezone)
                print(f"{at:%Y-%m-%d %H:%M}  {it.who:<20} {it.action} {it.thing}".rstrip())
            return 0 if found.holds else 1
        checked = list(audits.broken(store))
    wrong = [name for name in checked if name]
    for name in wrong:
        print(f"The record of {name} was changed by hand.")
    print(f"{len(checked)} records looked at, {len(wrong)} changed by hand.")
    return 1 if wrong else 0


def invite(args: argparse.Namespace) -> int:
    from lms.services.codes import invite as invite_somebody

    with open_site() as (settings, store):
        code = invite_somebody(store, Role(args.role), ScopeKind.SITE, 0, None, now_ms())
    print(f"{home.address(settings, os.environ)}/invite/{code}")
    return 0


def person(args: argparse.Namespace) -> int:
    with open_site() as (_, store):
        if args.name is None:
            return _list(store, args)
        if args.erase:
            return _erase(store, args.name)
        found = _find(store, args.name)
        if args.code:
            return _give_code(store, found)
        if args.start_again:
            return _start_again(store, found)
        if args.give:
            return _give_role(store, found, Role(args.give))
        return _end_role(store, found, Role(args.end)) if args.end else _show([found])


def _list(store: Store, args: argparse.Namespace) -> int:
    if args.code or args.give or args.end or args.erase or args.start_again:
        raise CannotRun("Say who: lms person USERNAME.")
    return _show(_everyone(store))


def _show(people: Iterator[Listed] | list[Listed]) -> int:
    for one in people:
        roles = ", ".join(f"{role.held.role} ({role.where})" for role in one.roles)
        print(f"{one.username or '-':<20} {one.display_name:<30} {roles}".rstrip())
    return 0


def _erase(store: Store, username: str) -> int:
    from lms.services.erasure import erase_named

    erase_named(store, username, now_ms())
    print(f"{username} is erased. Copies in backups go when the backups go.")
    return 0


def _give_code(store: Store, found: Listed) -> int:
    from lms.services.codes import give_code

    name, code = give_code(store, _operator(), found.public_id, now_ms())
    print(f"{code} signs {name} in once, within half an hour, at /sign-in/code.")
    return 0


def _start_again(store: Store, found: Listed) -> int:
    from lms.services.people import id_of_username
    from lms.services.second import take_away

    if not take_away(store, id_of_username(store, found.username), "second-step-reset", None, now_ms()):
        raise CannotRun(f"{found.username} has no second step.")
    print(f"{found.username} signs in without a second step, and can set one up anew.")
    return 0


def _give_role(store: Store, found: Listed, role: Role) -> int:
    from lms.services.roles import give_role

    give_role(store, _operator(), found.public_id, role, ScopeKind.SITE, 0, None, now_ms())
    return _show([_find(store, found.username)])


def _end_role(store: Store, found: Listed, role: Role) -> int:
    from lms.services.roles import end_role

    theirs = [held.role_id for held in found.roles if held.held.role is role]
    if not theirs:
        raise CannotRun(f"{found.username} is no {role}.")
    for role_id in theirs:
        end_role(store, _operator(), found.public_id, role_id, now_ms())
    return _show([_find(store, found.username)])


def _operator() -> SignedIn:
    """Who acts when a command does: an administrator without a row."""
    from lms.services.people import SignedIn

    return SignedIn(0, "", "", "", "en", (Held(Role.ADMINISTRATOR, ScopeKind.SITE, 0, 0, None),))


def _find(store: Store, username: str) -> Listed:
    from lms.services.people import clean_username

    wanted = clean_username(username)
    for one in _everyone(store):
        if one.username == wanted:
            return one
    raise CannotRun(f"Nobody has the user name {wanted}. `lms person` lists everyone.")


def _everyone(store: Store) -> Iterator[Listed]:
    from lms.services.roles import people_page

    after, operator = 0, _operator()
    while True:
        page = people_page(store, operator, now_ms(), after)
        yield from page.listed
        if not page.after:
            return
        after = page.after
