"""The site's dress: marks, states, rates and dates read right in both languages."""

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from records.templatetags import marks

SPRITE = (settings.BASE_DIR / "static" / "marks.svg").read_text(encoding="utf-8")
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
RATES = st.floats(min_value=0, max_value=100)


def render(source, **context):
    return engines["django"].from_string(source).render(context)


# Marks


def test_a_mark_is_decoration_from_the_one_sprite():
    html = render('{% mark "i-search" %}')
    assert html == f'<svg class="i" aria-hidden="true"><use href="{settings.STATIC_URL}marks.svg#i-search"/></svg>'


def test_a_mark_from_data_is_escaped():
    assert "<script>" not in render("{% mark name %}", name='"><script>')


def test_every_mark_a_template_names_is_in_the_sprite():
    named = {name for path in TEMPLATES for name in re.findall(r'{% mark "([^"]+)"', path.read_text(encoding="utf-8"))}
    assert named and named <= SYMBOLS


@pytest.mark.parametrize("kind", ["flag", "medal", "certificate", "title", "badge"])
def test_every_family_of_awards_has_its_seal(kind):
    assert f"mark-{kind}" in SYMBOLS
    assert f'class="seal" aria-hidden="true"><use href="{settings.STATIC_URL}marks.svg#mark-{kind}"' in marks.seal(kind)


@pytest.mark.parametrize(
    ("status", "css"), [("active", "is-ok"), ("corrected", "is-warn"), ("revoked", "is-bad"), ("reissued", "is-ok")]
)
@pytest.mark.parametrize("long", [False, True])
def test_a_standing_is_a_shape_and_a_word(status, css, long):
    html = marks.standing(status, long)
    assert f"state {css}" in html and "<use href" in html
    assert re.sub(r"<[^>]+>", "", html).strip()


def test_an_unknown_standing_is_a_fault_and_not_a_blank():
    with pytest.raises(KeyError):
        marks.standing("lost")


def test_a_revoked_award_never_looks_valid():
    assert re.search(r"#([\w-]+)", marks.standing("revoked"))[1] != re.search(r"#([\w-]+)", marks.standing("active"))[1]


def test_the_standing_follows_the_language_though_it_is_kept():
    with override("en"):
        assert "valid" in marks.standing("active")
        first = marks._standing.cache_info().misses
        marks.standing("active")
        assert marks._standing.cache_info().misses == first
    with override("vi"):
        marks.standing("active")
        marks.standing("active")
    assert marks._standing.cache_info().hits


# Figures


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (92.5, "92,5%", "92.5%"),
        (92, "92,0%", "92.0%"),
        (Decimal("90.58"), "90,6%", "90.6%"),
        (100, "100%", "100%"),
        (0, "0%", "0%"),
        (99.97, "99,9%", "99.9%"),
        (100 * 29 / 100, "29,0%", "29.0%"),
        (0.29 * 100, "29,0%", "29.0%"),
        (112.4, "112,4%", "112.4%"),
        (None, "–", "–"),
    ],
)
def test_a_rate_reads_as_the_language_writes_it(value, vi, en):
    with override("vi"):
        assert marks.percent(value) == vi
    with override("en"):
        assert marks.percent(value) == en


def test_rounding_never_lifts_a_rate_over_its_target():
    with override("vi"):
        assert marks.percent(89.96) == "90,0%"
        assert marks.percent(89.96, 90) == "89,9%"
        assert marks.percent(90, 90) == "90,0%"


@given(RATES, st.integers(min_value=1, max_value=100))
def test_the_written_rate_and_the_word_beside_it_never_contradict(value, target):
    with override("en"):
        written = float(marks.percent(value, target).rstrip("%"))
    assert (written >= target) == marks.reaches(value, target)
    assert abs(written - value) <= 0.1 + 1e-6


@given(RATES)
def test_only_a_whole_rate_reads_as_a_hundred(value):
    with override("en"):
        assert (marks.percent(value) == "100%") == (round(value, 9) == 100)


def test_the_distance_from_the_target_agrees_with_the_written_rate():
    with override("vi"):
        assert marks.points(92.487, 90) == "2,5"
        assert marks.points(89.97, 90) == "0,1"
        assert marks.points(89.1, Decimal("90")) == "0,9"


@pytest.mark.parametrize(("value", "written"), [(92.5, "92.5"), (100, "100"), (130, "100"), (-2, "0"), (None, "0")])
def test_a_bar_takes_a_point_and_stays_in_its_box(value, written):
    with override("vi"):
        assert marks.point(value) == written


def test_a_rate_not_known_has_met_nothing():
    assert not marks.reaches(None, 90)


@pytest.mark.parametrize(
    ("value", "shape", "css"), [(92.5, "i-check", 'bar-fill"'), (89.1, "i-below", 'bar-fill below"')]
)
@pytest.mark.parametrize("name", ["_rate.html", "_rate_lg.html"])
def test_a_rate_shows_figure_word_and_bar(name, value, shape, css):
    with override("vi"):
        html = render('{% include name with label="Đăng ký" target=90 %}', name=name, value=value)
    assert f"#{shape}" in html and css in html and f'width="{value}%"' in html and 'x1="90%"' in html


def test_a_rate_without_figures_says_so_and_fills_nothing():
    html = render('{% include "_rate.html" with label="Đăng ký" value=None target=90 %}')
    assert "–" in html and "bar-fill below" not in html and 'class="bar-fill"' not in html


@pytest.mark.parametrize("name", ["_rate.html", "_rate_lg.html", "_bar.html"])
def test_a_rate_without_a_target_has_neither_line_nor_judgement(name):
    html = render('{% include name with label="Đăng ký" %}', name=name, value=45)
    assert 'width="45%"' in html and "bar-target" not in html and "is-warn" not in html and "is-ok" not in html


def test_no_pager_where_there_is_one_page():
    page = SimpleNamespace(previous_url=None, next_url=None)
    assert "<nav" not in render('{% include "_pagination.html" %}', page=page)
    page.next_url = "?after=9"
    html = render('{% include "_pagination.html" %}', page=page)
    assert 'rel="next"' in html and 'rel="prev"' not in html and 'class="pager' in html


def test_a_chip_says_what_it_removes():
    html = render(
        '{% include "_chips.html" %}', chips=[{"label": "Năm: 2020", "url": "?kind=person"}], clear_url="/awards/"
    )
    assert 'href="?kind=person">Năm: 2020' in html and 'href="/awards/"' in html
    assert "<ul" not in render('{% include "_chips.html" %}', chips=[], clear_url="/awards/")


# What a decision says


@pytest.mark.parametrize(("precision", "written"), [("day", "22/05/2020"), ("month", "05/2020"), ("year", "2020")])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_date_says_no_more_than_is_known(precision, written, language):
    with override(language):
        assert marks.partial_date(datetime.date(2020, 5, 22), precision) == written


def test_no_date_is_left_to_the_page_to_say():
    assert render('{{ day|partial_date|default:"chưa ghi" }}', day=None) == "chưa ghi"


def test_a_decision_number_does_not_break_and_is_escaped():
    assert marks.decision_no("714/QĐ-TTg") == '<span class="no">714/QĐ-TTg</span>'
    assert marks.decision_no(SimpleNamespace(number="<b>")) == '<span class="no">&lt;b&gt;</span>'


def test_a_missing_decision_number_is_said():
    assert "muted" in marks.decision_no("")


# The frame


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("campaign_detail", "campaign"),
        ("award_list", "award"),
        ("person_detail", "award"),
        ("unit_detail", "unit"),
        ("account_login", "account"),
        ("home", "home"),
        (None, ""),
    ],
)
def test_a_page_knows_its_entry_in_the_menu(name, entry):
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name=name)
    assert marks.section({"request": request}) == entry


def test_a_page_may_name_its_entry_itself_and_a_lost_page_has_none():
    request = RequestFactory().get("/")
    assert marks.section({"section": "unit", "request": request}) == "unit"
    assert marks.section({"request": request}) == ""
    assert marks.section({}) == ""


class DecisionForm(forms.Form):
    issued_on = forms.DateField(label="Ngày ban hành", help_text="Ví dụ: 28/11/2020")
    kind = forms.ChoiceField(choices=[("a", "Tặng")], widget=forms.Select(attrs={"placeholder": "Loại"}))
    sure = forms.BooleanField(required=False)


def test_a_control_wears_the_right_class_and_no_placeholder():
    form = DecisionForm()
    assert 'class="form-control"' in marks.box(form["issued_on"])
    assert 'class="form-select"' in marks.box(form["kind"]) and "placeholder" not in marks.box(form["kind"])
    assert 'class="form-check-input"' in marks.box(form["sure"])


def test_a_field_in_error_names_its_hint_and_its_error_to_its_control():
    html = render("{% include '_form.html' with submit='Lưu' %}", form=DecisionForm({"issued_on": "31/11/2020"}))
    described = re.search(r'aria-describedby="([^"]+)"', html)[1].split()
    assert len(described) == 2 and all(f'id="{name}"' in html for name in described)
    assert 'aria-invalid="true"' in html and "is-invalid" in html
    assert 'href="#id_issued_on"' in html
    label, hint, error, box = (
        html.index(part) for part in ('for="id_issued_on"', "_helptext", '_error"', "<input type")
    )
    assert label < hint < error < box


# The pages that must hold when nothing else does


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_failing_site_still_shows_a_page_in_its_dress(name, language):
    """Rendered with neither request nor context, and (no database mark) without one query."""
    with override(language):
        html = engines["django"].get_template(name).render()
    assert f'<html lang="{language}">' in html and "app.css" in html and settings.SITE["owner"] in html


# What the content policy forbids


@pytest.mark.parametrize(
    "forbidden",
    [
        r'\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+="|javascript:',
        r'(?:src|href)="(?:https?:)?//',
        r"\|safe|autoescape off",
    ],
)
def test_no_template_carries_inline_style_or_script(forbidden):
    assert len(TEMPLATES) > 50
    found = [path.name for path in TEMPLATES if re.search(forbidden, path.read_text(encoding="utf-8"))]
    assert found == []
