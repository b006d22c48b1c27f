"""A clerk at the members: enters a person by keyboard, is warned of a duplicate, transfers one, exports a list."""

import csv
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import at, follow

pytestmark = pytest.mark.browser
LIST = "/staff/members/"


def first_person(page):
    """The name, year of birth and address of the first in the list whose day of birth is known."""
    row = page.locator("tbody tr").first
    born = row.locator("td").first.text_content()
    return row.locator("a").text_content(), born[-4:], row.locator("a").get_attribute("href").split("?")[0]


def test_a_person_is_entered_and_a_possible_duplicate_told_while_typing(open_page):
    page = at(open_page(), "chauduc", LIST)
    name, year, _address = first_person(page)
    follow(page, page.locator("a[href$='/members/add/']"))
    page.locator("[name=full_name]").fill(name)
    page.locator("[name=birth_date]").fill(year)
    expect(page.locator("#duplicates li").first).to_contain_text(name)

    page.locator("[name=full_name]").fill("Nguyễn Thị Thử Nghiệm")
    expect(page.locator("#duplicates li")).to_have_count(0)
    page.locator("[name=birth_date]").fill("31/11/1990")
    page.keyboard.press("Tab")
    expect(page.locator(".field:has([name=birth_date]) .invalid-feedback")).to_contain_text("31/11/1990")
    page.locator("[name=birth_date]").fill("01021990")
    page.keyboard.press("Tab")
    expect(page.locator(".field:has([name=birth_date]) .invalid-feedback")).to_have_count(0)

    page.locator("[name=unit]").press_sequentially("chi bo")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    follow(page, page.locator("main form button.btn-primary"))
    expect(page.locator("h1")).to_have_text("Nguyễn Thị Thử Nghiệm")
    expect(page.locator("[data-saved]")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("01/02/1990")


def test_many_are_entered_by_keyboard_and_a_list_of_gaps_is_gone_through_without_leaving_it(open_page):
    page = at(open_page(), "chauduc", "/staff/members/add/")
    page.locator("[name=unit]").press_sequentially("chi bo")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("[name=full_name]").focus()
    for name in ("Đặng Thị Liền Một", "Đặng Thị Liền Hai"):
        page.keyboard.type(name)
        with page.expect_navigation():
            page.keyboard.press("Alt+t")
        expect(page.locator("[data-saved]")).to_contain_text(name)
        expect(page.locator("[name=full_name]")).to_be_focused()

    page.goto("/staff/")
    follow(page, page.locator("a.go[href*='missing=birth_date']"))
    number = page.locator("tbody tr").count()
    follow(page, page.locator("tbody a").first)
    follow(page, page.locator("a[href*='/edit/']"))
    page.locator("[name=birth_date]").fill("1970")
    with page.expect_navigation():
        page.keyboard.press("Alt+s")
    expect(page.locator("[data-saved]")).to_be_visible()
    follow(page, page.locator("[rel=next]"))
    follow(page, page.locator(".crumbs a[href*='missing=birth_date']"))
    expect(page.locator("tbody tr")).to_have_count(number - 1)


def test_a_transfer_waits_until_the_other_unit_receives_the_person(open_page):
    sender = at(open_page(), "chauduc", LIST)
    name, _year, address = first_person(sender)
    sender.goto(f"{address}transfer/")
    sender.locator("[name=unit]").press_sequentially("Côn Đảo")
    sender.locator("[role=option]").first.click()
    sender.locator("[name=on]").fill(f"{date.today():%d/%m/%Y}")
    sender.locator("[name=reason]").fill("chuyển công tác")
    follow(sender, sender.locator("main form button.btn-primary"))
    expect(sender.locator("[data-saved]")).to_contain_text(name)
    expect(sender.locator(".callout.warn")).to_be_visible()

    # The province keeps both units, so its clerk may answer for the receiving one.
    receiver = at(open_page(viewport=NARROW), "chuyenvien", "/staff/transfers/")
    follow(receiver, receiver.locator("tr", has_text=name).locator("a[href$='/accept/']"))
    assert receiver.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    follow(receiver, receiver.locator("main form button.btn-primary"))
    expect(receiver.locator("[data-saved]")).to_contain_text("Côn Đảo")
    assert sender.goto(address).status == 404


def test_a_list_is_exported_for_a_reason_and_the_page_goes_on(open_page, tmp_path):
    page = at(open_page(), "chauduc", f"{LIST}?standing=probationary")
    follow(page, page.locator("a[href*='/members/export/']"))
    page.locator("[name=reason]").fill("Lập danh sách họp")
    page.get_by_label("CSV").check()
    button = page.locator("main form button.btn-primary")
    with page.expect_download() as download:
        button.click()
    download.value.save_as(tmp_path / "list.csv")
    rows = list(csv.reader((tmp_path / "list.csv").open(encoding="utf-8-sig")))
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    expect(button).to_be_enabled(timeout=10_000)


def test_without_scripts_a_duplicate_is_asked_about_and_confirmed(open_page):
    page = at(open_page(java_script_enabled=False), "chauduc", LIST)
    name, year, address = first_person(page)
    page.goto(address)
    unit = page.locator(".crumbs a").last.get_attribute("href").partition("unit=")[2]
    page.goto("/staff/members/add/")
    page.locator("[name=full_name]").fill(name)
    page.locator("[name=birth_date]").fill(year)
    page.locator("[name=unit]").fill(unit)
    follow(page, page.locator("main form button.btn-primary"))
    expect(page.locator("#duplicates li").first).to_contain_text(name)
    follow(page, page.locator("[name=anyway]"))
    expect(page.locator("h1")).to_have_text(name)
