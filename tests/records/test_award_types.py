import csv
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from records.models import AwardType, AwardTypeAlias
from records.models.award_types import DATA, award_key
from tests.factories import make_award_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    AwardType.objects.load()
    return AwardType.objects


def test_a_second_loading_brings_nothing_and_keeps_what_staff_edited(catalogue):
    edited = catalogue.get(code="BK-TINH")
    edited.granted_by = "Chủ tịch Ủy ban nhân dân tỉnh (đã sửa)"
    edited.save()
    assert catalogue.load() == 0
    edited.refresh_from_db()
    assert edited.granted_by.endswith("(đã sửa)")
    call_command("load_award_types", update=True, verbosity=0)
    edited.refresh_from_db()
    assert not edited.granted_by.endswith("(đã sửa)")


def test_there_are_twelve_badges_and_none_for_35_years(catalogue):
    """Guide on the Party badge: 30, 40, 45 … 90."""
    years = catalogue.filter(family="badge").values_list("milestone_years", flat=True)
    assert sorted(years) == [30, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90]


def test_every_type_names_the_article_it_rests_on(catalogue):
    assert not catalogue.filter(legal_basis="").exists()
    for award_type in catalogue.filter(legal_order="state"):
        assert "Điều" in award_type.legal_basis, award_type


# Worked by hand from the text of Law 06/2022: type, article that defines it, who may receive it, who gives it (77–80).
BY_LAW = [
    ("CO-CHINH-PHU", "Điều 25", "collective", "Chính phủ"),
    ("CSTD-TOAN-QUOC", "Điều 21", "person", "Thủ tướng Chính phủ"),
    ("BK-THU-TUONG", "Điều 73", "person|collective|household", "Thủ tướng Chính phủ"),
    ("CSTD-CO-SO", "Điều 23", "person", ""),
    ("LDTT", "Điều 24", "person", ""),
    ("TT-LDXS", "Điều 27", "collective", ""),
    ("TT-LDTT", "Điều 28", "collective", ""),
    ("BK-TINH", "Điều 74", "person|collective|household", "Chủ tịch"),
    ("HC-LAO-DONG-1", "Điều 42", "", "Chủ tịch nước"),
    ("HC-LAO-DONG-2", "Điều 43", "", "Chủ tịch nước"),
    ("HC-LAO-DONG-3", "Điều 44", "", "Chủ tịch nước"),
]


def test_types_say_what_the_law_says(catalogue):
    for code, article, recipients, giver in BY_LAW:
        award_type = catalogue.get(code=code)
        assert article in award_type.legal_basis, code
        assert giver in award_type.granted_by, code
        if recipients:
            assert set(award_type.recipients.split("|")) == set(recipients.split("|")), code


PRINTED = [
    ("Bằng khen của Thủ tướng", "BK-THU-TUONG"),
    ("Bằng khen Thủ tướng Chính phủ", "BK-THU-TUONG"),
    ("BK TTg", "BK-THU-TUONG"),
    ("Cờ Thi đua của Chính phủ", "CO-CHINH-PHU"),
    ("Cờ thi đua Chính phủ", "CO-CHINH-PHU"),
    ("Tập thể lao động tiên tiến", "TT-LDTT"),
    ("TẬP THỂ LAO ĐỘNG XUẤT SẮC", "TT-LDXS"),
    ("Huân chương Lao động hạng III", "HC-LAO-DONG-3"),
    ("Bằng khen của Chủ tịch UBND tỉnh", "BK-TINH"),
    ("huy hieu 30 nam tuoi dang", "HHD-30"),
]


def test_names_match_the_ways_they_are_printed(catalogue):
    by_printed_name = catalogue.by_printed_name()
    for printed, code in PRINTED:
        assert catalogue.match(printed).code == by_printed_name[award_key(printed)].code == code, printed


def test_what_could_be_several_awards_is_not_guessed(catalogue):
    for printed in ("", "Bằng khen", "Giấy khen", "Huân chương Lao động", "Giải nhất bóng chuyền"):
        assert catalogue.match(printed) is None, printed


def test_every_printed_name_means_one_type(catalogue):
    keys = [t.key for t in catalogue.all()]
    aliases = {a.key: a.type_id for a in AwardTypeAlias.objects.all()}
    assert len(keys) == len(set(keys))
    for award_type in catalogue.all():
        assert aliases.get(award_type.key, award_type.pk) == award_type.pk
    rows = list(csv.DictReader((DATA / "award_type_aliases.csv").open(encoding="utf-8")))
    for row in rows:
        assert catalogue.match(row["alias"]).code == row["code"], row


def test_a_badge_has_years_and_nothing_else_has():
    for fields in ({"family": "badge"}, {"family": "form", "milestone_years": 30}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_award_type(**fields)


def test_a_type_is_in_force_between_its_days():
    kind = make_award_type(valid_from=date(2024, 1, 1), valid_to=date(2026, 10, 1))
    held = {
        day: kind in AwardType.objects.in_force(day)
        for day in (date(2023, 12, 31), date(2024, 1, 1), date(2026, 10, 1))
    }
    assert list(held.values()) == [False, True, False]
    kind.valid_to = date(2020, 1, 1)
    with pytest.raises(ValidationError):
        kind.full_clean()
