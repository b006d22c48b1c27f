"""Two clerks with one record open: what each wrote is kept or shown, never silently overwritten."""

import pytest

from records.forms.versions import VersionedForm
from records.models import Member
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


class MemberForm(VersionedForm):
    class Meta:
        model = Member
        fields = ["full_name", "position", "birth_date", "phone"]


def opened(member):
    """What the page shows a clerk who opens the record now, as it would be sent back."""
    form = MemberForm(instance=Member.objects.get(pk=member.pk))
    return {name: form[name].value() or "" for name in form.fields}


def sent(member, page, **typed):
    return MemberForm({**page, **typed}, instance=Member.objects.get(pk=member.pk))


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


def test_sending_again_after_seeing_theirs_puts_mine_in_its_place(member):
    page = opened(member)
    changed_meanwhile(member, position="Phó Bí thư")
    form = sent(member, page, position="Bí thư")
    form.is_valid()
    again = sent(member, {name: form[name].value() or "" for name in form.fields})
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
