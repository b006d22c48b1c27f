"""A member registers on a phone by the unit's link, and a clerk says whose registration it is."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import at, follow

pytestmark = pytest.mark.browser
CAMPAIGN = "/staff/campaigns/dang-vien-tinh-nguyen-2018/"


def test_a_member_registers_by_phone_and_a_clerk_confirms(open_page):
    clerk = at(open_page(), "chauduc", "/staff/members/?unit=BRVT-CD-008-99")
    name = clerk.locator("table.records tbody th a").first.inner_text()

    clerk.goto(f"{CAMPAIGN}invitations/")
    row = clerk.locator("tr", has_text="Chi bộ thôn Thử Bảng")
    while not row.count():
        follow(clerk, clerk.locator("a[rel=next]"))
    follow(clerk, row.locator("a.go"))
    if clerk.locator("svg.qr").count() == 0:
        follow(clerk, clerk.locator("main form button").first)
    expect(clerk.locator("svg.qr")).to_be_visible()
    link = clerk.locator("a.text-break").get_attribute("href")

    phone = open_page(viewport=NARROW, has_touch=True)
    phone.goto(link)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert name not in phone.content()
    follow(phone, phone.locator("main form button"))
    expect(phone.locator(".callout.is-bad")).to_be_visible()
    phone.fill("[name=full_name]", name.lower())
    phone.fill("[name=birth_year]", "1980")
    phone.locator("input[name^=chosen_]").first.check()
    phone.locator("input[name^=amount_]").first.fill("12,5")
    follow(phone, phone.locator("main form button"))
    expect(phone.locator("[data-saved]")).to_be_visible()
    assert name not in phone.content()

    clerk.goto(f"{CAMPAIGN}self-registrations/?unit=BRVT-CD-008-99")
    expect(clerk.locator("table.records tbody tr")).to_have_count(1)
    follow(clerk, clerk.locator("main form[action] button.btn-primary"))
    expect(clerk.locator("[data-saved]")).to_be_visible()
    clerk.goto(f"{CAMPAIGN}registrations/?unit=BRVT-CD-008-99&q={name}")
    expect(clerk.locator("table.records tbody tr").first).to_contain_text(name)
