"""Public pages with the worst that can stand in a public field: markup, endless names, nothing at all."""

from datetime import date
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from django.db import models

from campaigns.models import CampaignDocument, ExemplarPhoto, Pledge
from records.models import Sector, UnitEvent
from tests.factories import (
    make_activity,
    make_award,
    make_award_type,
    make_branch,
    make_campaign,
    make_decision,
    make_exemplar,
    make_member,
    make_plan,
    make_registration,
    make_sector,
    make_unit,
)
from tests.test_privacy import PUBLIC, walk

# What a template makes of text is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ATTACK = "\"'><img src=x onerror=alert(1)></title></textarea><script>alert(2)</script>{{ 7|add:7 }}&lt;"
# What must stay as it is for the row to be found or to stand.
KEPT = {"code", "slug", "public_id", "number", "series", "issuer_code"}
VOID = {"meta", "link", "img", "input", "br", "hr", "wbr", "use", "path", "rect", "line", "circle", "source", "col"}


class Page(HTMLParser):
    """A page as a browser reads it: its tags, its event handlers and script links, and whether tags nest."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.bad, self.open, self.ids = [], [], [], []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style" or (value or "").strip().lower().startswith("javascript:"):
                self.bad.append((tag, name, value))
            if name == "id":
                self.ids.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.bad.append((tag, "closed out of order", self.getpos()))


def whole_register():
    """One row of everything public, each linked to the others."""
    root = make_unit(code="GOC", sector=make_sector())
    branch = make_branch(code="CHI-BO", parent=root)
    member = make_member(unit=branch)
    decision = make_decision(unit=root, published=True)
    kind = make_award_type()
    award = make_award(member=member, decision=decision, type=kind, published=True)
    revoked = make_award(collective=branch, decision=decision, type=kind, published=True)
    award.correct(make_decision(unit=root, published=True), "ghi nhầm", recipient_unit="Chi bộ Một")
    revoked.revoke(make_decision(unit=root, published=True), "khai gian")
    campaign = make_campaign(scope=root, decision=decision, names_public=True)
    counted = make_campaign(scope=root)
    activity = make_activity(campaign)
    make_plan(campaign, branch).submit()
    for one in (campaign, counted):
        CampaignDocument.objects.create(campaign=one, decision=decision)
        registration = make_registration(one, member)
    Pledge.objects.create(registration=campaign.registrations.get(), activity=activity)
    counted.together_with.add(branch)
    exemplar = make_exemplar(campaign=campaign, unit=branch, activity=activity, published=True)
    make_exemplar(campaign=campaign, unit=branch, activity=activity, published=True)
    photo = ExemplarPhoto(exemplar=exemplar, caption="Ảnh")
    photo.image.name = "exemplars/2020/khong-con.jpg"
    photo.save()
    event = UnitEvent.objects.create(unit=branch, kind="rename", occurred_on=date(2019, 1, 1), was="Cũ", became="Mới")
    return [root, branch, root.sector, member, decision, kind, award, revoked, *award.events.all(), campaign, counted,
            activity, exemplar, photo, event, *CampaignDocument.objects.all(), registration]  # fmt: skip


def write_everywhere(rows, text):
    """Write a text into every public column of the rows, straight into the database, as long as each allows."""
    for row in rows:
        values = {}
        for name in PUBLIC.get(type(row).__name__, set()) - KEPT:
            field = row._meta.get_field(name)
            if not field.choices and isinstance(field, models.CharField | models.TextField):
                room = (field.max_length or 5000) - 8
                values[name] = f"{row.pk}{text[:room]}" if field.unique else text[: room + 8]
        type(row)._base_manager.filter(pk=row.pk).update(**values)
    for award in (row for row in rows if type(row).__name__ == "Award"):
        award.events.update(was={"recipient_unit": text[:200]}, became={"recipient_unit": text[:200]})


def pages_of(client):
    pages = walk(client)
    return {a: t for a, (s, t) in pages.items() if s == 200 and t.lstrip().startswith("<!doctype html>")}


def test_no_public_field_can_put_markup_on_any_kind_of_page(client):
    write_everywhere(whole_register(), ATTACK)
    pages = pages_of(client)
    assert len(pages) > 25
    kinds = {address.split("?")[0].split("/")[1] for address in pages}
    assert kinds >= {"", "awards", "units", "decisions", "people", "campaigns", "exemplars", "about"}
    seen = 0
    for address, text in pages.items():
        where = unquote(address)
        assert "<img src=x" not in text and "<script>alert" not in text, where
        page = Page(text)
        assert page.bad == [], where
        assert page.open == [], where
        assert len(page.ids) == len(set(page.ids)), where
        assert page.tags.count("title") == 1, where
        seen += "&lt;img src=x" in text
    assert seen > 15


@pytest.mark.parametrize("text", ["W" * 5000, "\u202e\u200b\ufeff%s %(n)s {0} {n} \\u003cb\\u003e " * 50])
def test_very_long_and_very_strange_names_are_only_text(client, text):
    write_everywhere(whole_register(), text)
    for address, page in pages_of(client).items():
        read = Page(page)
        assert read.bad == [] and read.open == [], address


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_in_a_name_is_only_text_in_a_spreadsheet(client, text):
    write_everywhere(whole_register(), text)
    for address in ("/awards.csv", "/campaigns/{}/units.csv"):
        if "{}" in address:
            address = address.format(make_campaign(scope=Sector.objects.get().units.get()).slug)
        lines = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
        assert text.strip() in lines
        for start in ("\n", ",", '"'):
            assert f"{start}{text}" not in lines


def test_an_odd_unit_code_makes_a_whole_file_name(client):
    campaign = make_campaign(scope=make_unit())
    branch = make_branch(code='Đ"1";x', parent=campaign.launched_by)
    make_member(unit=make_branch(parent=branch))
    answer = client.get(f"{campaign.get_absolute_url()}units.csv", {"unit": branch.code})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


@pytest.mark.parametrize("code", ["A?B", "A#B", "A%20B", "A B", "Đ-1", "A&B", "..."])
def test_a_unit_with_an_odd_code_is_found_by_its_own_links_and_in_both_languages(client, code):
    unit = make_unit(code=code)
    address = unit.get_absolute_url()
    assert client.get(address).status_code == 200
    changed = client.get(address + "?lang=en")
    assert changed.status_code == 302
    assert client.get(changed.headers["Location"]).context["unit"] == unit


# Hardly anything there

EMPTY = {
    "a campaign without units, work or members": lambda: make_campaign().get_absolute_url(),
    "a campaign whose scope is gone": lambda: scopeless().get_absolute_url(),
    "a campaign of nobody eligible": lambda: make_campaign(scope=make_branch()).get_absolute_url(),
    "its table": lambda: make_campaign().get_absolute_url() + "units/",
    "its registrations": lambda: make_campaign().get_absolute_url() + "registrations/",
    "its names": lambda: make_campaign(names_public=True).get_absolute_url() + "registrations/",
    "a closed one": lambda: closed().get_absolute_url(),
    "a unit above all, without anything": lambda: make_unit(name="Đơn vị trống").get_absolute_url(),
    "an award without a decision number": lambda: make_award(
        decision=make_decision(number="", published=True), published=True
    ).get_absolute_url(),
    "a decision without number or awards": lambda: make_decision(number="", published=True).get_absolute_url(),
    "an exemplar of no activity and no story": lambda: make_exemplar(story="", published=True).get_absolute_url(),
}


def scopeless():
    campaign = make_campaign()
    campaign.scopes.all().delete()
    return campaign


def closed():
    campaign = make_campaign()
    campaign.close()
    return campaign


@pytest.mark.parametrize("what", EMPTY)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_hardly_there_still_has_a_whole_page(client, what, language):
    client.cookies["django_language"] = language
    answer = client.get(EMPTY[what]())
    assert answer.status_code == 200
    text = answer.content.decode()
    page = Page(text)
    assert page.bad == [] and page.open == []
    assert "None" not in text and "nan%" not in text
    if "decision number" in what:
        assert ("chưa ghi số" if language == "vi" else "number not recorded") in text


@pytest.mark.parametrize(
    ("precision", "shown", "never"), [("year", "1999", "01/01/1999"), ("month", "01/1999", "01/01/1999")]
)
def test_a_date_half_known_is_never_shown_whole(client, precision, shown, never):
    root = make_unit()
    decision = make_decision(issued_on=date(1999, 1, 1), issued_precision=precision, published=True, unit=root)
    award = make_award(member=make_member(unit=root), decision=decision, published=True)
    campaign = make_campaign(scope=root, decision=decision)
    CampaignDocument.objects.create(campaign=campaign, decision=decision)
    other = make_award(decision=make_decision(unit=root, published=True), published=True)
    other.revoke(decision, "khai gian")
    for row in (decision, award, award.member, campaign, other, root):
        text = client.get(row.get_absolute_url()).content.decode()
        assert never not in text, row
    for address in ("/", "/awards/", "/decisions/", "/awards.csv"):
        answer = client.get(address)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert never not in text, address
        assert shown in text or address == "/", address
