"""A campaign from its draft to its launch and its board, as staff do it in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.steps import at, faults, follow

pytestmark = pytest.mark.browser
BOARD = "/staff/campaigns/dang-vien-tinh-nguyen-2018/"


def test_a_clerk_enters_a_campaign_and_an_approver_launches_it(open_page):
    page = at(open_page(), "chuyenvien", "/staff/campaigns/add/")
    page.locator("[name=title]").fill("Ngày thứ bảy tình nguyện")
    page.locator("[name=starts_on]").fill("02/03/2026")
    box = page.locator("[name=scopes-0-unit]")
    box.press_sequentially("chau duc")
    page.locator("[role=option]").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.locator("summary").last.click()
    page.locator("[name=pasted]").fill("Trồng cây; cây\nDọn rác; buổi")
    page.locator("button[value=pasted]").click()
    expect(page.locator("[name=activities-5-name]")).to_have_value("Dọn rác")
    # The rows came in place: what was typed elsewhere is still there.
    expect(page.locator("[name=title]")).to_have_value("Ngày thứ bảy tình nguyện")
    page.locator("[name=body]").fill("**Mỗi người** một việc")
    page.locator("button[name=preview]").click()
    expect(page.locator("#look strong")).to_have_text("Mỗi người")
    follow(page, page.locator(".applybar button.btn-primary"))
    assert page.url.endswith("/staff/campaigns/ngay-thu-bay-tinh-nguyen/")
    assert page.locator("a[href$='/launch/']").count() == 0

    page = at(open_page(), "duyet", "/staff/campaigns/ngay-thu-bay-tinh-nguyen/")
    follow(page, page.locator("a[href$='/launch/']"))
    follow(page, page.locator("main form button.btn-primary"))
    expect(page.locator("[data-saved]")).to_be_visible()
    page.goto("/campaigns/ngay-thu-bay-tinh-nguyen/")
    assert page.locator("h1").inner_text() == "Ngày thứ bảy tình nguyện"


def test_the_board_leads_down_the_tree_and_to_the_reminders(open_page):
    page = at(open_page(), "xem", BOARD)
    rows = page.locator(".board-table tbody th a")
    assert rows.count() == 13
    name = rows.first.inner_text()
    follow(page, rows.first)
    assert page.locator("p.lede").inner_text() == name
    follow(page, page.locator(".sec-head a[href*=reminders]"))
    assert re.search(r"/reminders/\?unit=\d+$", page.url)
    sentences = page.locator("#text").input_value().splitlines()
    assert len(sentences) == page.locator(".work > li").count() > 0


def test_the_board_brings_its_figures_up_to_date_by_itself(open_page):
    page = at(open_page(), "xem")
    asked = []
    page.on("request", lambda r: asked.append(r.headers.get("x-background")) if r.url.endswith(BOARD) else None)
    page.clock.install()
    page.goto(BOARD)
    page.evaluate("document.querySelector('#live').insertAdjacentHTML('beforeend', '<i id=old></i>')")
    page.clock.run_for(61_000)
    expect(page.locator("#old")).to_have_count(0)
    expect(page.locator(".board-table")).to_be_visible()
    assert asked == [None, "1"]


def test_the_pages_fit_their_screens_and_are_accessible(open_page):
    page = at(open_page(), "duyet")
    wrong = {}
    for name in ("", "add/", BOARD, f"{BOARD}edit/", f"{BOARD}close/", f"{BOARD}reminders/"):
        address = name if name.startswith("/") else f"/staff/campaigns/{name}"
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            page.goto(address)
            if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
                wrong[address, size["width"]] = f"scrolls sideways: {width}"
        if found := faults(page):
            wrong[address, "axe"] = found
    assert wrong == {}
