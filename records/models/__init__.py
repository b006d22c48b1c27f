"""What is true about units, people and awards, whichever campaign comes and goes."""

from records.models.audit import AuditEvent
from records.models.award_types import AwardType, AwardTypeAlias
from records.models.awards import Award, AwardEvent
from records.models.cleanups import CleanUp
from records.models.decisions import Decision
from records.models.exports import Export
from records.models.imports import ColumnTemplate, Import, ImportRow
from records.models.lookups import Among
from records.models.members import Member, Membership
from records.models.merges import Merge, Namesakes
from records.models.moves import Move
from records.models.reckonings import Reckoning
from records.models.saved_views import SavedView
from records.models.submissions import Submission
from records.models.transfers import Transfer
from records.models.units import Sector, Unit, UnitEvent
from records.models.users import Posting, User

__all__ = [
    "Among",
    "AuditEvent",
    "Award",
    "AwardEvent",
    "AwardType",
    "AwardTypeAlias",
    "CleanUp",
    "ColumnTemplate",
    "Decision",
    "Export",
    "Import",
    "ImportRow",
    "Member",
    "Membership",
    "Merge",
    "Move",
    "Namesakes",
    "Posting",
    "Reckoning",
    "SavedView",
    "Sector",
    "Submission",
    "Transfer",
    "Unit",
    "UnitEvent",
    "User",
]
