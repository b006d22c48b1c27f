"""What waits on the desks of the sample's staff: so that each page of the portal has something on it."""

from datetime import timedelta

from simple_history.utils import bulk_create_with_history

from campaigns.models import Exemplar, Invitation, Registration, SelfPledge, SelfRegistration, UnitReport
from campaigns.sample.draws import texts
from campaigns.sample.mending import leave_gaps
from campaigns.sample.people import CAST, card
from records.models import Member, SavedView, Transfer
from records.models.fields import ALPHABET
from records.vietnamese import fold

SENDERS = 4
# What a stranger's registration is answered with.
NOBODY = "Chi bộ không có đảng viên này."


def leave_work(draw, campaign, province, today):
    """Links with what members sent through them, transfers not answered, exemplars handed in, reports, saved views."""
    unit = province.committees["BRVT-CD"][0]
    people = Member.objects.within(unit).active().filter(card_number__gt=card(CAST), attached_to=None)
    people = list(people.select_related("unit__parent").order_by("sort_key", "pk"))
    counted = set(Registration.objects.counted().filter(campaign=campaign).values_list("member", flat=True))
    # Those who have not registered come first; a small sample has hardly any.
    people.sort(key=lambda person: person.pk in counted)
    senders, others = people[:SENDERS], [person for person in people[SENDERS:] if person.pk in counted]
    send_in(draw, campaign, province, senders, others[:2], today)
    move(province, [person for person in others[2:] if not person.position][:2], today)
    write_exemplars(draw, campaign, province)
    report(campaign, province, today)
    keep_views(province)
    leave_gaps(province, today)


def link(draw, campaign, unit, by):
    """The unit's link, made where it is missing; its secret is drawn by lot, so that the same seed gives the same."""
    found = Invitation.objects.filter(campaign=campaign, unit=unit).first()
    if found is None:
        found = Invitation(campaign=campaign, unit=unit, token="".join(draw.choices(ALPHABET, k=22)))
        found._history_user = by
        found.save()
    return found


def send_in(draw, campaign, province, senders, registered, today):
    """What members sent by telephone: some plain, some mistyped; one of them answered yes, one of them no."""
    clerk, activities = province.users["chauduc"], list(campaign.activities.order_by("order"))

    def sent(unit, name, year):
        row = SelfRegistration(invitation=link(draw, campaign, unit, clerk), full_name=name, birth_year=year)
        row.save()
        chosen = [SelfPledge(self_registration=row, activity=each, quantity=1) for each in draw.sample(activities, 2)]
        bulk_create_with_history(chosen, SelfPledge)
        return row

    for n, person in enumerate(senders):
        # The second forgot the tones, the third mistook the year.
        name = fold(person.full_name).title() if n == 1 else person.full_name
        sent(person.unit, name, born(person) + (n == 2))
    for person in registered[:1]:
        sent(person.unit, person.full_name, born(person)).confirm(person, clerk, today)
        sent(person.unit, draw.person(), 1980).refuse(clerk, NOBODY)
    for person in registered[1:]:
        sent(person.unit, draw.person(), 1991)
        sent(person.unit, person.full_name, born(person))
    idle = province.grassroots["BRVT-CD"][-1]
    link(draw, campaign, idle, clerk).switch(False)


def born(person):
    return person.birth_date.year if person.birth_date else 1970


def move(province, leaving, today):
    """People on their way: one leaves the district, one was sent back to it, one is to be received."""
    users, away, here = province.users, province.grassroots["BRVT-CDAO"][-1], province.grassroots["BRVT-CD"][-1]
    for person, refused in zip(leaving, (False, True), strict=False):
        asked = Transfer.ask(person, away, today, users["chauduc"], reason="Chuyển công tác ra Côn Đảo.")
        if refused:
            asked.refuse(users["duyet"], "Chưa nhận được hồ sơ đảng viên.")
    elsewhere = Member.objects.within(province.committees["BRVT-VT"][0]).active().filter(position="", attached_to=None)
    for person in elsewhere.filter(card_number__gt=card(CAST)).order_by("sort_key", "pk")[:1]:
        Transfer.ask(person, here, today, users["chuyenvien"], reason="Về sinh sống cùng gia đình.")


def write_exemplars(draw, campaign, province):
    """One exemplar handed in by a district, one returned to it."""
    clerk, units = province.users["chauduc"], province.grassroots["BRVT-CD"]
    for row, unit in zip(texts("exemplars.toml")["waiting"], units[3:], strict=False):
        exemplar = Exemplar(
            public_id=draw.public_id(),
            campaign=campaign,
            unit=unit,
            title=row["title"],
            summary=row["summary"].strip(),
            story=row["story"].strip(),
        )
        exemplar._history_user = clerk
        exemplar.save()
        exemplar.submit()
        if "returned" in row:
            exemplar._history_user = province.users["duyet"]
            exemplar.send_back(row["returned"])


def report(campaign, province, today):
    """Reports of three organisations of a district."""
    for n, unit in enumerate(province.grassroots["BRVT-CD"][:3], 1):
        row = UnitReport(
            campaign=campaign,
            unit=unit,
            number=f"{10 + n}-BC/ĐU",
            reported_on=today - timedelta(days=4 * n),
            body="Các chi bộ đã ghi đủ kết quả. Việc làm được nhiều nhất: dọn vệ sinh đường thôn vào sáng chủ nhật.",
        )
        row._history_user = province.users["chauduc"]
        row.save()


def keep_views(province):
    """Lists that two of the staff come back to."""
    page = "records:staff_member_list"
    for login, name, query in (
        ("chauduc", "Đảng viên dự bị", "standing=probationary"),
        ("chuyenvien", "Chưa rõ ngày sinh", "missing=birth_date"),
    ):
        SavedView.objects.create(user=province.users[login], page=page, name=name, query=query)
