"""The whole sample in one transaction."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from campaigns.models import Campaign
from campaigns.sample import awards, movements, people, units, waiting
from campaigns.sample.draws import Draw
from records.models import AwardType, Decision, Member, Posting, Unit, User

SMALLEST = 300  # members below which the committees' shares cannot be told apart
EARLIEST = date(2021, 1, 1)  # the sample's last facts are of 2020
PASSWORD = "vinh-danh-mau-2020"  # noqa: S105  (printed on purpose: everyone who loads the sample is to know it)
# Login, surname and given name, role and unit; a superuser needs neither.
LOGINS = [
    ("quantri", "Quản trị", "Mẫu", None, None),
    ("chuyenvien", "Huỳnh Thị Cẩm", "Tú", Posting.Role.CLERK, "BRVT"),
    ("duyet", "Bùi Thị Xuân", "Mai", Posting.Role.APPROVER, "BRVT"),
    ("quanly", "Đoàn Thị Thu", "Hà", Posting.Role.MANAGER, "BRVT"),
    ("chauduc", "Lý Tấn", "Lộc", Posting.Role.CLERK, "BRVT-CD"),
    ("xem", "Tô Minh", "Khuê", Posting.Role.VIEWER, "BRVT"),
]


def occupied():
    """Whether the register holds anything but the shipped catalogue of awards."""
    return any(model.objects.exists() for model in (Unit, Member, Decision, Campaign)) or sample_users().exists()


def sample_users():
    return User.objects.filter(username__in=[login for login, *_rest in LOGINS])


@transaction.atomic
def load(members, seed, today):
    """Fill an empty register; the same seed, size and day give the same province."""
    draw = Draw(seed)
    AwardType.objects.load()
    province = units.build(draw, members)
    make_logins(province)
    by = province.users["duyet"]
    people.settle(draw, province, members, today)
    campaign = movements.launch_volunteers(draw, province, by, today)
    movements.run_annual(draw, province, by, today)
    movements.draft_next(province, today)
    awards.grant_all(draw, campaign, province, by, today)
    waiting.leave_work(draw, campaign, province, today)


def make_logins(province):
    """The sample's accounts, all with one password."""
    password = make_password(PASSWORD)
    for login, last_name, first_name, role, code in LOGINS:
        user = User.objects.create(
            username=login,
            password=password,
            last_name=last_name,
            first_name=first_name,
            is_staff=True,
            is_superuser=role is None,
        )
        province.users[login] = user
        if role:
            unit = province.root if code == "BRVT" else province.committees[code][0]
            Posting.objects.create(user=user, unit=unit, role=role, valid_from=date(2020, 1, 1))
