"""Roles, the places they hold for, and permissions, in words."""

from __future__ import annotations

from lms.errors import N_
from lms.learning.people import Permission, Role, ScopeKind
from lms.web.catalogues import ENGLISH_PAGE
from lms.web.saying import Words, _, named

_ROLES = {
    Role.LEARNER: N_("Learner"),
    Role.MENTOR: N_("Mentor"),
    Role.FACILITATOR: N_("Facilitator"),
    Role.VENUE_LEAD: N_("Lead of a venue"),
    Role.ORGANISATION_LEAD: N_("Lead of an organisation"),
    Role.SAFEGUARDING_LEAD: N_("Safeguarding lead"),
    Role.FUNDER: N_("Funder"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

SCOPE_SAID = {
    ScopeKind.SITE: _("the whole site"),
    ScopeKind.PROGRAMME: _("a programme"),
    ScopeKind.ORGANISATION: _("an organisation"),
    ScopeKind.VENUE: _("a venue"),
    ScopeKind.GROUP: _("a group"),
}

PERMISSION_SAID = {
    Permission.AREA_ADD: _("Add areas"),
    Permission.AUDIT_READ: _("Read the record of what was done to or by somebody"),
    Permission.CODE_GIVE: _("Make a sign-in code for somebody who can’t sign in"),
    Permission.COMPLAINT_ANSWER: _("Answer complaints"),
    Permission.CONCERN_READ: _("Read worries about somebody’s safety"),
    Permission.CONTACT_LOG: _("See whom to ring, and note a call"),
    Permission.GROUP_ADD: _("Add groups"),
    Permission.GROUP_CHANGE: _("Change a group, and make a new join code"),
    Permission.GROUP_READ: _("See who is in a group and how far each is"),
    Permission.LEARNER_EXPORT: _("Take away the file about single learners"),
    Permission.MEETING_RUN: _("Plan meetings and fill in registers"),
    Permission.MEMBER_ADD: _("Bring people into a group, and take them out"),
    Permission.MESSAGE_READ: _("Read messages with learners of her groups"),
    Permission.MESSAGE_WRITE: _("Write messages with learners of hers"),
    Permission.ORGANISATION_ADD: _("Add organisations"),
    Permission.OWN_LEARN: _("Learn, and see all that is kept about herself"),
    Permission.PAIRING_CHANGE: _("Give learners a mentor, and end that"),
    Permission.PAIRING_READ: _("See the learners she is a mentor of"),
    Permission.PERSON_ERASE: _("Erase somebody"),
    Permission.PERSON_INVITE: _("Invite people to a role"),
    Permission.PERSON_MERGE: _("Make two entries of one person one"),
    Permission.PERSON_READ: _("See the page of people, and who has which role"),
    Permission.PLACEMENT_CHANGE: _("Place learners at a business, and say which hours count"),
    Permission.PROGRAMME_CHANGE: _("Add and change programmes"),
    Permission.PROGRAMME_READ: _("See how a programme is doing, in counts"),
    Permission.REPORT_EXPORT: _("Take away reports, in counts"),
    Permission.ROLE_END: _("End roles"),
    Permission.ROLE_GIVE: _("Give roles"),
    Permission.TASK_SIGN: _("Sign off a task that a learner handed in"),
    Permission.VENUE_CHANGE: _("Add and change venues"),
}


def role_said(role: Role | str) -> Words:
    """What a role is called; of one that an older program knew, its own name."""
    told = _ROLES.get(Role(role)) if role in tuple(Role) else None
    return _(told) if told else named(str(role).replace("-", " "), ENGLISH_PAGE)


def role_in(thing: str) -> Words:
    """The role that something written down begins with: `facilitator organisation 1` is "Facilitator"."""
    return role_said(thing.partition(" ")[0])
