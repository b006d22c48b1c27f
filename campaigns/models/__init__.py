"""The yearly work: what was launched, who planned, who volunteered, and what came of it."""

from campaigns.models.activities import Activity
from campaigns.models.campaigns import Campaign, CampaignScope
from campaigns.models.documents import CampaignDocument
from campaigns.models.exemplars import Exemplar, ExemplarPhoto
from campaigns.models.inspections import Inspection
from campaigns.models.plans import PlannedActivity, UnitPlan
from campaigns.models.registrations import Pledge, Registration
from campaigns.models.results import EvidencePhoto, UnitReport
from campaigns.models.self_registrations import Invitation, SelfPledge, SelfRegistration
from campaigns.models.tallies import Tally

__all__ = [
    "Activity",
    "Campaign",
    "CampaignDocument",
    "CampaignScope",
    "EvidencePhoto",
    "Exemplar",
    "ExemplarPhoto",
    "Inspection",
    "Invitation",
    "PlannedActivity",
    "Pledge",
    "Registration",
    "SelfPledge",
    "SelfRegistration",
    "Tally",
    "UnitPlan",
    "UnitReport",
]
