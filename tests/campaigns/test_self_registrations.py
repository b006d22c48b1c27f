"""Registering by oneself: a page that shows nobody's data, and a clerk who says whose it is."""

import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Invitation, Pledge, Registration, SelfRegistration, Tally
from tests.factories import (
    make_activity,
    make_branch,
    make_campaign,
    make_member,
    make_registration,
    make_staff,
    make_unit,
)

pytestmark = pytest.mark.django_db
TODAY = date(2020, 6, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)


@pytest.fixture
def committee():
    return make_unit(name="Đảng bộ xã Đá Bạc")


@pytest.fixture
def branch(committee):
    return make_branch(name="Chi bộ thôn Lồ Ồ", parent=committee)


@pytest.fixture
def campaign(committee):
    campaign = make_campaign(scope=committee)
    make_activity(campaign, name="Trồng hoa", measure="mét")
    make_activity(campaign, name="Đèn chiếu sáng", measure="bóng")
    return campaign


@pytest.fixture
def invitation(campaign, branch):
    return Invitation.objects.create(campaign=campaign, unit=branch)


@pytest.fixture
def flowers(campaign):
    return campaign.activities.get(name="Trồng hoa")


def page_of(invitation):
    return reverse("campaigns:self_registration_add", args=[invitation.token])


def typed(activity, **values):
    return {"full_name": "Nguyễn Thị Hoa", "birth_year": "1978", f"chosen_{activity.pk}": "on", **values}


def send(invitation, activity, **values):
    return Client().post(page_of(invitation), typed(activity, **values))


def sent_by(invitation, **values):
    return SelfRegistration.objects.create(
        **{"invitation": invitation, "full_name": "Nguyễn Thị Hoa", "birth_year": 1978, **values}
    )


class TestPage:
    def test_what_is_sent_waits_for_a_clerk_and_counts_for_nothing(self, invitation, flowers):
        answer = send(invitation, flowers, **{f"amount_{flowers.pk}": "12,5"})
        assert answer.status_code == 302
        sent = SelfRegistration.objects.get()
        assert (sent.full_name, sent.birth_year, sent.status) == ("Nguyễn Thị Hoa", 1978, "waiting")
        assert (sent.unit, sent.campaign) == (invitation.unit, invitation.campaign)
        assert [(p.activity, p.quantity) for p in sent.pledges.all()] == [(flowers, Decimal("12.5"))]
        assert not Registration.objects.exists() and not Tally.objects.exists()

    @pytest.mark.one_database
    def test_it_shows_nobodys_data_before_and_after(self, invitation, branch, flowers):
        make_member(full_name="Trần Văn Kín", unit=branch, position="Bí thư kín")
        make_registration(invitation.campaign, make_member(full_name="Lê Thị Lặng", unit=branch))
        send(invitation, flowers, full_name="Phạm Văn Trước")
        client = Client()
        pages = [client.get(page_of(invitation)), client.post(page_of(invitation), typed(flowers), follow=True)]
        for page in pages:
            html = page.content.decode()
            assert page.status_code == 200
            for name in ("Kín", "Lặng", "Phạm Văn Trước", "kín"):
                assert name not in html

    @pytest.mark.one_database
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("full_name", ""),
            ("full_name", "Hoa"),
            ("full_name", "x" * 151),
            ("birth_year", ""),
            ("birth_year", "78"),
            ("birth_year", "năm 1978"),
            ("birth_year", "2021"),
            ("birth_year", "9" * 30),
            ("own_words", "x" * 501),
        ],
    )
    def test_what_is_missing_is_said_and_the_rest_kept(self, invitation, flowers, field, value):
        answer = send(invitation, flowers, **{field: value})
        assert answer.status_code == 200 and field in answer.context["form"].errors
        assert not SelfRegistration.objects.exists()
        assert answer.context["form"][f"chosen_{flowers.pk}"].value()

    @pytest.mark.one_database
    def test_without_a_choice_or_words_there_is_nothing_to_send(self, invitation, flowers):
        answer = Client().post(page_of(invitation), {"full_name": "Lê Thị Na", "birth_year": "1990"})
        assert answer.status_code == 200 and answer.context["form"].non_field_errors()

    def test_a_quantity_without_a_tick_is_a_choice(self, invitation, flowers):
        data = {"full_name": "Lê Thị Na", "birth_year": "1990", f"amount_{flowers.pk}": "1.200"}
        assert Client().post(page_of(invitation), data).status_code == 302
        assert SelfRegistration.objects.get().pledges.get().quantity == 1200

    @pytest.mark.one_database
    def test_an_activity_of_another_campaign_cannot_be_chosen(self, invitation):
        foreign = make_activity(make_campaign())
        assert send(invitation, foreign).status_code == 200
        assert not SelfRegistration.objects.exists()

    @pytest.mark.one_database
    def test_a_browser_that_goes_back_brings_back_all_that_was_sent(self, invitation, client):
        page = client.get(invitation.get_absolute_url()).content.decode()
        assert 'name="amount_' in page and 'autocomplete="off"' not in page

    def test_sent_twice_it_is_there_once(self, invitation, flowers):
        once = str(uuid.uuid4())
        for _n in range(2):
            assert send(invitation, flowers, once=once).status_code == 302
        assert SelfRegistration.objects.count() == 1

    def test_too_many_at_once_are_told_to_wait_and_lose_nothing(self, invitation, flowers, settings):
        settings.ACCOUNT_RATE_LIMITS = {"self_registration": "2/m/ip"}
        answers = [send(invitation, flowers, full_name=f"Lê Thị Na {n}") for n in range(3)]
        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert b"L\xc3\xaa Th\xe1\xbb\x8b Na 2" in answers[2].content
        assert SelfRegistration.objects.count() == 2

    def test_a_link_that_is_switched_off_takes_nothing(self, invitation, flowers):
        invitation.switch(False)
        assert Client().get(page_of(invitation)).status_code == 200
        assert send(invitation, flowers).status_code == 200
        assert not SelfRegistration.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"registration_from": date(2020, 6, 2)},
            {"registration_to": date(2020, 5, 31)},
            {"ends_on": date(2020, 5, 31)},
            {"status": Campaign.Status.DRAFT},
            {"status": Campaign.Status.REVIEWING},
            {"status": Campaign.Status.CANCELLED},
        ],
    )
    def test_outside_the_window_it_takes_nothing(self, invitation, flowers, changes):
        Campaign.objects.filter(pk=invitation.campaign_id).update(**changes)
        assert Client().get(page_of(invitation)).status_code == 200
        assert send(invitation, flowers).status_code == 200
        assert not SelfRegistration.objects.exists()

    @pytest.mark.parametrize("changes", [{"registration_from": TODAY}, {"registration_to": TODAY}, {"ends_on": TODAY}])
    def test_the_first_and_the_last_day_are_in_it(self, invitation, flowers, changes):
        Campaign.objects.filter(pk=invitation.campaign_id).update(**changes)
        assert send(invitation, flowers).status_code == 302

    @pytest.mark.one_database
    def test_a_renewed_link_makes_the_old_one_lead_nowhere(self, invitation):
        old = page_of(invitation)
        invitation.renew()
        assert Client().get(old).status_code == 404
        assert Client().get(page_of(invitation)).status_code == 200

    def test_the_address_is_not_to_be_found_or_passed_on(self, invitation):
        answer = Client().get(page_of(invitation))
        assert answer["X-Robots-Tag"] == "noindex" and answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        assert len(invitation.token) >= 22

    @pytest.mark.one_database
    def test_hostile_text_is_only_text(self, invitation, flowers, client, committee):
        send(invitation, flowers, full_name="<script>alert(1)</script> Hoa", own_words="<img src=x onerror=a>")
        client.force_login(make_staff("clerk", committee))
        html = client.get(staff_list(invitation)).content.decode()
        assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html


def staff_list(invitation):
    return reverse("campaigns:staff_self_registration_list", args=[invitation.campaign.slug])


def staff_act(sent, name):
    return reverse(f"campaigns:staff_self_registration_{name}", args=[sent.campaign.slug, sent.pk])


class TestMatching:
    @pytest.mark.one_database
    def test_confirming_registers_the_person_with_what_was_chosen(self, invitation, branch, flowers, client):
        member = make_member(full_name="Nguyễn Thị Hoa", birth_date=date(1978, 3, 4), unit=branch)
        send(invitation, flowers, **{f"amount_{flowers.pk}": "10"})
        sent = SelfRegistration.objects.get()
        clerk = make_staff("clerk", branch)
        client.force_login(clerk)
        assert client.post(staff_act(sent, "confirm"), {"member": member.pk}).status_code == 302
        registration = Registration.objects.get()
        assert (registration.member, registration.source, registration.status) == (member, "self", "registered")
        assert registration.registered_on == TODAY
        assert registration.pledges.get().quantity == 10
        sent.refresh_from_db()
        assert (sent.status, sent.registration, sent.answered_by) == ("confirmed", registration, clerk)
        assert Tally.objects.differences() == [] and Tally.objects.get().registered == 1

    def test_candidates_bear_the_name_and_belong_to_the_unit(self, invitation, branch, committee):
        clerk = make_staff("clerk", committee)
        right = make_member(full_name="NGUYỄN THỊ HOA", birth_date=date(1978, 1, 1), unit=branch)
        older = make_member(full_name="Nguyễn Thị Hòa", birth_date=date(1950, 1, 1), unit=branch)
        visitor = make_member(
            full_name="Nguyễn Thị Hoa", birth_date=date(1978, 9, 9), unit=make_branch(parent=committee)
        )
        visitor.attach_to(branch, date(2020, 2, 1))
        make_member(full_name="Nguyễn Thị Hoa", birth_date=date(1978, 1, 1), unit=make_branch(parent=committee))
        make_member(full_name="Nguyễn Thị Hoa Mai", unit=branch)
        make_member(full_name="Nguyễn Thị Hoa", birth_date=date(1978, 1, 1), unit=branch).change_standing(
            "deceased", date(2020, 3, 1)
        )
        sent = sent_by(invitation)
        SelfRegistration.objects.meet([sent], clerk, TODAY)
        people = sent.people
        assert {person.pk for person in people if person.same_year} == {right.pk, visitor.pk}
        assert [person.pk for person in people if not person.same_year] == [older.pk]
        assert people[-1].pk == older.pk

    def test_somebody_outside_the_unit_is_refused_however_it_is_sent(self, invitation, branch, committee, client):
        stranger = make_member(full_name="Nguyễn Thị Hoa", birth_date=date(1978, 1, 1))
        sent = sent_by(invitation)
        client.force_login(make_staff("clerk", committee))
        for data in ({"member": stranger.pk}, {"other": str(stranger), "other_key": stranger.pk}):
            assert client.post(staff_act(sent, "confirm"), data).status_code == 200
        beside = make_member(full_name="Nguyễn Thị Hoa", unit=make_branch(parent=committee))
        with pytest.raises(ValidationError):
            sent.confirm(beside, None, TODAY)
        assert not Registration.objects.exists()

    @pytest.mark.one_database
    def test_who_is_registered_already_gets_only_what_is_new(self, invitation, branch, flowers):
        member = make_member(unit=branch)
        there = make_registration(invitation.campaign, member)
        Pledge.objects.create(registration=there, activity=flowers, quantity=5)
        sent = sent_by(invitation)
        lamps = invitation.campaign.activities.get(name="Đèn chiếu sáng")
        for activity, quantity in ((flowers, 99), (lamps, 3)):
            sent.pledges.create(activity=activity, quantity=quantity)
        sent.confirm(member, None, TODAY)
        assert {(p.activity_id, p.quantity) for p in there.pledges.all()} == {(flowers.pk, 5), (lamps.pk, 3)}
        assert Registration.objects.count() == 1 and Tally.objects.differences() == []

    @pytest.mark.parametrize("status", ["withdrawn", "pending", "done"])
    def test_whatever_stood_before_the_member_counts_once(self, invitation, branch, status):
        member = make_member(unit=branch)
        there = make_registration(
            invitation.campaign, member, status="pending" if status == "pending" else "registered"
        )
        if status == "withdrawn":
            there.withdraw("đổi ý")
        elif status == "done":
            there.finish()
        sent_by(invitation).confirm(member, None, TODAY)
        there.refresh_from_db()
        assert there.status == ("done" if status == "done" else "registered")
        assert Tally.objects.differences() == [] and Tally.objects.get().registered == 1

    def test_of_two_clerks_one_is_told(self, invitation, branch):
        member = make_member(unit=branch)
        sent = sent_by(invitation)
        twice = SelfRegistration.objects.get(pk=sent.pk)
        sent.confirm(member, None, TODAY)
        with pytest.raises(ValidationError):
            twice.refuse(None, "không rõ ai")
        twice.refresh_from_db()
        assert twice.status == "confirmed"

    @pytest.mark.one_database
    def test_a_closed_campaign_takes_no_more(self, invitation, branch):
        member = make_member(unit=branch)
        sent = sent_by(invitation)
        Campaign.objects.get().close()
        with pytest.raises(ValidationError):
            sent.confirm(member, None, TODAY)
        sent.refresh_from_db()
        assert sent.is_waiting

    @pytest.mark.parametrize("end", ["close", "cancel"])
    def test_once_a_campaign_is_over_what_waits_can_only_be_put_aside(self, invitation, branch, client, end):
        member = make_member(full_name="Nguyễn Thị Hoa", birth_date=date(1978, 1, 1), unit=branch)
        sent = sent_by(invitation)
        client.force_login(make_staff("clerk", branch))
        listed = reverse("campaigns:staff_self_registration_list", args=[invitation.campaign.slug])
        assert client.get(listed).context["may_change"]
        campaign = Campaign.objects.get()
        campaign.close() if end == "close" else campaign.cancel("bão lũ")
        assert not client.get(listed).context["may_change"]
        page = client.get(staff_act(sent, "detail"))
        assert page.context["form"] is None and staff_act(sent, "refuse") in page.content.decode()
        assert client.post(staff_act(sent, "confirm"), {"member": member.pk}).status_code == 200
        assert client.post(staff_act(sent, "refuse"), {"reason": ""}).context["form"] is None
        assert not Registration.objects.exists()
        assert client.post(staff_act(sent, "refuse"), {"reason": "Phong trào đã qua"}).status_code == 302

    def test_putting_aside_needs_a_reason_and_keeps_it(self, invitation, branch, client):
        sent = sent_by(invitation)
        client.force_login(make_staff("clerk", branch))
        assert client.post(staff_act(sent, "refuse"), {"reason": ""}).status_code == 200
        assert client.post(staff_act(sent, "refuse"), {"reason": "Không có ai tên này"}).status_code == 302
        sent.refresh_from_db()
        assert (sent.status, sent.answer_reason) == ("refused", "Không có ai tên này")
        assert sent.history.order_by("-history_id")[0].history_change_reason == "Không có ai tên này"

    def test_those_that_fit_one_person_are_confirmed_together_and_the_others_left(self, invitation, branch, client):
        for name in ("Lê Thị Na", "Phạm Văn Ổi"):
            make_member(full_name=name, birth_date=date(1980, 1, 1), unit=branch)
        for _n in range(2):
            make_member(full_name="Trần Thị Cam", birth_date=date(1980, 1, 1), unit=branch)
        names = ("Lê Thị Na", "Phạm Văn Ổi", "Trần Thị Cam", "Không Có Ai")
        rows = [sent_by(invitation, full_name=name, birth_year=1980) for name in names]
        client.force_login(make_staff("clerk", branch))
        address = reverse("campaigns:staff_self_registration_confirm_all", args=[invitation.campaign.slug])
        assert client.post(address, {"sent": [row.pk for row in rows] + ["x", "9" * 30]}).status_code == 302
        statuses = [SelfRegistration.objects.get(pk=row.pk).status for row in rows]
        assert statuses == ["confirmed", "confirmed", "waiting", "waiting"]
        assert Registration.objects.count() == 2 and Tally.objects.differences() == []

    def test_another_units_clerk_confirms_nothing(self, invitation, branch, client):
        make_member(full_name="Nguyễn Thị Hoa", birth_date=date(1978, 1, 1), unit=branch)
        sent = sent_by(invitation)
        client.force_login(make_staff("clerk", make_branch(parent=branch.parent)))
        address = reverse("campaigns:staff_self_registration_confirm_all", args=[invitation.campaign.slug])
        client.post(address, {"sent": [sent.pk]})
        assert client.get(staff_act(sent, "detail")).status_code == 404
        assert client.post(staff_act(sent, "confirm"), {}).status_code == 404
        sent.refresh_from_db()
        assert sent.is_waiting

    @pytest.mark.one_database
    def test_a_viewer_reads_and_sees_no_button(self, invitation, branch, client):
        sent = sent_by(invitation)
        client.force_login(make_staff("viewer", branch))
        html = client.get(staff_act(sent, "detail")).content.decode()
        assert "Nguyễn Thị Hoa" in html and "<button" not in html.split("<main")[1].split("</main>")[0]
        assert client.post(staff_act(sent, "refuse"), {"reason": "x"}).status_code == 403

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_list_asks_as_often_whatever_its_length(
        self, invitation, branch, client, many, django_assert_num_queries
    ):
        for n in range(many):
            make_member(full_name=f"Lê Thị Na {n}", birth_date=date(1980, 1, 1), unit=branch)
            sent_by(invitation, full_name=f"Lê Thị Na {n}", birth_year=1980)
        client.force_login(make_staff("clerk", branch))
        with django_assert_num_queries(8):
            assert client.get(staff_list(invitation)).context["count"] == many

    @pytest.mark.parametrize(("words", "count"), [("hoa thi", 1), ("HỒNG", 0), ("hoa 50%", 0)])
    def test_a_name_is_found_without_its_tones(self, invitation, branch, client, words, count):
        sent_by(invitation)
        sent_by(invitation, full_name="Lê Văn Cúc", birth_year=1980)
        client.force_login(make_staff("clerk", branch))
        assert client.get(staff_list(invitation), {"q": words}).context["count"] == count

    def test_fifty_rows_fit_the_budget(self, invitation, branch, client):
        for n in range(50):
            make_member(full_name=f"Nguyễn Thị Hoàng Thiên Thanh {n}", birth_date=date(1980, 1, 1), unit=branch)
            sent = sent_by(invitation, full_name=f"Nguyễn Thị Hoàng Thiên Thanh {n}", birth_year=1980)
            for activity in invitation.campaign.activities.all():
                sent.pledges.create(activity=activity, quantity=12)
        client.force_login(make_staff("clerk", branch))
        assert len(client.get(staff_list(invitation)).content) <= 45 * 1024


class TestInvitations:
    def address(self, invitation):
        return reverse("campaigns:staff_invitation_detail", args=[invitation.campaign.slug, invitation.unit_id])

    @pytest.mark.one_database
    def test_the_page_shows_the_address_and_its_code(self, invitation, branch, client):
        client.force_login(make_staff("clerk", branch))
        html = client.get(self.address(invitation)).content.decode()
        assert f"http://testserver{page_of(invitation)}" in html
        assert re.search(r'<svg class="qr [^>]*>.*?<path[^>]* d="M\d', html)

    def test_links_are_made_for_all_units_shown_and_only_for_mine(self, campaign, committee, client):
        mine = [make_branch(parent=committee) for _n in range(3)]
        other = make_branch()
        for unit in (*mine, other):
            make_member(unit=unit)
        client.force_login(make_staff("clerk", committee))
        page = client.get(reverse("campaigns:staff_invitation_list", args=[campaign.slug]))
        assert {unit.pk for unit in page.context["without"]} == {unit.pk for unit in mine}
        make = reverse("campaigns:staff_invitation_make", args=[campaign.slug])
        for _n in range(2):
            assert client.post(make, {"unit": [unit.pk for unit in (*mine, other)]}).status_code == 302
        assert {link.unit_id for link in Invitation.objects.all()} == {unit.pk for unit in mine}
        assert all(link.history.count() == 1 for link in Invitation.objects.all())

    def test_switching_off_and_on_and_renewing_are_acts_of_the_units_clerk(self, invitation, branch, client):
        client.force_login(make_staff("clerk", branch))
        old = invitation.token
        for name, is_open in (("close", False), ("open", True)):
            assert client.post(self.address(invitation), {"act": name}).status_code == 302
            invitation.refresh_from_db()
            assert invitation.is_open is is_open
        client.post(self.address(invitation), {"act": "renew"})
        invitation.refresh_from_db()
        assert invitation.token != old and invitation.is_open
        client.force_login(make_staff("viewer", branch))
        assert client.post(self.address(invitation), {"act": "close"}).status_code == 403
        assert client.get(self.address(invitation)).status_code == 403

    def test_making_it_a_second_time_leaves_the_link_as_it_is(self, campaign, branch, client):
        client.force_login(make_staff("clerk", branch))
        address = reverse("campaigns:staff_invitation_detail", args=[campaign.slug, branch.pk])
        for _click in range(2):
            assert client.post(address).status_code == 302
        link = Invitation.objects.get()
        assert link.is_open and link.history.count() == 1

    @pytest.mark.one_database
    def test_a_unit_the_campaign_does_not_concern_has_no_link(self, campaign, client):
        other = make_branch()
        client.force_login(make_staff("clerk", other))
        address = reverse("campaigns:staff_invitation_detail", args=[campaign.slug, other.pk])
        assert client.get(address).status_code == client.post(address).status_code == 404

    @pytest.mark.one_database
    def test_the_secret_is_not_kept_in_the_history(self, invitation):
        fields = {field.name for field in invitation.history.model._meta.get_fields()}
        assert "token" not in fields
