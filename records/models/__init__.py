"""What is true about units, people and awards, whichever campaign comes and goes."""

from records.models.audit import AuditEvent
from records.models.award_types import AwardType, AwardTypeAlias
from records.models.awards import Award, AwardEvent
from records.models.decisions import Decision
from records.models.members import Member, Membership
from records.models.units import Sector, Unit, UnitEvent
from records.models.users import Posting, User

__all__ = [
    "AuditEvent",
    "Award",
    "AwardEvent",
    "AwardType",
    "AwardTypeAlias",
    "Decision",
    "Member",
    "Membership",
    "Posting",
    "Sector",
    "Unit",
    "UnitEvent",
    "User",
]
