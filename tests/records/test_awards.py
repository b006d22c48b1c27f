from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from records.models import AuditEvent, Award, AwardEvent
from records.models.fields import ALPHABET, new_public_id
from tests.factories import (
    make_award,
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db
Kind, Status = Award.RecipientKind, Award.Status


def refused(**fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_award(**fields)
    return True


def test_an_award_goes_to_a_member_a_unit_or_a_name():
    make_award(member=make_member())
    make_award(collective=make_unit())
    make_award(recipient_name="Nhân dân và cán bộ xã Văn Hóa")
    assert Award.objects.count() == 3


def test_never_to_two_recipients_nor_to_the_wrong_kind_nor_to_nobody():
    assert refused(member=make_member(), collective=make_unit())
    assert refused(member=make_member(), recipient_kind=Kind.COLLECTIVE)
    assert refused(collective=make_unit(), recipient_kind=Kind.PERSON)
    assert refused(recipient_name="  ")
    assert refused(period_start=2017, period_end=2013)
    assert refused(recipient_kind="crowd")


def test_what_the_database_refuses_is_said_in_words():
    award = make_award()
    award.period_start, award.period_end = 2017, 2013
    with pytest.raises(ValidationError) as told:
        award.full_clean()
    assert "2" not in str(told.value.message_dict) and told.value.messages[0].endswith(".")


def test_a_flag_of_the_government_is_not_for_a_person():
    """Law 06/2022, art. 25: collectives only."""
    flag = make_award_type(recipients="collective", legal_basis="Luật 06/2022/QH15, Điều 25")
    award = make_award(type=flag, member=make_member())
    with pytest.raises(ValidationError) as told:
        award.full_clean()
    assert "Điều 25" in str(told.value)


def test_what_the_decision_wrote_stays_when_the_register_moves_on():
    old, new = make_branch(name="Chi bộ 3"), make_branch()
    member = make_member(full_name="Trần Quốc Thịnh", unit=old)
    award = make_award(member=member, recipient_position="Bí thư", recipient_unit="Chi bộ khu phố 3")
    member.transfer_to(new, date(2021, 1, 1))
    old.rename("Chi bộ khu phố 3A", date(2021, 2, 1))
    award.refresh_from_db()
    assert (award.recipient_name, award.recipient_position, award.recipient_unit) == (
        "Trần Quốc Thịnh",
        "Bí thư",
        "Chi bộ khu phố 3",
    )
    assert award.unit == old


def test_a_correction_keeps_both_versions_and_the_decision():
    award = make_award(member=make_member(), recipient_position="Bí thư")
    paper = make_decision(number="842-CV/BTCTU", kind="correct", issued_on=date(2020, 6, 1))
    event = award.correct(
        paper, "ghi nhầm chức vụ", recipient_position="Phó Bí thư", recipient_name=award.recipient_name
    )
    award.refresh_from_db()
    assert award.status == Status.CORRECTED and award.recipient_position == "Phó Bí thư"
    assert (event.was, event.became) == ({"recipient_position": "Bí thư"}, {"recipient_position": "Phó Bí thư"})
    assert event.occurred_on == date(2020, 6, 1) and award.stands


def test_a_correction_that_changes_nothing_is_refused():
    award = make_award()
    with pytest.raises(ValidationError):
        award.correct(make_decision(), "?", recipient_name=award.recipient_name)
    assert award.events.count() == 0


def test_a_revoked_award_stays_in_the_register_and_does_not_change_again():
    award = make_award(published=True)
    award.revoke(make_decision(number="1188-QĐ/TU"), "khen trùng cho cùng một thành tích")
    assert not award.stands and award in Award.objects.published()
    for act in (award.revoke, award.reissue):
        with pytest.raises(ValidationError):
            act(make_decision(), "lần nữa")
    assert award.events.count() == 1


def test_two_clerks_cannot_both_revoke():
    award = make_award()
    other = Award.objects.get(pk=award.pk)
    award.revoke(make_decision(), "một")
    with pytest.raises(ValidationError):
        other.revoke(make_decision(), "hai")
    assert award.events.count() == 1


def test_the_same_award_twice_is_noticed_across_decisions_and_spellings():
    kind = make_award_type()
    first = make_award(type=kind, recipient_name="Nhân dân và cán bộ xã Châu Hóa", period_start=2019, period_end=2019)
    twin = make_award(type=kind, recipient_name="nhân dân và cán bộ  xã Châu Hoá", period_start=2019, period_end=2019)
    other_year = make_award(type=kind, recipient_name=first.recipient_name, period_start=2018, period_end=2018)
    assert list(Award.objects.same_as(twin)) == [first]
    assert not Award.objects.same_as(other_year).exists()
    first.revoke(make_decision(), "trùng")
    assert not Award.objects.same_as(twin).exists()


def test_members_of_one_name_are_not_one_recipient():
    kind, unit = make_award_type(), make_branch()
    one, two = (make_member(full_name="Nguyễn Văn An", unit=unit) for _ in range(2))
    make_award(type=kind, member=one)
    assert not Award.objects.same_as(make_award(type=kind, member=two)).exists()


def test_the_newest_decision_comes_first_and_keeps_its_own_order():
    old = make_decision(issued_on=date(2019, 1, 1))
    new = make_decision(issued_on=date(2020, 1, 1))
    late = make_award(decision=new, list_position=2)
    first = make_award(decision=new, list_position=1)
    oldest = make_award(decision=old, list_position=1)
    assert list(Award.objects.for_list()) == [first, late, oldest]


@pytest.mark.parametrize("words", ["le hoang", "Lê Hoàng Phúc", "khang le", "chi bo thon", "KHANG"])
def test_search_finds_a_name_however_it_is_typed(words):
    award = make_award(recipient_name="Lê Hoàng Phúc Khang", recipient_unit="Chi bộ thôn Lồ Ồ")
    make_award(recipient_name="Trần Văn B")
    assert list(Award.objects.search(words)) == [award]


@pytest.mark.parametrize("words", ["1407-qd/tu", "1407", "Quyết định số 1407-QĐ/TU", "qđ 1407"])
def test_search_by_decision_number_finds_all_its_awards(words):
    decision = make_decision(number="1407-QĐ/TU")
    awards = {make_award(decision=decision) for _ in range(2)}
    make_award()
    assert set(Award.objects.search(words)) == awards


def test_public_codes_are_readable_off_paper():
    codes = {new_public_id() for _ in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) <= set(ALPHABET) and not set("ilou") & set(ALPHABET)
    award = make_award(public_id="7k3m9qxa")
    assert award.short_code == "7K3M-9QXA"


# A change recorded by mistake


def test_a_change_recorded_by_mistake_is_taken_back_and_the_log_keeps_it():
    award = make_award(recipient_name="Trần Quốc Thịnh", period_start=2019, period_end=None)
    by = make_decision(issued_on=date(2021, 1, 1))
    award.correct(by, "Sai tên", recipient_name="Trần Quốc Thinh", period_end=2020)
    award.revoke(by, "Nhầm người")
    clerk = make_staff("approver", award.decision.unit)
    award.events.get(kind="revoke").take_back(clerk, "ghi nhầm dòng")
    award.refresh_from_db()
    assert award.status == Status.CORRECTED and award.recipient_name == "Trần Quốc Thinh"
    award.events.get().take_back(clerk, "ghi nhầm dòng")
    award.refresh_from_db()
    assert (award.status, award.recipient_name) == (Status.ACTIVE, "Trần Quốc Thịnh")
    assert (award.period_start, award.period_end) == (2019, None)
    assert not award.events.exists() and AwardEvent.history.filter(history_type="-").count() == 2
    assert AuditEvent.objects.filter(action="take_back", actor=clerk).count() == 2


def test_a_wording_mended_since_then_stays():
    award = make_award(recipient_name="Trần Quốc Thịnh", recipient_unit="Chi bộ 1")
    by = make_decision(issued_on=date(2021, 1, 1))
    event = award.correct(by, "Sai", recipient_name="Trần Quốc Thinh", recipient_unit="Chi bộ 2")
    Award.objects.filter(pk=award.pk).update(recipient_name="Trần Quốc Thính")
    event.take_back(make_staff("clerk", award.decision.unit), "ghi nhầm")
    award.refresh_from_db()
    assert (award.recipient_name, award.recipient_unit) == ("Trần Quốc Thính", "Chi bộ 1")


def test_of_a_public_award_and_before_a_further_change_nothing_is_taken_back():
    by, award = make_decision(issued_on=date(2021, 1, 1)), make_award(published=True)
    clerk = make_staff("approver", award.decision.unit)
    first, second = award.reissue(by, "Mất"), award.revoke(by, "Nhầm")
    with pytest.raises(ValidationError):
        second.take_back(clerk, "ghi nhầm")
    Award.objects.filter(pk=award.pk).unpublish(clerk, None, "ghi nhầm")
    with pytest.raises(ValidationError):
        first.take_back(clerk, "ghi nhầm")
    second.take_back(clerk, "ghi nhầm")
    assert Award.objects.get(pk=award.pk).status == Status.REISSUED


def test_a_revocation_recorded_by_mistake_is_mended_in_the_portal(client):
    """Off the public pages, the change taken back, and public again as it was."""
    province = make_unit()
    award = make_award(decision=make_decision(unit=province, published=True), published=True)
    award.revoke(make_decision(unit=province), "Nhầm người")
    client.force_login(make_staff("approver", province))
    here = f"/staff/awards/{award.public_id}/"
    assert "take-back/" not in client.get(here).content.decode()
    assert client.post(f"{here}take-back/", {"reason": "nhầm"}).url == here and award.events.exists()
    client.post(f"{here}unpublish/", {"reason": "nhầm"})
    assert f"{here}take-back/" in client.get(here).content.decode()
    assert client.post(f"{here}take-back/", {"reason": " "}).context["form"].errors
    assert client.post(f"{here}take-back/", {"reason": "nhầm dòng"}).url == here
    client.post(f"/staff/decisions/{award.decision_id}/publish/")
    assert "Đã thu hồi" not in client.get(f"/awards/{award.public_id}/").content.decode()
