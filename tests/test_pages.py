"""Public pages from memory: the same for all who are not signed in, none older than a second, nothing of one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event
from types import SimpleNamespace

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver

from config.pages import PublicPagesMiddleware
from records.models import Decision
from tests.access import ACCESS, PUBLIC
from tests.factories import make_branch, make_decision, make_exemplar, make_staff
from tests.test_access import url_names

pytestmark = pytest.mark.one_database
REVALIDATED = "public, max-age=0, must-revalidate"
ADDRESS = "/about/"
SIGN_OUT = 'action="/accounts/logout/"'


@pytest.fixture
def clock(monkeypatch):
    """What the pages take for the time and the day."""
    clock = SimpleNamespace(now=1_000_000.0, day=date(2020, 5, 1))
    monkeypatch.setattr("config.pages.time", SimpleNamespace(time=lambda: clock.now))
    monkeypatch.setattr("config.pages.timezone", SimpleNamespace(localdate=lambda: clock.day))
    return clock


# One process, its view and its number made up


@pytest.fixture
def made(monkeypatch, settings, clock):
    """A site of one view: `get` asks it, `made` counts what it made."""
    settings.KEEP_PAGES_MB = 1
    site = SimpleNamespace(made=0, asked=0, number=1, view=lambda request: HttpResponse("trang"))

    def number():
        site.asked += 1
        return site.number

    def view(request):
        site.made += 1
        return site.view(request)

    monkeypatch.setattr("config.pages.publication_number", number)
    middleware = PublicPagesMiddleware(view)

    def get(address=ADDRESS, method="get", language="vi", cookies="", **headers):
        request = getattr(RequestFactory(), method)(address, headers={"Cookie": cookies, **headers})
        request.LANGUAGE_CODE = language
        return middleware(request)

    site.get, site.pages = get, middleware.pages
    return site


def test_a_page_is_made_once_and_says_how_to_ask_for_it_again(made):
    first, second = made.get(), made.get()
    assert made.made == 1 and first.content == second.content == b"trang"
    assert second["Cache-Control"] == REVALIDATED and second["Vary"] == "Cookie"
    assert second["ETag"] == first["ETag"] and second["X-Accel-Expires"] == "@1000000"
    assert (first["Cache-Status"], second["Cache-Status"]) == ("vinhdanh; fwd=miss", "vinhdanh; hit")


def test_whoever_has_the_page_is_told_so(made):
    tag = made.get()["ETag"]
    again = made.get(**{"If-None-Match": tag})
    assert again.status_code == 304 and not again.content
    assert again["ETag"] == tag and again["Cache-Control"] == REVALIDATED and again["X-Accel-Expires"] == "@1000000"
    assert made.get(**{"If-None-Match": '"khac"'}).status_code == 200


def test_the_number_is_asked_once_a_second_and_a_new_one_makes_the_page_anew(made, clock):
    made.get()
    made.number = 2
    clock.now += 0.9
    made.get("/about/?q=1")
    assert (made.made, made.asked) == (2, 1)
    clock.now += 0.2
    assert made.get()["X-Accel-Expires"] == "@1000001"
    assert (made.made, made.asked) == (3, 2)


def test_what_nginx_may_keep_ends_with_the_second_in_which_the_number_was_asked(made, clock):
    """Not with that in which the page was ready: what was published meanwhile would wait for longer."""

    def slow(request):
        clock.now += 5
        return HttpResponse("trang")

    made.view = slow
    assert made.get()["X-Accel-Expires"] == "@1000000"


def test_at_midnight_every_page_turns(made, clock):
    made.get()
    clock.now, clock.day = clock.now + 1, date(2020, 5, 2)
    made.get()
    assert made.made == 2


def test_a_page_made_before_a_publication_is_not_taken_for_one_after_it(made, clock):
    """The number is asked first: a page in the making while something is published counts as older than that."""

    def view(request):
        made.number = 2
        return HttpResponse("trang")

    made.view = view
    made.get()
    clock.now += 1
    made.get()
    assert made.made == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"address": "/about/?b=2&a=1"}, {"address": "/about/?a=1&b=2"}, False),
        ({"address": "/about/?a=1"}, {"address": "/about/?a=2"}, False),
        ({"address": "/about/?a="}, {"address": "/about/"}, False),
        ({"method": "head"}, {"method": "get"}, True),
        ({"language": "vi"}, {"language": "en"}, False),
        ({"cookies": "theme=dark"}, {"cookies": "theme=light"}, False),
        ({"cookies": "theme=khong-co"}, {"cookies": "theme=auto"}, True),
        ({"cookies": "csrftoken=a"}, {"cookies": "csrftoken=b"}, True),
        ({"Host": "localhost"}, {"Host": "127.0.0.1"}, False),
        ({"Accept-Language": "en"}, {"Accept-Language": "vi"}, True),
    ],
)
def test_what_a_page_depends_on(made, settings, one, other, same):
    settings.ALLOWED_HOSTS = ["*"]
    made.get(**one), made.get(**other)
    assert made.made == (1 if same else 2)


@pytest.mark.parametrize("cookies", ["sessionid=abc", "messages=abc", "theme=dark; sessionid=abc"])
def test_one_person_s_page_is_neither_kept_nor_taken_from_memory(made, cookies):
    made.get(cookies=cookies)
    assert not made.pages.kept
    made.get()
    assert b"trang" in made.get(cookies=cookies).content and made.made == 3


def with_cookie(request):
    response = HttpResponse("trang")
    response.set_cookie("csrftoken", "a")
    return response


NOT_KEPT = {
    "sets a cookie": with_cookie,
    "failed": lambda request: HttpResponse(status=500),
    "too many": lambda request: HttpResponse(status=429),
    "a stream": lambda request: StreamingHttpResponse(["trang"]),
    "says itself": lambda request: HttpResponse("trang", headers={"Cache-Control": "no-store"}),
}


@pytest.mark.parametrize("view", NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_is_not_kept(made, view):
    made.view = view
    answer = made.get()
    assert not made.pages.kept and "X-Accel-Expires" not in answer and "ETag" not in answer
    made.get()
    assert made.made == 2


def test_a_photo_may_be_kept_by_nginx_though_not_here(made):
    made.view = lambda request: StreamingHttpResponse(["anh"], headers={"Cache-Control": REVALIDATED})
    assert made.get()["X-Accel-Expires"] == "@1000000" and not made.pages.kept


@pytest.mark.parametrize("address", ["/accounts/login/", "/staff/", "/admin/", "/awards.csv", "/healthz", "/khong-co/"])
def test_other_addresses_pass_without_asking_for_the_number(made, address):
    made.get(address)
    assert made.asked == 0 and not made.pages.kept


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_only_reading_is_answered_from_memory(made, method):
    made.get()
    made.get(method=method)
    assert made.made == 2


def test_redirects_and_pages_that_are_not_there_are_kept_too(made):
    for status in (301, 302, 404):
        made.view = lambda request, status=status: HttpResponse(status=status, headers={"Location": "/"})
        for _ in range(2):
            assert made.get(f"/about/?q={status}").status_code == status
    assert made.made == 3


def test_memory_holds_no_more_than_it_may_and_what_is_read_stays(made):
    made.view = lambda request: HttpResponse("a" * 60_000)
    for n in range(40):
        made.get(f"/about/?n={n}")
        made.get("/about/?n=0")
    assert len(made.pages.kept) > 10 and made.pages.taken <= 1 << 20
    assert made.pages.taken == sum(len(page.body) + 2048 for page in made.pages.kept.values())
    assert made.made == 40
    made.view = lambda request: HttpResponse("a" * 100_000)
    made.get("/about/?n=lon")
    made.get("/about/?n=lon")
    assert made.made == 42


def at_once(number, act):
    start = Barrier(number)

    def run(_n):
        start.wait(10)
        return act()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_of_many_who_ask_at_once_one_makes_the_page(made):
    others = Event()

    def slow(request):
        others.wait(0.1)
        return HttpResponse("trang")

    made.view = slow
    assert {answer.content for answer in at_once(8, made.get)} == {b"trang"}
    assert made.made == 1 and not made.pages.in_hand


def test_nobody_waits_for_a_page_that_failed_or_for_another_page(made):
    def broken(request):
        raise OSError

    made.view = broken
    for _ in range(2):
        with pytest.raises(OSError):
            made.get()
    assert made.made == 2 and not made.pages.in_hand
    made.view = lambda request: HttpResponse(made.get("/about/?q=1").content if not request.GET else "trang")
    assert made.get().content == b"trang"


def test_without_room_nothing_is_kept(made, settings):
    made.pages.room = 0
    assert "ETag" not in made.get() and "ETag" not in made.get() and made.made == 2


# The site itself


@pytest.fixture
def process(settings, clock, db):
    """A function that starts another process of the site: each has a memory of its own."""
    settings.KEEP_PAGES_MB = 4
    return Client


def test_every_process_shows_a_publication_and_a_take_down_within_a_second(process, clock):
    processes, decision = [process(), process()], make_decision(subject="Tặng bằng khen mới")
    address = decision.get_absolute_url()

    def seen():
        answers = [
            (p.get(address).status_code, decision.subject in p.get("/decisions/").content.decode()) for p in processes
        ]
        clock.now += 1
        return answers

    assert seen() == [(404, False)] * 2
    Decision.objects.filter(pk=decision.pk).update(published_at="2020-05-22T00:00:00Z")
    assert seen() == [(200, True)] * 2
    Decision.objects.filter(pk=decision.pk).update(published_at=None)
    assert seen() == [(404, False)] * 2


def test_a_page_from_memory_asks_the_database_for_the_number_at_most(process, clock, django_assert_num_queries):
    client = process()
    client.get("/awards/")
    with django_assert_num_queries(0):
        client.get("/awards/")
    clock.now += 1
    with django_assert_num_queries(1):
        assert client.get("/awards/")["Cache-Status"] == "vinhdanh; hit"


@pytest.mark.parametrize("address", ["/", "/awards/", "/campaigns/", "/units/", "/exemplars/", "/decisions/", ADDRESS])
def test_processes_agree_on_the_tag_and_a_kept_page_is_the_page_itself(process, settings, address):
    make_exemplar(published=True)
    one, other = process().get(address), process().get(address)
    assert one["ETag"] == other["ETag"] and one["Cache-Status"] == "vinhdanh; fwd=miss" == other["Cache-Status"]
    settings.KEEP_PAGES_MB = 0
    live = process().get(address)
    assert live.content == one.content
    assert {name for name in one.headers if name not in live.headers} == {
        "Cache-Control", "Cache-Status", "ETag", "X-Accel-Expires",
    }  # fmt: skip


def test_staff_see_the_live_page_and_leave_nothing_in_memory(process):
    visitor, staff = process(), process()
    staff.handler = visitor.handler
    staff.force_login(make_staff("clerk", make_branch()))
    answer = staff.get("/about/")
    assert answer["Cache-Control"] == "private, no-store" and "ETag" not in answer and "Cache-Status" not in answer
    assert SIGN_OUT in answer.content.decode()
    answer = visitor.get("/about/")
    assert answer["Cache-Status"] == "vinhdanh; fwd=miss" and SIGN_OUT not in answer.content.decode()
    assert SIGN_OUT in staff.get("/about/").content.decode()
    staff.logout()
    assert staff.get("/about/")["Cache-Status"] == "vinhdanh; hit"


def test_a_message_is_shown_once_and_to_nobody_else(process):
    client, other = process(), process()
    other.handler = client.handler
    client.cookies["messages"] = CookieStorage(None)._encode([Message(constants.SUCCESS, "Đã đăng xuất khỏi sổ")])
    told = ["Đã đăng xuất khỏi sổ" in one.get("/").content.decode() for one in (client, client, other)]
    assert told == [True, False, False]


def test_language_and_appearance_are_kept_apart(process):
    client = process()
    pages = []
    for cookies in ({}, {"django_language": "en"}, {"theme": "dark"}, {"django_language": "en"}, {}):
        client.cookies.clear()
        client.cookies.load(cookies)
        answer = client.get("/about/")
        pages.append((answer["Content-Language"], 'data-bs-theme="dark"' in answer.content.decode()))
    assert pages == [("vi", False), ("en", False), ("vi", True), ("en", False), ("vi", False)]
    assert client.get("/about/")["Cache-Status"] == "vinhdanh; hit"


def test_a_choice_of_language_is_stored_and_not_kept(process):
    client = process()
    for _ in range(2):
        answer = client.get("/about/?lang=en")
        assert answer.cookies["django_language"].value == "en" and "X-Accel-Expires" not in answer


def test_an_unknown_host_is_refused(process):
    assert process().get("/about/", headers={"host": "khac.example"}).status_code == 400


@pytest.mark.django_db
def test_every_public_address_is_one_page_for_all_or_says_why_not():
    """An address open to everybody either may be kept, or stands here with its reason."""
    live = {
        "records:healthz",  # says how the process is now
        "records:session_state", "campaigns:self_registration_add", "campaigns:self_registration_sent",  # one person's
        "records:award_csv", "campaigns:campaign_units_csv",  # as long as the register
    }  # fmt: skip
    public = {name for name, codes in ACCESS.items() if codes == PUBLIC and name.partition(":")[2]}
    views = dict(named_views(get_resolver()))
    assert set(views) == set(url_names(get_resolver().url_patterns))
    assert {name for name, view in views.items() if getattr(view, "is_public_page", False)} == public - live


def named_views(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if not hasattr(pattern, "url_patterns"):
            yield f"{namespace}{pattern.name}", pattern.callback
        elif pattern.namespace != "admin":
            yield from named_views(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
