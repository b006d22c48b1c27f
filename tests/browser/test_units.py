"""A clerk keeps a unit and reads afterwards who did what."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import at

pytestmark = pytest.mark.browser


def submit(page):
    with page.expect_navigation():
        page.click("main form:not([role=search]) button.btn-primary")


def test_a_clerk_adds_renames_and_edits_a_unit_and_finds_it_all_in_its_log(open_page):
    page = at(open_page(viewport=NARROW), "chauduc", "/staff/units/")
    page.click(".sec-head h2 a")
    page.click("a[href$='/add/']")
    page.fill("[name=name]", "Chi bộ thử trình duyệt")
    page.fill("[name=code]", "THU-TRINH-DUYET")
    page.select_option("[name=kind]", "grassroots_branch")
    page.fill("[name=established_on]", "01072020")
    submit(page)
    expect(page.locator("h1")).to_have_text("Chi bộ thử trình duyệt")
    page.click("a[href$='/rename/']")
    page.fill("[name=new_name]", "Chi bộ đã đổi tên")
    page.fill("[name=on]", "1/8/2020")
    submit(page)
    expect(page.locator("h1")).to_have_text("Chi bộ đã đổi tên")
    page.click("a[href$='/edit/']")
    page.fill("[name=description]", "Khu phố 3")
    page.fill("[name=change_reason]", "bổ sung")
    submit(page)
    page.click("a[href*='/staff/changes/']")
    log = page.locator(".time")
    for words in ("Chi bộ thử trình duyệt", "Chi bộ đã đổi tên", "Khu phố 3", "bổ sung", "Lý Tấn Lộc"):
        expect(log).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_viewer_finds_a_unit_without_tones_and_is_offered_no_change(open_page):
    page = at(open_page(), "xem", "/staff/units/")
    page.fill("#q", "chau duc")
    page.press("#q", "Enter")
    page.wait_for_url("**q=chau+duc**")
    page.click("table .who >> text=Đảng bộ huyện Châu Đức")
    expect(page.locator("h1")).to_have_text("Đảng bộ huyện Châu Đức")
    assert page.locator("a[href$='/edit/'], a[href$='/dissolve/']").count() == 0
    expect(page.locator("#readers ~ table")).to_contain_text("Lý Tấn Lộc")
