"""Each page speaks one language: Vietnamese unless the person chose English, and then English alone, data aside."""

import re
from datetime import date
from html import unescape

import polib
import pytest
from django.conf import settings
from django.http import HttpResponse

from campaigns.models import CampaignDocument, Pledge
from records.models import UnitEvent
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
from tests.test_privacy import walk

# What a template makes of text is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
TONED = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]+[a-zà-ỹ]*", re.IGNORECASE)
# The register's owner has a Vietnamese name; the switch names each language in itself; money is counted in đồng.
NAMES = {settings.SITE["owner"], settings.SITE["owner_parent"], settings.SITE["name"], "Tiếng Việt", "đồng"}


def foreign_register():
    """A register whose data is in neither language, so that whatever is Vietnamese or English is the pages' own."""
    sector = make_sector(code="zq", name="Zqsector")
    root = make_unit(code="ZQ", name="Zqroot", sector=sector, description="Zq.", established_on=date(2000, 1, 2))
    branch = make_branch(code="ZQ-1", name="Zqbranch", parent=root)
    gone = make_unit(code="ZQ-2", name="Zqgone", parent=root)
    gone.dissolve(date(2019, 1, 1), note="Zq")
    member = make_member(full_name="Zqname Zqgiven", unit=branch)
    issuer = {"issuer": "Zqissuer", "unit": root, "published": True, "signed_by": "Zqsigner"}
    decision = make_decision(number="7/QD-ZQ", **issuer)
    later = make_decision(number="8/QD-ZQ", kind="revoke", **issuer)
    kinds = [
        make_award_type(code=f"zq{n}", name=f"Zqaward{n}", family=family, mark=mark, legal_basis="Zq", granted_by="Zq",
                        milestone_years=years)
        for n, (family, mark, years) in enumerate((("form", "certificate", None), ("badge", "badge", 40)))
    ]  # fmt: skip
    common = {"decision": decision, "published": True, "period_start": 2017, "period_end": 2019}
    award = make_award(member=member, type=kinds[0], mode="merit", reason="Zq.", **common)
    make_award(member=member, type=kinds[1], decision=decision, published=True)
    revoked = make_award(collective=branch, type=kinds[0], **common)
    award.correct(later, "Zq", recipient_position="Zqposition")
    revoked.revoke(later, "Zq")
    for status, slug in (("launched", "zq-a"), ("launched", "zq-b"), ("reviewing", "zq-c"), ("launched", "zq-d")):
        campaign = make_campaign(
            slug=slug, title=f"Zqcampaign {slug}", scope=root, decision=decision, names_public=slug == "zq-a",
            summary="Zq.", body="Zq.", status=status, ends_on=date(2030, 1, 1),
        )  # fmt: skip
        activity = make_activity(campaign, name="Zqactivity", measure="zq", icon="lamp")
        make_plan(campaign, branch).submit()
        registration = make_registration(campaign, member)
        Pledge.objects.create(registration=registration, activity=activity, quantity=2)
        registration.finish("good")
        CampaignDocument.objects.create(campaign=campaign, decision=decision)
        CampaignDocument.objects.create(campaign=campaign, decision=later, role="basis")
        for n in range(2):
            make_exemplar(
                campaign=campaign, unit=branch, activity=activity if n else None, title=f"Zqmodel {slug}{n}",
                cost="1.50", story="Zq.", place="Zqplace", started_on=date(2019, 2, 1), people_helped=5, published=True,
            )  # fmt: skip
    campaign.together_with.add(branch)
    campaign.close()
    for kind in UnitEvent.Kind.values:
        UnitEvent.objects.create(unit=branch, kind=kind, occurred_on=date(2019, 1, 1), decision=decision)


def words_of(markup):
    """What a person sees or hears of a page: text, labels, alternative texts, descriptions; scripts and styles not."""
    body = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", " ", markup, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:aria-label|alt|title|content|placeholder|data-label|value)="([^"]*)"', body)
    text = re.sub(r"</?(?:b|a|i|em|strong|span|wbr|time|use|svg)\b[^>]*>", " ", body)
    parts = re.sub(r"<[^>]*>", "\n", text).split("\n") + spoken
    return {" ".join(unescape(part).split()) for part in parts} - {""}


class Reader:
    """Reads pages as one visitor who never takes the link to the other language."""

    def __init__(self, client, language):
        self.client = client
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    def get(self, address):
        return HttpResponse() if "lang=" in address else self.client.get(address)


def pages_in(client, language):
    """Every public page by its address, with lists that find nothing and a page that is not there."""
    foreign_register()
    nothing = (
        "/awards/?q=zzzz",
        "/units/?q=zzzz",
        "/decisions/?q=zzzz",
        "/campaigns/?q=zzzz",
        "/exemplars/?q=zzzz",
        "/no/",
    )
    pages = walk(
        Reader(client, language), ("/", "/awards.csv", "/units/", "/decisions/", "/campaigns/zq-a/units.csv", *nothing)
    )
    return {address: text for address, (_status, text) in pages.items() if text}


def texts(page):
    return words_of(page) if page.lstrip().startswith("<!doctype") else set(page.replace("\ufeff", "").splitlines())


def test_in_english_no_word_of_a_page_is_vietnamese(client):
    pages = pages_in(client, "en")
    assert len(pages) > 40
    found = {}
    for address, page in pages.items():
        for part in texts(page):
            # What stands in quotes is an example of how a name is typed.
            rest = re.sub("“[^”]*”", "", part)
            for name in NAMES:
                rest = rest.replace(name, "")
            if TONED.search(rest):
                found.setdefault(part, address)
    assert found == {}


def english_sentences():
    """Messages of two words or more that no Vietnamese sentence has in it; none into which something is filled."""
    catalogue = polib.pofile(str(settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
    vietnamese = " ".join(entry.msgstr or " ".join(entry.msgstr_plural.values()) for entry in catalogue).lower()
    for entry in catalogue:
        for message in filter(None, (entry.msgid, entry.msgid_plural)):
            if "%(" not in message and " " in message and message.lower() not in vietnamese:
                yield message.lower()


def test_in_vietnamese_no_sentence_of_a_page_is_english(client):
    pages = pages_in(client, "vi")
    assert len(pages) > 40
    english = re.compile("|".join(sorted(map(re.escape, english_sentences()), key=len, reverse=True)))
    common = re.compile(
        r"\b(?:the|of|and|are|this|with|from|award|awards|unit|units|decision|campaign|no)\b", re.IGNORECASE
    )
    found = {}
    for address, page in pages.items():
        for part in texts(page):
            # An address is the same in every language.
            if english.fullmatch(part.lower()) or common.search(re.sub(r"\S*[/=]\S*", "", part)):
                found.setdefault(part, address)
    assert {part: address for part, address in found.items() if part != "English"} == {}


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Đủ điều kiện|Đã đăng ký|Tổng"), ("en", "Eligible|Registered|Total")]
)
def test_a_file_speaks_the_language_of_its_page(client, language, words):
    """A file's lines are sent after the request is done, when the reader's language is no longer in force."""
    foreign_register()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get("/campaigns/zq-a/units.csv")
    text = b"".join(answer.streaming_content).decode()
    assert len(set(re.findall(words, text))) > 1, text


@pytest.mark.parametrize("header", ["en-US,en;q=0.9", "fr", "zh", "en-GB, *;q=0.1", "x" * 300])
def test_the_browser_does_not_choose(client, header):
    answer = client.get("/about/", headers={"accept-language": header})
    assert answer.headers["Content-Language"] == "vi"
    assert '<html lang="vi"' in answer.content.decode()


@pytest.mark.parametrize("cookie", ["", "fr", "EN", "en'", "../vi", "vi;en"])
def test_a_language_we_do_not_speak_is_vietnamese(client, cookie):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert '<html lang="vi"' in client.get("/about/").content.decode()


def test_the_choice_holds_for_one_visitor_and_not_for_the_next(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert '<html lang="en"' in client.get("/about/").content.decode()
    assert '<html lang="vi"' in type(client)().get("/about/").content.decode()
