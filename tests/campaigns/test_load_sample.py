"""Loading the sample: what the command says and refuses, and what it draws by lot."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from campaigns.models import Campaign, Invitation, Registration, SelfRegistration, UnitPlan
from campaigns.sample import loading
from campaigns.sample.draws import FEMALE, KNOWN, MALE, Draw, share_out, years_later
from records.models import Award, AwardType, Member, Unit
from tests.factories import make_unit

TODAY = date(2026, 11, 23)


def snapshot():
    return [
        list(
            Member.objects.order_by("pk").values_list("public_id", "full_name", "birth_date", "standing", "unit__code")
        ),
        list(Registration.objects.order_by("pk").values_list("member__public_id", "status", "registered_on")),
        list(Award.objects.order_by("pk").values_list("public_id", "recipient_name", "type__code")),
        list(UnitPlan.objects.order_by("pk").values_list("unit__code", "number", "status")),
        list(Invitation.objects.order_by("pk").values_list("unit__code", "token")),
        list(SelfRegistration.objects.order_by("pk").values_list("full_name", "birth_year", "status")),
    ]


@pytest.mark.one_database
def test_one_seed_gives_one_province_whose_rates_hold(db):
    found = []
    for _time in range(2):
        with transaction.atomic():
            loading.load(777, 4, TODAY)
            found.append(snapshot())
            campaign = Campaign.objects.with_rates().get(slug="dang-vien-tinh-nguyen-2018")
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0][0]) == 777
    assert (campaign.planned, campaign.owed) == (517, 559)
    assert 90 <= 100 * campaign.registered / campaign.eligible < 92
    assert Draw(4).person() != Draw(5).person()


def run(capsys, **options):
    call_command("load_sample", **options)
    return capsys.readouterr().out


def test_command_loads_then_refuses_then_leaves_alone(db, capsys):
    AwardType.objects.load()
    first = run(capsys, members=300, seed=1, today="2026-11-23")
    assert "vinh-danh-mau-2020" in first
    with pytest.raises(CommandError):
        run(capsys, members=300)
    assert all(user.check_password(loading.PASSWORD) for user in loading.sample_users())
    again = run(capsys, once=True)
    assert all(login in again for login in ("quantri", "chuyenvien", "duyet", "quanly", "chauduc", "xem"))
    assert Member.objects.count() == 300


def test_command_prints_no_login_it_did_not_make(db, capsys):
    make_unit()
    assert loading.PASSWORD not in run(capsys, once=True)


@pytest.mark.parametrize(
    "options", [{"members": 299}, {"today": "2020-12-31"}, {"today": "23/11/2026"}, {"members": -1}]
)
def test_command_refuses_what_it_cannot_tell(db, options):
    with pytest.raises(CommandError):
        call_command("load_sample", **options)
    assert not Unit.objects.exists()


def test_shares_add_up_and_respect_their_caps():
    assert share_out(10, [1, 1, 1]) == [4, 3, 3]
    assert share_out(5, [9, 1], [3, 4]) == [3, 2]
    assert sum(share_out(1697, [742, 618, 1196, 7214])) == 1697


def test_names_are_vietnamese_and_nobody_everybody_knows():
    draw = Draw(3)
    names = [draw.names.draw(draw, gender) for gender in (FEMALE, MALE) for _ in range(500)]
    assert not KNOWN & set(names)
    assert all(2 <= len(name.split()) <= 5 for name in names)
    assert not any(" Văn " in name for name in names[:500])
    assert not any(" Thị " in name for name in names[500:])
    family = Counter(name.split()[0] for name in names)
    assert family.most_common(1)[0][0] == "Nguyễn"


def test_public_ids_do_not_repeat():
    draw = Draw(1)
    assert len({draw.public_id() for _ in range(3000)}) == 3000


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        (date(2020, 2, 29), 1, date(2021, 2, 28)),
        (date(1980, 2, 29), 40, date(2020, 2, 29)),
        (date(1990, 9, 3), 30, date(2020, 9, 3)),
    ],
)
def test_anniversaries(day, years, then):
    assert years_later(day, years) == then
