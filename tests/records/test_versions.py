"""Two clerks with one record open: what each wrote is kept or shown, never silently overwritten."""

import pytest
from django.http import QueryDict

from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import Member, Unit
from tests.factories import make_branch, make_member, make_user

pytestmark = pytest.mark.django_db


class MemberForm(VersionedForm):
    unit = SuggestField(Unit.objects.all(), kind="unit")

    class Meta:
        model = Member
        fields = ["full_name", "position", "birth_date", "phone", "unit"]


def opened(member):
    """What the page shows a clerk who opens the record now, as it would be sent back."""
    member = Member.objects.get(pk=member.pk)
    form = MemberForm(instance=member)
    page = {name: form[name].value() or "" for name in form.fields}
    return page | {"unit": member.unit.name_in_full, "unit_key": member.unit_id}


def sent(member, page, **typed):
    data = QueryDict(mutable=True)
    data.update({**page, **typed})
    return MemberForm(data, instance=Member.objects.get(pk=member.pk))


@pytest.fixture
def member():
    return make_member(full_name="Trần Thị Bưởi", position="Đảng viên")


def changed_meanwhile(member, **values):
    other = Member.objects.get(pk=member.pk)
    for name, value in values.items():
        setattr(other, name, value)
    other._history_user = make_user(last_name="Lê", first_name="Na", username="le-na")
    other.save()


def test_nobody_else_wrote_so_it_is_saved(member):
    form = sent(member, opened(member), position="Bí thư")
    assert form.is_valid()
    assert form.save().position == "Bí thư"


def test_what_only_the_other_changed_is_kept(member):
    page = opened(member)
    changed_meanwhile(member, phone="0000 000 001")
    form = sent(member, page, position="Bí thư")
    assert form.is_valid(), form.errors
    form.save()
    member.refresh_from_db()
    assert (member.position, member.phone) == ("Bí thư", "0000 000 001")


def test_a_field_both_changed_shows_theirs_and_keeps_mine(member):
    page = opened(member)
    changed_meanwhile(member, position="Phó Bí thư")
    form = sent(member, page, position="Bí thư")
    assert not form.is_valid()
    assert "Phó Bí thư" in form.errors["position"][0] and "le-na" in form.errors["position"][0]
    assert form["position"].value() == "Bí thư"
    member.refresh_from_db()
    assert member.position == "Phó Bí thư"


def test_the_form_that_comes_back_shows_what_only_the_other_changed(member):
    page = opened(member)
    changed_meanwhile(member, position="Phó Bí thư", phone="0000 000 001", unit=make_branch(name="Chi bộ mới"))
    form = sent(member, page, position="Bí thư")
    assert not form.is_valid()
    assert form["phone"].value() == "0000 000 001" and "Chi bộ mới" in str(form["unit"])
    again = sent(member, {**form.data.dict()})
    assert again.is_valid(), again.errors
    saved = again.save()
    assert (saved.position, saved.phone, saved.unit.name) == ("Bí thư", "0000 000 001", "Chi bộ mới")


def test_sending_again_after_seeing_theirs_puts_mine_in_its_place(member):
    page = opened(member)
    changed_meanwhile(member, position="Phó Bí thư")
    form = sent(member, page, position="Bí thư")
    form.is_valid()
    again = sent(member, form.data.dict())
    assert again.is_valid(), again.errors
    assert again.save().position == "Bí thư"


def test_both_wrote_the_same_so_there_is_nothing_to_ask(member):
    page = opened(member)
    changed_meanwhile(member, position="Bí thư")
    assert sent(member, page, position="Bí thư").is_valid()


@pytest.mark.parametrize("version", ["", "0", "999999999", "abc"])
def test_a_version_nobody_saw_does_not_break_the_form(member, version):
    form = sent(member, opened(member), version=version, position="Bí thư")
    assert form.is_valid() or set(form.errors) == {"version"}
