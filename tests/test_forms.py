"""Every form of the staff: it trusts nobody, works once, knows a colleague's change, and nothing typed breaks it."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from records import once
from records.models import Member, Transfer, Unit
from tests import test_access
from tests.factories import make_award_type, make_branch, make_staff, make_superuser
from tests.test_access import ACCESS, POSTS, picture

pytestmark = pytest.mark.django_db
filled, register = test_access.filled, test_access.register
# Nobody's data: what the test client itself leaves behind.
PASSING = {"records.submission", "sessions.session", "usersessions.usersession", "records.auditevent"}
UNSENT = {"csrfmiddlewaretoken", "once"}
LINES = {"text", "search", "tel", "email", "number", "date", "url", "textarea"}


class Forms(HTMLParser):
    """A page's forms as a browser reads them: of each its attributes and the (type, name, value, on) of its fields."""

    def __init__(self, markup):
        super().__init__()
        self.forms, self.inside, self.text = [], False, None
        self.feed(markup)

    def field(self, *parts):
        if self.inside and parts[1]:
            self.forms[-1][1].append(list(parts))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        match tag:
            case "form":
                self.inside = True
                self.forms.append((attrs, []))
            case "input":
                kind = attrs.get("type", "text")
                on = "checked" in attrs or kind not in ("checkbox", "radio")
                kind = "number" if attrs.get("inputmode") == "numeric" else kind
                self.field(kind, attrs.get("name"), attrs.get("value", "on" if kind == "checkbox" else ""), on)
            case "select" | "textarea":
                self.field(tag, attrs.get("name"), "", True)
                self.text = tag == "textarea"
            case "option" if self.inside and "selected" in attrs:
                self.forms[-1][1][-1][2] = attrs.get("value", "")

    def handle_data(self, data):
        if self.inside and self.text:
            self.forms[-1][1][-1][2] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"
        self.text = self.text and tag != "textarea"


class Form:
    """A form that sends, where it stands and where it leads."""

    def __init__(self, page, attrs, fields):
        self.page, self.fields = page, fields
        self.action = (attrs.get("action") or page).split("?")[0]
        match = resolve(self.action)
        self.view, self.name = match.func, f"{match.app_name}:{match.url_name}".removeprefix(":")
        self.names = [name for _kind, name, _value, _on in fields]

    def sent(self):
        """What a browser would send of it as it stands, without buttons and files."""
        values = {}
        for kind, name, value, on in self.fields:
            if on and kind not in ("file", "submit") and name not in UNSENT:
                values.setdefault(name, []).append(value)
        return values

    def boxes(self, kinds=LINES):
        return {name for kind, name, _value, _on in self.fields if kind in kinds}


def forms_of(client, register, part=True):
    """One form of each address that sends, as it stands on the pages of the staff."""
    found = {}
    for name in ACCESS:
        if name.split(":")[-1].startswith("staff_"):
            page = reverse(name, args=register[part].get(name, []))
            answer = client.get(page)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                for attrs, fields in Forms(answer.content.decode()).forms:
                    if attrs.get("method") == "post" and fields:
                        form = Form(page, attrs, fields)
                        found.setdefault((form.name, frozenset(form.names)), form)
    return [form for (name, _names), form in found.items() if name in POSTS]


def works_once(view):
    while view is not None:
        if view.__module__ and getattr(view, "__globals__", {}).get("__name__") == once.__name__:
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def superuser_client():
    client = Client()
    client.force_login(make_superuser())
    return client


@pytest.fixture
def client(register):
    return superuser_client()


@pytest.fixture(scope="module")
def forms(filled):
    """The forms as a superuser finds them before anything is sent."""
    arguments, _files = filled
    return forms_of(superuser_client(), arguments)


@pytest.mark.one_database
def test_a_form_has_the_token_that_makes_it_work_once_where_its_address_heeds_it(forms):
    assert [form.name for form in forms if works_once(form.view) != ("once" in form.names)] == []
    # What enters a record is called so.
    entering = [form for form in forms if form.name.endswith(("_add", "_post"))]
    assert len(entering) > 10
    assert [form.name for form in entering if "once" not in form.names] == []


@pytest.mark.one_database
def test_what_changes_a_record_says_which_state_of_it_was_seen(forms):
    forms = [form for form in forms if form.name.endswith("_edit")]
    assert len(forms) > 8
    for form in forms:
        version = [value for _kind, name, value, _on in form.fields if name == "version"]
        # A unit that has not reported yet has no report to overwrite.
        assert len(version) == 1 and (version[0] or form.name == "campaigns:staff_report_edit"), form.name


# Nothing twice


def entered(form, register):
    """What a clerk would fill in, beside what stands in the form already."""
    branch = Unit.objects.exclude(pk=register["root"].pk).filter(parent=register["root"]).first()
    unit = {"unit": branch.code, "unit_key": str(branch.pk)}
    day = f"{date.today():%d/%m/%Y}"
    acts = {"on": day, "reason": "theo đơn", "note": "theo đơn"}
    award = {"recipient_name": "Trần Thị Bưởi", "type": make_award_type().name, "recipient_kind": "person"}
    decision = {"number": "77/QĐ-UBND", "issued_on": day, "issuer": "Uỷ ban nhân dân tỉnh", **unit}
    return acts | {
        "records:staff_member_add": {"full_name": "Trần Thị Bưởi", "birth_date": "1971", "since": day, **unit},
        "records:staff_member_attach": {"unit": (far := make_branch()).code, "unit_key": str(far.pk)},
        "records:staff_member_standing": {"standing": "exempt"},
        "records:staff_member_transfer": {"unit": (host := make_branch()).code, "unit_key": str(host.pk)},
        "records:staff_import_add": {"kind": "members", "pasted": "Họ và tên\tNăm sinh\nTrần Thị Bưởi\t1971"},
        "records:staff_cleanup_set": {"due_on": day},
        "records:staff_view_add": {"name": "Của tôi", "page": "records:staff_member_list", "query": "?standing=exempt"},
        "records:staff_unit_add": {"name": "Chi bộ thôn Mới", "code": "CB-MOI", "kind": "sub_branch"},
        "records:staff_unit_rename": {"new_name": "Chi bộ thôn Tên Mới"},
        "records:staff_unit_move": {"parent": (above := make_branch(parent=register["root"])).code,
                                    "parent_key": str(above.pk)},
        "records:staff_decision_add": decision,
        "records:staff_recipient_add": award,
        "records:staff_award_add": {**award, **{f"by-{name}": value for name, value in decision.items()}},
        "records:staff_account_add": {"last_name": "Lê", "first_name": "Na", "username": "le.na", "role": "clerk",
                                      "valid_from": day, **unit},
        "records:staff_account_post": {"role": "viewer", "valid_from": day, **unit},
        "campaigns:staff_campaign_add": {"title": "Phong trào mới", "launched_by": branch.code,
                                         "launched_by_key": str(branch.pk), "starts_on": day},
        "campaigns:staff_exemplar_add": {"title": "Đường hoa", "summary": "Cả thôn cùng làm.", **unit},
        "campaigns:staff_inspection_add": {"inspected_on": day, "inspector": "Ủy ban Kiểm tra", "outcome": "praise",
                                           "findings": "Làm tốt.", **unit},
        "campaigns:staff_exemplar_photos": {"caption": "Nhà chờ"},
        "campaigns:staff_evidence_add": {"caption": "Nhà chờ"},
    }.get(form.name, {})  # fmt: skip


def rows():
    """How many rows there are of everything that is kept."""
    models = [model for model in apps.get_models() if model._meta.label_lower not in PASSING]
    return {model._meta.label_lower: model._base_manager.count() for model in models if not model._meta.proxy}


TOKEN = "7d1f0a52-8c5e-4f7b-9a53-0d5b7e6c1f00"
# Not to be done to the unit, person or award as the register fixture has them.
UNREADY = {"records:staff_unit_dissolve", "records:staff_member_end_attachment", "records:staff_award_change"}


def test_a_form_sent_twice_enters_one_record(client, forms, register):
    forms = [form for form in forms if "once" in form.names and form.name not in UNREADY]
    assert len(forms) > 15
    # Nobody is sent on twice at the same time.
    Transfer.objects.all().delete()
    assert list(filter(None, (sent_twice(client, form, entered(form, register)) for form in forms))) == []


def sent_twice(client, form, values):
    """What was done wrong with a form that was sent, and sent again; empty where nothing was."""
    answers, counts = [], [rows()]
    with transaction.atomic():
        for _again in range(2):
            files = {"images": ContentFile(picture().read(), "anh.png")} if "images" in form.names else {}
            answers.append(client.post(form.action, form.sent() | values | {"once": TOKEN} | files))
            counts.append(rows())
        transaction.set_rollback(True)
    first, second = answers
    if first.status_code != 302:
        return f"{form.name}: {getattr(first.context.get('form'), 'errors', first.status_code)}"
    if (second.status_code, getattr(second, "url", "")) != (302, first.url):
        return f"{form.name}: led to {getattr(second, 'url', second.status_code)}, not {first.url}"
    if counts[1] != counts[2] or (counts[0] == counts[1] and form.name.endswith("_add")):
        return f"{form.name}: {[name for name in counts[0] if counts[1][name] != counts[2][name]]}"
    return ""


# Bad input

HOSTILE = {
    "a null byte": "a\x00b",
    "ten thousand letters": "ă" * 10_000,
    "strange letters": "\u202e\u200f\u200b\ufeff😀<script>alert(1)</script>{{ 7|add:7 }}%s%(n)s{0}=cmd|' /C calc'!A0",
    "a long number": "99999999999",
    "a key of forty figures": "9" * 40,
    "a year out of reach": "31/12/9999",
    "a digit that is none": "²",
}
# Read as numbers; any other text is refused by a box of numbers before it is looked at further.
FIGURES = {"a long number", "a key of forty figures", "a digit that is none"}
# Stored, or refused by the forms, on every database alike.
PLAIN = {"strange letters", "a digit that is none"}


def broken(client, form, values):
    """How an address broke on what was sent to it, empty where it answered."""
    try:
        with transaction.atomic():
            answer = client.post(form.action, values)
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what is looked for)
        return f"{form.name}: {type(error).__name__}: {error}"[:300]
    return f"{form.name}: {answer.status_code}" if answer.status_code >= 500 else ""


def filled_at_once(form, what):
    """The sets of names that get the text: every box; what is chosen or hidden as well; the boxes of numbers alone,
    for what is refused in one box keeps the others from the database.

    How many rows there are stays true where a number would be believed: hundreds of rows say no more than two, and
    campaigns/test_staff_campaigns.py has the crafted ones.
    """
    names = set(form.names) - UNSENT
    if what in FIGURES:
        names = {name for name in names if not name.endswith("-TOTAL_FORMS")}
    numbers = form.boxes({"number"}) if what in FIGURES else set()
    return {frozenset(form.boxes()), frozenset(names), frozenset(numbers)} - {frozenset()}


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=[pytest.mark.one_database] if what in PLAIN else []) for what in HOSTILE]
)
def test_nothing_that_is_typed_breaks_a_page(client, forms, what):
    found = [
        broken(client, form, form.sent() | dict.fromkeys(names, [HOSTILE[what]]))
        for form in forms
        for names in filled_at_once(form, what)
    ]
    assert list(filter(None, found)) == []


@pytest.mark.parametrize("text", ["a\x00b", "ă" * 10_000, "9" * 40, "99999999999", "²", "31/12/9999"])
def test_nothing_asked_in_an_address_breaks_a_list(client, register, text):
    for name in ACCESS:
        if name.startswith(("records:staff_", "campaigns:staff_")) and name.endswith(("_list", "_suggest", "_grid")):
            page = reverse(name, args=register[True].get(name, []))
            asked = ("q", "unit", "status", "state", "after", "before", "page", "activity", "year", "type", "order")
            answer = client.get(page, dict.fromkeys(asked, text))
            assert answer.status_code in (200, 302, 404), name


# Too much, too late, nothing there


@pytest.mark.one_database
@pytest.mark.parametrize("sent", [{"reason": "a" * 3_000_000}, dict.fromkeys(map(str, range(6_100)), "1")])
def test_too_much_at_once_is_answered_in_words(client, sent):
    client.raise_request_exception = False
    answer = client.post(reverse("records:staff_member_add"), sent)
    assert answer.status_code == 413
    html = answer.content.decode()
    assert "<h1" in html and 'class="masthead' in html and 'lang="vi"' in html


@pytest.mark.one_database
def test_what_the_proxy_would_refuse_is_told_before_it_is_sent(client):
    """A scan of 25 MB goes through, and the page knows what does not."""
    proxy = (settings.BASE_DIR / "deploy" / "nginx" / "vinhdanh.conf").read_text()
    passed = int(re.search(r"client_max_body_size (\d+)m;", proxy)[1]) * 1024**2
    page = client.get(reverse("records:staff_decision_add")).content.decode()
    assert 25 * 1024**2 < int(re.search(r'data-most-bytes="(\d+)"', page)[1]) < passed
    # What the proxy answers by itself.
    answer = settings.BASE_DIR / re.search(r"error_page 413 /(\S+);", proxy)[1]
    assert "<h1>" in answer.read_text()


@pytest.mark.one_database
def test_what_is_sent_after_the_session_ended_leads_back_to_the_page_it_stood_on(register):
    page = reverse("records:staff_decision_list") + "?year=2020"
    action = reverse("records:staff_account_unlock", args=[1])
    answer = Client().post(action, {}, headers={"referer": f"http://testserver{page}"})
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/staff/decisions/%3Fyear%3D2020"


@pytest.mark.one_database
@pytest.mark.parametrize(("sent", "said"), [({"kept": "yes"}, "is put back"), ({}, "enter it once more")])
def test_nobody_is_promised_what_the_browser_could_not_keep(sent, said):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.post(reverse("records:staff_member_add"), sent, follow=True)
    assert any(said in str(one) for one in answer.context["messages"])


@pytest.mark.one_database
@pytest.mark.parametrize("page", ["", "https://evil.example/staff/", "javascript:alert(1)", "//evil.example/"])
def test_a_page_of_another_site_is_not_led_back_to(page):
    answer = Client().post(reverse("records:staff_member_add"), {}, headers={"referer": page})
    assert answer.status_code == 302 and "evil" not in answer.url and answer.url.endswith("next=/staff/members/add/")


@pytest.mark.one_database
def test_an_address_that_only_takes_what_is_sent_says_so(client):
    answer = client.get(reverse("records:staff_member_check"))
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
    assert "<h1>" in answer.content.decode()


def test_who_lost_the_right_meanwhile_saves_nothing(register):
    member = Member.objects.first()
    clerk = make_staff("clerk", member.unit)
    client = Client()
    client.force_login(clerk)
    page = reverse("records:staff_member_edit", args=[member.public_id])
    form = next(form for form in map_forms(client, page) if form.name == "records:staff_member_edit")
    clerk.postings.update(valid_to=date(2020, 1, 1))
    answer = client.post(form.action, form.sent() | {"full_name": "Tên Khác"})
    assert answer.status_code == 404
    assert Member.objects.get(pk=member.pk).full_name == member.full_name


def map_forms(client, page):
    forms = Forms(client.get(page).content.decode()).forms
    return [Form(page, attrs, fields) for attrs, fields in forms if attrs.get("method") == "post"]
