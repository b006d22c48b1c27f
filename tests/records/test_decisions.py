from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from records.models import AuditEvent, Award, Decision
from tests.factories import make_award, make_decision, make_superuser, make_unit

pytestmark = pytest.mark.django_db


def test_the_same_number_in_another_term_is_another_decision():
    """Party numbers begin again at 01 with each term (Guide 36-HD/VPTW)."""
    for day in (date(2016, 3, 1), date(2021, 3, 1)):
        make_decision(number="01-QĐ/TU", issuer="Ban Thường vụ Tỉnh ủy", issued_on=day)
    assert Decision.objects.filter(series="QĐ", issuer_code="TU", sequence=1).count() == 2


@pytest.mark.parametrize("issuer", ["Chủ tịch Ủy ban nhân dân tỉnh", "chủ tịch UBND  tỉnh"])
@pytest.mark.parametrize("number", ["1632/QĐ-UBND", "01632/qđ-ubnd", "số 1632/QĐ–UBND"])
def test_one_decision_printed_two_ways_is_entered_once(issuer, number):
    unit = make_unit()
    make_decision(number="1632/QĐ-UBND", issuer="Chủ tịch Ủy ban nhân dân tỉnh", unit=unit)
    again = Decision(number=number, issuer=issuer, issued_on=date(2020, 5, 22), unit=unit)
    with pytest.raises(ValidationError, match="register already|có trong sổ"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_a_number_nobody_understands_is_kept_as_printed():
    decision = make_decision(number="2234")
    assert decision.number == "2234" and not decision.number_is_understood
    make_decision(number="2234", unit=decision.unit)
    assert Decision.objects.filter(number="2234").count() == 2


def test_publishing_shows_the_decision_and_its_awards_and_is_on_record():
    clerk = make_superuser()
    decision = make_decision()
    awards = [make_award(decision=decision) for _ in range(2)]
    assert not Award.objects.published().exists()
    assert decision.publish(clerk) == 2
    assert set(Award.objects.published()) == set(awards)
    assert decision in Decision.objects.published()
    assert [e.action for e in AuditEvent.objects.order_by("pk")] == ["publish", "publish"]
    assert awards[0].history.first().history_user == clerk

    assert decision.unpublish(clerk, reason="nhầm tên") == 2
    assert not Award.objects.published().exists() and not Decision.objects.published().exists()
    assert Award.objects.count() == 2
    assert AuditEvent.objects.order_by("-pk").first().reason == "nhầm tên"


def test_publishing_twice_changes_nothing():
    clerk, decision = make_superuser(), make_decision()
    decision.publish(clerk)
    first, events = decision.published_at, AuditEvent.objects.count()
    assert decision.publish(clerk) == 0
    decision.refresh_from_db()
    assert decision.published_at == first and AuditEvent.objects.count() == events


def test_awards_follow_a_date_put_right():
    award = make_award()
    award.decision.issued_on = date(2019, 12, 31)
    award.decision.save()
    award.decision.date_awards()
    award.refresh_from_db()
    assert award.decided_on == date(2019, 12, 31)


@pytest.mark.parametrize("fields", [{"kind": "whim"}, {"issued_precision": "hour"}])
def test_the_database_refuses_unknown_values(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_decision(**fields)


@pytest.mark.parametrize("words", ["1632", "1632/qd-ubnd", "chu tich uy ban", "tap the lao dong xuat sac"])
def test_search_reads_number_issuer_and_subject(words):
    decision = make_decision(number="1632/QĐ-UBND", subject="Tặng danh hiệu Tập thể Lao động xuất sắc")
    make_decision(number="70/QĐ-UBND", issuer="Thủ tướng Chính phủ")
    assert decision in Decision.objects.search(words)
    assert Decision.objects.search("1632").get() == decision
