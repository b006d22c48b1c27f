"""Signing in as people do it: a link, a phone, a lost phone, a coffee that took too long, a computer left elsewhere."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import SESSIONS, at, fill_in_sign_in, follow, sign_in

pytestmark = pytest.mark.browser
NEW = "một câu dài của riêng tôi"
MINUTE = 60_000


def code_of(secret):
    """What an app with this key shows; never the figures of a half minute about to end."""
    if time.time() % 30 > 27:
        time.sleep(3.1)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def add_account(open_page, name):
    """A manager adds an account and hands over the link, which is returned."""
    page = at(open_page(), "quantri", "/staff/accounts/add/")
    page.locator("#id_last_name").fill("Phạm Thị")
    page.locator("#id_first_name").fill("Hoa")
    page.locator("#id_username").fill(name)
    page.locator("input[name=unit]").fill("dang bo huyen chau duc")
    page.locator("[role=option]").first.click()
    page.locator("#id_role").select_option("clerk")
    follow(page, page.locator("main form button.btn-primary"))
    return page.locator("#link").input_value(), page.url


def choose_password(page, link):
    page.goto(link)
    page.locator("#id_password1").fill(NEW)
    page.locator("#id_password2").fill(NEW)
    follow(page, page.locator("main form button.btn-primary"))


def test_a_new_clerk_chooses_a_password_sets_up_a_phone_and_loses_it(open_page):
    link, account = add_account(open_page, "pham.hoa")
    page = open_page(viewport=NARROW)
    choose_password(page, link)
    sign_in(page, "pham.hoa", NEW)
    page.goto("/accounts/2fa/totp/activate/")
    secret = page.locator("ol code").inner_text()
    page.locator("#id_code").fill(code_of(secret))
    follow(page, page.locator("main form button.btn-primary"))
    codes = page.locator("ol code").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert all(code in download.value.path().read_text() for code in codes)

    again = open_page()
    sign_in(again, "pham.hoa", NEW)
    assert "/accounts/2fa/authenticate/" in again.url
    again.locator("#id_code").fill(codes[0])
    follow(again, again.locator("main form button.btn-primary"))
    assert again.url.endswith("/staff/")

    manager = at(open_page(), "quantri", f"{account}second-step/")
    manager.locator("textarea").fill("Mất điện thoại")
    follow(manager, manager.locator("main form button.btn-primary"))
    page.goto("/staff/")
    assert "/accounts/login/" in page.url
    sign_in(page, "pham.hoa", NEW)
    assert page.url.endswith("/staff/")


def test_the_phones_code_opens_the_account(open_page):
    link, _account = add_account(open_page, "tran.binh")
    page = open_page()
    choose_password(page, link)
    sign_in(page, "tran.binh", NEW)
    page.goto("/accounts/2fa/totp/activate/")
    secret = page.locator("ol code").inner_text()
    page.locator("#id_code").fill(code_of(secret))
    follow(page, page.locator("main form button.btn-primary"))
    other = open_page()
    sign_in(other, "tran.binh", NEW)
    other.locator("#id_code").fill("000000")
    follow(other, other.locator("main form button.btn-primary"))
    expect(other.get_by_role("alert")).to_be_visible()
    other.locator("#id_code").fill(code_of(secret))
    follow(other, other.locator("main form button.btn-primary"))
    assert other.url.endswith("/staff/")


def test_a_person_signs_out_a_computer_left_elsewhere(open_page):
    here, elsewhere = open_page(), open_page()
    sign_in(elsewhere, "xem")
    sign_in(here, "xem")
    here.goto("/accounts/sessions/")
    rows = here.locator("tbody tr").count()
    assert rows >= 2
    follow(here, here.locator("main form button"))
    # The one that other flows share has ended too.
    SESSIONS.pop("xem", None)
    assert here.locator("tbody tr").count() == 1
    elsewhere.goto("/staff/")
    assert "/accounts/login/" in elsewhere.url


def answer(page, left):
    """What the server says of the session from now on."""
    page.unroute("**/accounts/session/")
    state = {"left": left, "user": int(page.locator("#session").get_attribute("data-user")), "token": "x" * 64}
    page.route("**/accounts/session/", lambda route: route.fulfill(json=state))


def test_a_pause_is_warned_of_and_ends_without_losing_what_was_typed(open_page):
    page = open_page()
    page.clock.install()
    at(page, "quantri", "/staff/accounts/add/")
    page.locator("#id_last_name").fill("Nguyễn Thị")
    page.clock.run_for(1000)
    answer(page, 110)
    page.clock.fast_forward(29 * MINUTE)
    page.clock.run_for(3000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile("1 .+ 4\\d"))
    answer(page, 1800)
    dialog.get_by_role("button").first.click()
    expect(dialog).to_be_hidden()

    answer(page, 0)
    page.clock.fast_forward(31 * MINUTE)
    page.clock.run_for(3000)
    expect(dialog.locator("[data-again]")).to_be_visible()
    page.unroute("**/accounts/session/")
    # The server's own clock cannot be turned, so its half hour is played by a lost session.
    page.context.clear_cookies(name="sessionid")
    follow(page, dialog.locator("[data-again]"))
    assert page.url.endswith("/accounts/login/?next=%2Fstaff%2Faccounts%2Fadd%2F")
    fill_in_sign_in(page, "quantri")
    assert page.url.endswith("/staff/accounts/add/")
    expect(page.locator("#id_last_name")).to_have_value("Nguyễn Thị")


def test_who_goes_on_typing_is_kept_signed_in_without_a_word(open_page):
    page = open_page()
    page.clock.install()
    at(page, "quantri", "/staff/accounts/add/")
    sent = []
    page.on("request", lambda request: sent.append(request.method) if "/accounts/session/" in request.url else None)
    for _letter in range(4):
        page.locator("#id_last_name").press_sequentially("a")
        page.clock.run_for(1000)
        page.clock.fast_forward(6 * MINUTE)
        page.clock.run_for(2000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert "POST" in sent


def test_another_tab_that_signed_in_again_gives_this_one_its_token(open_page):
    page = open_page()
    sign_in(page, "quantri")
    page.goto("/staff/accounts/add/")
    page.locator("#id_last_name").fill("Lê Văn")
    other = page.context.new_page()
    other.goto("/staff/")
    follow(other, other.get_by_role("button", name="Thoát").first)
    sign_in(other, "quantri")
    was = page.locator("main input[name=csrfmiddlewaretoken]").input_value()
    # Coming back to the tab.
    page.clock.install(time=time.time() + 60)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("main input[name=csrfmiddlewaretoken]")).not_to_have_value(was)
    expect(page.get_by_role("dialog")).to_be_hidden()
    follow(page, page.locator("main form button.btn-primary"))
    assert page.locator("#id_last_name").input_value() == "Lê Văn" and page.url.endswith("/staff/accounts/add/")
