"""A record chosen by typing: suggestions keep to scope, and words alone are never guessed at."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from django.urls import reverse

from records.forms.suggest import SHOWN, SuggestField
from records.models import Member, Unit
from tests.factories import (
    make_award_type,
    make_branch,
    make_decision,
    make_member,
    make_staff,
    make_superuser,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


class UnitForm(forms.Form):
    unit = SuggestField(Unit.objects.none(), kind="unit", required=False, label="Đơn vị")

    def __init__(self, rows, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = rows


def sent(text="", key="", pick=None, rows=None):
    data = QueryDict(mutable=True)
    data.update({"unit": text, "unit_key": key})
    if pick is not None:
        data["unit_pick"] = pick
    return UnitForm(Unit.objects.all() if rows is None else rows, data)


def ask(client, kind, words):
    return client.get(reverse("records:staff_suggest", args=[kind]), {"q": words}).json()["results"]


@pytest.fixture
def namesakes():
    """Two branches of one name under two committees."""
    above = make_unit(name="Đảng bộ xã Đá Bạc", code="DB"), make_unit(name="Đảng bộ xã Kim Long", code="KL")
    return [make_branch(name="Chi bộ 3", code=f"CB3-{unit.code}", parent=unit) for unit in above]


class TestField:
    def test_a_suggestion_that_was_taken_is_that_row(self, namesakes):
        form = sent(namesakes[1].name_in_full, str(namesakes[1].pk))
        assert form.is_valid() and form.cleaned_data["unit"] == namesakes[1]

    def test_the_code_alone_names_the_row(self, namesakes):
        form = sent("CB3-KL")
        assert form.is_valid() and form.cleaned_data["unit"] == namesakes[1]

    def test_words_without_tones_find_the_only_one_that_fits(self, namesakes):
        form = sent("dang bo xa da bac")
        assert form.is_valid() and form.cleaned_data["unit"].code == "DB"

    def test_a_name_that_two_bear_is_asked_and_then_picked(self, namesakes):
        form = sent("Chi bộ 3")
        assert not form.is_valid() and form.errors.as_data()["unit"][0].code == "several"
        html = str(form["unit"])
        assert all(unit.name_in_full in html and f'value="{unit.pk}"' in html for unit in namesakes)
        picked = sent("Chi bộ 3", pick=str(namesakes[0].pk))
        assert picked.is_valid() and picked.cleaned_data["unit"] == namesakes[0]

    def test_a_key_left_over_from_other_words_is_not_what_is_meant(self, namesakes):
        form = sent("CB3-KL", str(namesakes[0].pk))
        assert form.is_valid() and form.cleaned_data["unit"] == namesakes[1]

    def test_an_emptied_box_is_nothing_though_its_key_was_left(self, namesakes):
        form = sent("", str(namesakes[0].pk))
        assert form.is_valid() and form.cleaned_data["unit"] is None

    def test_what_fits_too_many_is_not_listed(self):
        for n in range(SHOWN + 1):
            make_branch(name=f"Chi bộ thôn {n}")
        assert sent("chi bo thon").errors.as_data()["unit"][0].code == "many"

    @pytest.mark.parametrize("key", ["0", "-1", "9" * 40, "abc", "\x00", "1 OR 1=1"])
    def test_what_cannot_be_a_key_is_only_ignored(self, namesakes, key):
        assert sent("không có đơn vị này", key, key).errors.as_data()["unit"][0].code == "unknown"

    def test_a_row_that_may_not_be_chosen_is_not_found_by_key_name_or_pick(self, namesakes):
        mine = Unit.objects.filter(code__endswith="DB")
        other = namesakes[1]
        for form in (
            sent(other.name_in_full, str(other.pk), rows=mine),
            sent(other.code, rows=mine),
            sent(other.code, pick=str(other.pk), rows=mine),
        ):
            assert form.errors.as_data()["unit"][0].code == "unknown"

    def test_what_the_record_holds_is_shown_and_counts_as_unchanged(self, namesakes):
        form = UnitForm(Unit.objects.all(), initial={"unit": namesakes[0].pk})
        assert namesakes[0].name_in_full in str(form["unit"])
        again = sent(namesakes[0].name_in_full, str(namesakes[0].pk))
        again.initial = {"unit": namesakes[0].pk}
        assert not again.has_changed()
        assert not sent().has_changed()

    def test_what_was_typed_is_shown_again_with_the_error(self, namesakes):
        form = sent("Chi bộ chưa có <b>")
        assert "Chi bộ chưa có &lt;b&gt;" in str(form["unit"]) and "aria-invalid" in str(form["unit"])


class TestSuggestions:
    def test_only_what_the_user_may_see_is_offered(self, client, namesakes):
        client.force_login(make_staff("clerk", namesakes[0].parent))
        make_member(full_name="Trần Văn Bình", unit=namesakes[1])
        mine = make_member(full_name="Trần Văn Bính", unit=namesakes[0])
        assert [row["id"] for row in ask(client, "unit", "chi bo 3")] == [namesakes[0].pk]
        assert [row["id"] for row in ask(client, "member", "tran van binh")] == [mine.pk]

    def test_without_a_posting_there_is_nobody(self, client):
        make_member(full_name="Trần Văn Bình")
        client.force_login(make_user())
        assert ask(client, "member", "binh") == [] and ask(client, "unit", "don vi") == []

    def test_what_lies_below_a_unit_and_bears_its_name_does_not_hide_it(self, client):
        district = make_unit(name="Đảng bộ huyện Châu Đức", code="CD")
        for n in range(SHOWN + 2):
            make_branch(name=f"Chi bộ cơ sở số {n} huyện Châu Đức", code=f"CD-{n:02}", parent=district)
        client.force_login(make_superuser())
        for kind in ("unit", "any_unit"):
            assert ask(client, kind, "chau duc")[0]["id"] == district.pk
            assert ask(client, kind, "CD")[0]["id"] == district.pk
            assert ask(client, kind, "cd-11")[0]["text"].startswith("Chi bộ cơ sở số 11")
        # Also without a script, where as many others hold the same letters.
        form = sent("CD", rows=Unit.objects.order_by("-pk"))
        assert form.is_valid() and form.cleaned_data["unit"] == district

    def test_namesakes_are_told_apart(self, client, namesakes):
        client.force_login(make_superuser())
        for year in (1961, 1985):
            make_member(full_name="Phạm Thanh Bình", birth_date=date(year, 1, 1), unit=namesakes[0])
        texts = [row["text"] for row in ask(client, "member", "pham thanh binh")]
        assert len(set(texts)) == 2 and "1961" in texts[0] + texts[1]
        assert len({row["text"] for row in ask(client, "unit", "chi bo 3")}) == 2

    def test_units_beyond_ones_own_are_names_only_where_they_are_public(self, client, namesakes):
        client.force_login(make_staff("clerk", namesakes[0]))
        make_branch(name="Chi bộ 3", code="KIN", listed=False)
        found = {row["id"] for row in ask(client, "any_unit", "chi bo 3")}
        assert found == {unit.pk for unit in namesakes}

    def test_decisions_and_award_types_are_found_by_number_and_by_printed_name(self, client):
        decision = make_decision(number="1632/QĐ-UBND")
        award_type = make_award_type(name="Bằng khen của Thủ tướng Chính phủ")
        client.force_login(make_superuser())
        assert [row["id"] for row in ask(client, "decision", "1632")] == [decision.pk]
        assert [row["id"] for row in ask(client, "award_type", "bang khen thu tuong")] == [award_type.pk]

    @pytest.mark.parametrize("words", ["", "   ", "\x00", "%", "'", "a" * 5000])
    def test_odd_words_find_nothing_and_break_nothing(self, client, words):
        client.force_login(make_superuser())
        make_member(full_name="Trần Văn Bình")
        assert ask(client, "member", words) == []

    def test_an_unknown_kind_is_not_there(self, client):
        client.force_login(make_superuser())
        assert client.get("/staff/suggest/user/?q=a").status_code == 404

    def test_it_costs_two_queries_whatever_it_finds(self, client, django_assert_max_num_queries, namesakes):
        client.force_login(make_staff("clerk", namesakes[0].parent))
        for n in range(12):
            make_member(full_name=f"Lê Thị Cúc {n}", unit=namesakes[0])
        with django_assert_max_num_queries(6):
            assert len(ask(client, "member", "cuc")) == SHOWN


def test_what_is_offered_is_what_the_search_of_the_list_finds():
    member = make_member(full_name="Đỗ Thị Ước")
    assert list(Member.objects.search("uoc do")) == [member]
