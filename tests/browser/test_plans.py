"""A plan goes from a clerk to an approver and back, as these two people do it, each in a browser of their own."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import at, follow

pytestmark = pytest.mark.browser
LIST = "/staff/campaigns/dang-vien-tinh-nguyen-2018/plans/"
PDF = {"name": "Kế hoạch số 12.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 trang"}


def of(page, state):
    """The address of the first unit of a state in the list."""
    page.goto(f"{LIST}?state={state}")
    return page.locator("table.records tbody a").first.get_attribute("href")


def test_a_plan_is_made_returned_mended_and_approved(open_page):
    clerk, approver = at(open_page(), "chauduc"), at(open_page(), "duyet")
    plan = of(clerk, "missing")

    # The clerk types; the draft keeps itself, and handing in names what is missing.
    clerk.goto(f"{plan}edit/")
    clerk.fill("[name=number]", "12-KH/ĐU")
    clerk.fill("[name=dated]", "05112020")
    expect(clerk.locator("[data-kept]")).not_to_be_empty(timeout=15_000)
    clerk.goto(f"{plan}edit/")
    expect(clerk.locator("[name=number]")).to_have_value("12-KH/ĐU")
    expect(clerk.locator("[name=dated]")).to_have_value("05/11/2020")
    clerk.locator("input[name^=target_]").nth(0).fill("1.200")
    expect(clerk.locator("input[name^=chosen_]").nth(0)).to_be_checked()
    follow(clerk, clerk.locator("button[name=check]"))
    expect(clerk.locator(".is-bad.callout li")).to_have_count(3)

    # Each of them leads to its box.
    follow(clerk, clerk.locator(".is-bad.callout a").nth(0))
    assert clerk.url.endswith("#id_file")
    clerk.set_input_files("#id_file", PDF)
    clerk.fill("[name=person_in_charge]", "Lý Tấn Lộc")
    clerk.fill("[name=member_target]", "9")
    follow(clerk, clerk.locator("button[name=check]"))
    follow(clerk, clerk.locator("main form button"))
    expect(clerk.locator("[data-saved]")).to_be_visible()
    expect(clerk.locator("a[href$='/edit/']")).to_have_count(0)

    # The approver returns it: the reason is asked for only then, and must be given.
    approver.goto(plan)
    expect(approver.locator("[name=reason]")).to_be_hidden()
    approver.check("input[value=return]")
    follow(approver, approver.locator("#decision button"))
    expect(approver.locator(".is-bad.callout li")).to_have_count(2)
    approver.fill("[name=reason]", "Chỉ tiêu cao hơn số hộ của xã")
    approver.fill("[name=due_on]", "31/12/2100")
    follow(approver, approver.locator("#decision button"))
    expect(approver.locator("[data-saved]")).to_be_visible()

    # The clerk mends it on a telephone and hands it in again.
    clerk.set_viewport_size(NARROW)
    clerk.goto(plan)
    expect(clerk.locator(".callout.bad")).to_contain_text("Chỉ tiêu cao hơn số hộ của xã")
    follow(clerk, clerk.locator("a[href$='/edit/']").first)
    assert clerk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    clerk.locator("input[name^=target_]").nth(0).fill("600")
    follow(clerk, clerk.locator("button[name=check]"))
    follow(clerk, clerk.locator("main form button"))

    # The approver sees what changed, approves, and is offered the next one.
    approver.goto(plan)
    expect(approver.locator("table.records del")).to_have_text("1.200")
    expect(approver.locator("table.records ins")).to_have_text("600")
    approver.check("input[value=approve]")
    follow(approver, approver.locator("#decision button"))
    expect(approver.locator(".state.is-ok").first).to_be_visible()
    expect(approver.locator("#decision")).to_have_count(0)
    expect(approver.locator(f".callout.good a[href^='{LIST}']")).to_have_count(1)
    clerk.goto(plan)
    expect(clerk.locator("a[href$='/edit/'], a[href$='/recall/']")).to_have_count(0)


def test_what_the_draft_could_not_take_is_named_and_still_there_in_the_tab(open_page):
    clerk = at(open_page(), "chuyenvien")
    address = f"{of(clerk, 'missing')}edit/"
    clerk.goto(address)
    clerk.fill("[name=number]", "8-KH/CB")
    clerk.fill("[name=dated]", "31/02/2020")
    expect(clerk.locator("[data-kept]")).to_contain_text("Ngày ban hành kế hoạch", timeout=15_000)
    clerk.goto(address)
    expect(clerk.locator("[name=dated]")).to_have_value("31/02/2020")
    clerk.fill("[name=dated]", "29/02/2020")
    expect(clerk.locator("[data-kept]")).not_to_be_empty(timeout=15_000)
    expect(clerk.locator("[data-kept]")).not_to_contain_text("Ngày ban hành kế hoạch")
    clerk.goto(address)
    expect(clerk.locator("[name=dated]")).to_have_value("29/02/2020")
    expect(clerk.locator(".callout.warn")).to_have_count(0)


def test_a_plan_is_written_without_a_script(open_page):
    clerk = at(open_page(java_script_enabled=False), "chuyenvien")
    plan = of(clerk, "missing")
    clerk.goto(f"{plan}edit/")
    clerk.fill("[name=number]", "7-KH/CB")
    clerk.locator("input[name^=target_]").nth(1).fill("0,5")
    follow(clerk, clerk.locator("button[name=save]"))
    expect(clerk.locator("table.records tbody tr")).to_have_count(1)
    expect(clerk.locator("table.records tbody")).to_contain_text("0,5")
