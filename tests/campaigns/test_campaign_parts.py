"""Written text made safe, rates, quantities and time left, and the campaigns shown on other pages."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from django.utils import translation

from campaigns.models import Campaign, CampaignDocument
from campaigns.templatetags.campaign_parts import campaign_dates, markdown, quantity, rate, shown_name, time_left
from tests.factories import make_campaign, make_decision, make_member, make_registration, make_unit

TODAY = date(2020, 11, 16)


class Seen(HTMLParser):
    """The tags of a text as a browser would see them, each with its attributes."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<img src=x onerror=alert(1)>",
        "![x](https://elsewhere.example/pixel.png)",
        '[x](https://example.org "onmouseover=alert(1)")',
        '<a href="https://example.org" onclick="alert(1)">x</a>',
        "<style>body{display:none}</style>",
        "<iframe src=//example.org></iframe>",
    ],
)
def test_nothing_written_becomes_script_style_or_a_foreign_picture(text):
    seen = Seen()
    seen.feed(markdown(text))
    assert {tag for tag, _attributes in seen.tags} <= {"p", "a"}
    for _tag, attributes in seen.tags:
        assert attributes.keys() <= {"href", "rel"}
        assert attributes.get("href", "https:").startswith("https:")


def test_written_text_keeps_its_lists_links_and_quotes():
    made = markdown("1. một\n2. hai\n\n> lời\n\n[trang](https://example.org/) **đậm**")
    assert "<ol>" in made
    assert '<blockquote class="quote">' in made
    assert 'href="https://example.org/" rel="noopener nofollow"' in made
    assert "<strong>đậm</strong>" in made


def test_headings_start_at_the_level_the_page_needs_and_skip_none():
    made = markdown("# Một\n\n## Hai\n\n#### Bốn", 3)
    assert [made.index(tag) for tag in ("<h3", "<h4", "<h6")] == sorted(made.index(t) for t in ("<h3", "<h4", "<h6"))
    assert "<h2" not in made
    assert "<h2" in markdown("### Chỉ một", 2)


def test_no_text_is_no_markup():
    assert markdown("") == markdown(None) == ""


def test_a_quantity_shows_only_the_digits_somebody_wrote():
    with translation.override("vi"):
        assert quantity(Decimal("2486.50")) == "2.486,5"
        assert quantity(Decimal("11284.00")) == "11.284"
        assert quantity(Decimal("0.25")) == "0,25"
        assert quantity(Decimal("1000")) == "1.000"
    assert quantity(None) == "–"


def test_a_rate_of_nothing_is_unknown():
    assert rate(1, 0) is None
    assert rate(517, 559) == pytest.approx(92.486, abs=0.001)


def of_dates(start, end, status=Campaign.Status.LAUNCHED):
    return Campaign(starts_on=start, ends_on=end, status=status)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2018, 5, 3), date(2020, 12, 31), "45 days left"),
        (date(2018, 5, 3), date(2020, 11, 17), "1 day left"),
        (date(2018, 5, 3), TODAY, "today is the last day"),
        (date(2018, 5, 3), date(2020, 11, 15), "past its last day"),
        (date(2018, 5, 3), None, "no end set yet"),
        (date(2020, 11, 26), None, "starts in 10 days"),
    ],
)
def test_time_left_of_a_running_campaign(start, end, words):
    with translation.override("en"):
        assert time_left(of_dates(start, end), TODAY) == words


def test_a_closed_campaign_has_no_time_left():
    assert time_left(of_dates(date(2018, 5, 3), date(2020, 12, 31), Campaign.Status.CLOSED), TODAY) == ""


def test_dates_are_written_day_first_whatever_the_language():
    for language in ("vi", "en"):
        with translation.override(language):
            assert campaign_dates(of_dates(date(2018, 5, 3), date(2020, 12, 31))) == "03/05/2018 – 31/12/2020"
            assert "03/05/2018" in campaign_dates(of_dates(date(2018, 5, 3), None))


@pytest.mark.django_db
def test_an_unlisted_unit_has_no_name_to_show():
    assert shown_name(make_unit(name="Đảng bộ Sông Xa", short_name="Sông Xa")) == "Sông Xa"
    assert shown_name(make_unit(listed=False)) == ""


def shown(tag, **context):
    return Template("{% load campaign_parts %}" + tag).render(Context(context))


@pytest.mark.django_db
def test_a_units_campaigns_are_those_it_launched_alone_or_with_others(django_assert_num_queries):
    unit = make_unit()
    own, together = make_campaign(launched_by=unit, title="Do mình"), make_campaign(title="Cùng nhau")
    together.together_with.add(unit)
    make_campaign(title="Của nơi khác")
    make_campaign(launched_by=unit, title="Còn soạn", status=Campaign.Status.DRAFT)
    make_campaign(launched_by=unit, title="Đã huỷ", status=Campaign.Status.CANCELLED)
    make_registration(own, make_member(unit=unit))
    unit.refresh_from_db()
    with django_assert_num_queries(1):
        page = shown("{% campaigns_of_unit unit %}", unit=unit)
    assert "Do mình" in page
    assert "Cùng nhau" in page
    assert "100%" in page
    for hidden in ("Của nơi khác", "Còn soạn", "Đã huỷ"):
        assert hidden not in page
    assert shown("{% campaigns_of_unit unit %}", unit=make_unit()).strip() == ""


@pytest.mark.django_db
def test_a_decisions_campaigns_say_what_it_was_to_each(django_assert_num_queries):
    decision = make_decision()
    make_campaign(decision=decision, title="Phát động")
    granted, based = make_campaign(title="Tổng kết"), make_campaign(title="Căn cứ")
    CampaignDocument.objects.create(campaign=granted, decision=decision, role="award")
    CampaignDocument.objects.create(campaign=based, decision=decision, role="basis")
    make_campaign(title="Ngoài cuộc")
    hidden = make_campaign(title="Còn soạn", decision=decision, status=Campaign.Status.DRAFT)
    with translation.override("en"), django_assert_num_queries(1):
        page = shown("{% campaigns_of_decision decision %}", decision=decision)
    lines = {
        title: line for line in page.split("<li>") for title in ("Phát động", "Tổng kết", "Căn cứ") if title in line
    }
    assert "launched by this decision" in lines["Phát động"]
    assert "these awards came of it" in lines["Tổng kết"]
    assert "it follows this document" in lines["Căn cứ"]
    assert "Ngoài cuộc" not in page
    assert hidden.title not in page
