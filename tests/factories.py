"""Rows for tests: plain functions with defaults, so that a test names only what it is about. All people are made up."""

from datetime import date
from itertools import count

from django.utils import timezone

from campaigns.models import (
    Activity,
    Campaign,
    CampaignScope,
    Exemplar,
    Inspection,
    Invitation,
    Registration,
    SelfRegistration,
    UnitPlan,
)
from records import imports
from records.models import (
    Award,
    AwardType,
    CleanUp,
    Decision,
    Export,
    Member,
    Merge,
    Move,
    Posting,
    SavedView,
    Sector,
    Transfer,
    Unit,
    User,
)
from records.sheets.kinds import find_kind
from records.tasks import start_planning

# All of one length: no name begins with another, and as texts they stand in the order of the numbers.
_n = count(10_001)
DAY = date(2020, 1, 1)
PASSWORD = "một-mật-khẩu-dài"


def make_user(**fields):
    n = next(_n)
    return User.objects.create_user(**{"username": f"user{n}", "password": PASSWORD, **fields})


def make_posting(role, unit, **fields):
    """A posting for a new staff user unless one is given."""
    user = fields.pop("user", None) or make_user(is_staff=True)
    return Posting.objects.create(**{"user": user, "unit": unit, "role": role, "valid_from": DAY, **fields})


def make_staff(role, unit):
    """A staff user with a role over a unit."""
    return make_posting(role, unit).user


def make_superuser(**fields):
    n = next(_n)
    return User.objects.create_superuser(**{"username": f"admin{n}", "password": PASSWORD, **fields})


def make_sector(**fields):
    n = next(_n)
    return Sector.objects.create(**{"code": f"nganh-{n}", "name": f"Ngành {n}", **fields})


def make_unit(**fields):
    n = next(_n)
    return Unit.objects.create(**{"code": f"DV-{n}", "name": f"Đơn vị {n}", "kind": Unit.Kind.OTHER, **fields})


def make_branch(**fields):
    """A grassroots branch: a unit that owes a campaign plan."""
    return make_unit(**{"kind": Unit.Kind.GRASSROOTS_BRANCH, **fields})


def make_member(**fields):
    n = next(_n)
    since = fields.pop("since", DAY)
    defaults = {
        "full_name": f"Nguyễn Văn {'ABCDEGHIKLM'[n % 11]}{'an' * (n % 3)}",
        "birth_date": date(1970, 1, 1 + n % 28),
    }
    if "unit" not in fields:
        defaults["unit"] = make_branch()
    return Member(**{**defaults, **fields}).admit(since)


def make_transfer(member, to_unit, **fields):
    """A transfer that waits for the receiving unit."""
    return Transfer.ask(member, to_unit, **{"on": DAY, "by": make_user(), **fields})


def make_merge(kept, absorbed, **fields):
    """Two records merged."""
    return Merge.perform(kept, absorbed, **{"by": make_user(), **fields})


def make_cleanup(unit, **fields):
    """A deadline for a unit's records."""
    return CleanUp.objects.create(
        **{"unit": unit, "due_on": DAY, "set_by": fields.pop("by", None) or make_user(), **fields}
    )


def make_view(**fields):
    n = next(_n)
    defaults = {"page": "records:staff_member_list", "name": f"Danh sách {n}", "query": "standing=full"}
    return SavedView.objects.create(**{**defaults, "user": fields.pop("user", None) or make_user(), **fields})


LIST_HEADER = "Họ và tên,Ngày sinh,Giới tính,Ngày vào Đảng,Chi bộ"


def make_import(*rows, by=None, **fields):
    """A list of members taken in, not read yet; each row is a line of csv under LIST_HEADER."""
    by = by or make_user()
    postings = by.postings_on()
    fields = {"unit": postings[0].unit if postings else None, "name": "danh-sach.csv", **fields}
    content = "\n".join([fields.pop("header", LIST_HEADER), *rows]).encode()
    return imports.take(by, find_kind(fields.pop("kind", "members")), fields["name"], content, fields["unit"])


def make_planned(*rows, by, **fields):
    """A list of members taken in and planned."""
    batch = make_import(*rows, by=by, **fields)
    start_planning(batch)
    return batch


def make_export(**fields):
    """An export that a worker has still to write."""
    defaults = {"listing": "members", "format": "xlsx", "columns": [], "reason": "Họp"}
    return Export.objects.create(**{**defaults, "by": fields.pop("by", None) or make_user(), **fields})


def make_move(unit=None, parent=None, **fields):
    """A move of a unit that a worker has still to carry out."""
    unit, parent = unit or make_unit(), parent or make_unit()
    return Move.objects.create(**{"unit": unit, "parent": parent, "on": date(2026, 7, 1), "by": make_user(), **fields})


def make_award_type(**fields):
    n = next(_n)
    defaults = {
        "code": f"LOAI-{n}",
        "name": f"Bằng khen loại {n}",
        "family": AwardType.Family.FORM,
        "legal_order": AwardType.LegalOrder.STATE,
        "level": AwardType.Level.PROVINCE,
        "recipients": "person|collective|household",
        "precedence": n,
        "mark": AwardType.Mark.CERTIFICATE,
        "legal_basis": "Luật 06/2022/QH15, Điều 74",
    }
    return AwardType.objects.create(**{**defaults, **fields})


def make_decision(**fields):
    n = next(_n)
    published = fields.pop("published", False)
    defaults = {"number": f"{n}/QĐ-UBND", "issuer": "Chủ tịch Ủy ban nhân dân tỉnh", "issued_on": date(2020, 5, 22)}
    if "unit" not in fields:
        defaults["unit"] = make_unit()
    if published:
        defaults["published_at"] = timezone.now()
    return Decision.objects.create(**{**defaults, **fields})


def make_award(**fields):
    n = next(_n)
    published = fields.pop("published", False)
    defaults = {"recipient_kind": Award.RecipientKind.COLLECTIVE, "recipient_name": f"Tập thể {n}", "list_position": n}
    if member := fields.get("member"):
        defaults |= {
            "recipient_kind": Award.RecipientKind.PERSON,
            "recipient_name": member.full_name,
            "unit": member.unit,
        }
    if collective := fields.get("collective"):
        defaults |= {"recipient_name": collective.name, "unit": collective}
    if "decision" not in fields:
        defaults["decision"] = make_decision(published=published)
    if "type" not in fields:
        defaults["type"] = make_award_type()
    if published:
        defaults["published_at"] = timezone.now()
    return Award.objects.create(**{**defaults, **fields})


def make_campaign(**fields):
    """A campaign for the subtree of its launching unit, under way unless told otherwise."""
    n = next(_n)
    scope = fields.pop("scope", None)
    defaults = {
        "slug": f"phong-trao-{n}",
        "title": f"Phong trào {n}",
        "starts_on": DAY,
        "status": Campaign.Status.LAUNCHED,
    }
    if "launched_by" not in fields:
        defaults["launched_by"] = scope or make_unit()
    campaign = Campaign.objects.create(**{**defaults, **fields})
    CampaignScope.objects.create(campaign=campaign, unit=scope or campaign.launched_by)
    return campaign


def make_activity(campaign, **fields):
    n = next(_n)
    order = campaign.activities.count() + 1
    return Activity.objects.create(
        **{"campaign": campaign, "name": f"Việc {n}", "measure": "buổi", "order": order, **fields}
    )


def make_plan(campaign, unit, **fields):
    return UnitPlan.objects.create(**{"campaign": campaign, "unit": unit, **fields})


def make_registration(campaign, member, **fields):
    return Registration.objects.create(**{"campaign": campaign, "member": member, "registered_on": DAY, **fields})


def make_exemplar(**fields):
    n = next(_n)
    published = fields.pop("published", False)
    defaults = {"title": f"Mô hình {n}", "story": "Kể lại."}
    if "campaign" not in fields:
        defaults["campaign"] = make_campaign()
    if "unit" not in fields:
        defaults["unit"] = fields.get("campaign", defaults.get("campaign")).launched_by
    if published:
        defaults["published_at"] = timezone.now()
    return Exemplar.objects.create(**{**defaults, **fields})


def make_inspection(campaign, unit, **fields):
    defaults = {"inspected_on": DAY, "inspector": "Đoàn kiểm tra", "outcome": Inspection.Outcome.NOTE}
    return Inspection.objects.create(**{"campaign": campaign, "unit": unit, **defaults, **fields})


def make_invitation(campaign, unit, **fields):
    return Invitation.objects.create(**{"campaign": campaign, "unit": unit, **fields})


def make_self_registration(invitation, **fields):
    defaults = {"full_name": "Nguyễn Thị Hoa", "birth_year": 1978}
    return SelfRegistration.objects.create(**{"invitation": invitation, **defaults, **fields})
