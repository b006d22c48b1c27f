"""A decision from the clerk's paste to its publication, and an award of it revoked by a further one, in real roles."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.steps import at, follow

pytestmark = pytest.mark.browser
PRAISE = "Bằng khen của Ban Thường vụ Tỉnh ủy"
GIVEN = ["Ngân", "Phượng", "Quyên", "Sáu", "Tám", "Uyên", "Vượng", "Xuyến", "Yến"]
LIST = "\n".join(
    [
        "STT\tHọ và tên\tChức vụ\tĐơn vị\tHình thức khen thưởng\tNăm",
        "Tập thể",
        f"1\tTổ dân vận thôn Sông Mơ\t\tXã Mộng Điệp\t{PRAISE}\t2019",
        "Cá nhân",
        *(f"{n}\tBà Trịnh Thụy {name}\tBí thư\tChi bộ Sông Mơ\t{PRAISE}\t2018-2019" for n, name in enumerate(GIVEN, 2)),
    ]
)


def enter_decision(page, number, issuer="Ban Thường vụ Tỉnh ủy"):
    """Fill the form of a new decision and come to its page."""
    page.goto("/staff/decisions/add/")
    page.locator("#id_number").fill(number)
    expect(page.locator("[aria-live][hx-get]")).to_contain_text(number.split("-")[0])
    page.locator("#id_issued_on").fill("28/11/2020")
    page.locator("#id_issuer").fill(issuer)
    page.locator("#id_unit").fill("ban to chuc tinh uy")
    page.locator("[role=option]", has_text="Ban Tổ chức Tỉnh ủy").first.click()
    follow(page, page.locator("#decision .btn-primary"))
    return page.url


def fits(page):
    """Whether the page as it stands scrolls sideways on neither screen."""
    widths = []
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        widths.append(page.evaluate("document.documentElement.scrollWidth") <= size["width"])
    return all(widths)


def test_a_decision_is_pasted_by_a_clerk_published_by_a_manager_and_an_award_revoked(open_page):
    clerk = at(open_page(), "chuyenvien")
    decision = enter_decision(clerk, "8801-QĐ/TU")
    clerk.goto(f"{decision}recipients/paste/")
    clerk.locator("#id_text").fill(LIST)
    follow(clerk, clerk.locator("#paste .btn-primary"))
    assert clerk.locator("#rows details").count() == 10 and fits(clerk)
    follow(clerk, clerk.locator("#rows .applybar .btn-primary"))
    assert clerk.url == decision and clerk.locator("table.records tbody tr").count() == 10
    assert clerk.locator(f"a[href$='{decision.partition('/staff')[2]}publish/']").count() == 0

    manager = at(open_page(), "quanly")
    manager.goto(f"{decision}publish/")
    follow(manager, manager.locator("main form .btn-primary"))
    follow(manager, manager.get_by_role("link", name="Trịnh Thụy Ngân"))
    award = manager.url
    manager.goto(f"{award}change/")
    manager.locator("input[name=kind][value=revoke]").check()
    manager.locator("details:has(#id_new-number) > summary").click()
    manager.locator("#id_new-number").fill("8802-QĐ/TU")
    manager.locator("#id_new-issued_on").fill("1/2/2021")
    manager.locator("#id_new-issuer").fill("Ban Thường vụ Tỉnh ủy")
    manager.locator("#id_reason").fill("Kê khai thành tích không đúng")
    assert fits(manager)
    follow(manager, manager.locator("#change .btn-primary"))
    assert manager.url == award and manager.get_by_text("8802-QĐ/TU").first.is_visible()

    visitor = open_page()
    visitor.goto("/awards/?q=trinh+thuy+ngan")
    follow(visitor, visitor.get_by_role("link", name="Trịnh Thụy Ngân"))
    standing = visitor.locator(".standing").inner_text()
    assert "8802-QĐ/TU" in standing and "Kê khai thành tích không đúng" in standing
    visitor.goto("/awards/?q=trinh+thuy")
    assert visitor.locator("table.records tbody tr").count() == 9


def test_homonyms_are_offered_while_a_name_is_typed_and_none_is_taken_by_itself(open_page):
    clerk = at(open_page(), "chuyenvien")
    enter_decision(clerk, "8803-QĐ/TU")
    clerk.locator("#id_recipient_kind").select_option("person")
    clerk.locator("#id_recipient_name").press_sequentially("tran quoc thinh")
    offered = clerk.locator("#id_link input[type=radio]")
    offered.first.wait_for()
    assert clerk.locator("#id_link input:checked").count() == 0
    offered.first.check()
    assert clerk.locator("#id_recipient_unit").input_value()
    clerk.locator("#id_recipient_name").fill("Trần Quốc Thịnh")
    clerk.locator("#id_type").press_sequentially("bang khen ban thuong vu tinh uy")
    clerk.locator("[role=option]", has_text=PRAISE).first.click()
    assert clerk.locator("#id_type").input_value() == PRAISE
    offered.first.check()
    follow(clerk, clerk.locator("#recipient .btn-primary"))
    assert clerk.locator("table.records tbody tr").count() == 1
    expect(clerk.locator("#id_recipient_name")).to_be_focused()


def test_it_works_without_script(open_page):
    clerk = at(open_page(java_script_enabled=False, viewport=NARROW), "chuyenvien")
    clerk.goto("/staff/awards/add/")
    clerk.locator("#id_by-number").fill("8804-QĐ/TU")
    clerk.locator("#id_by-issued_on").fill("1998")
    clerk.locator("#id_by-issuer").fill("Ban Thường vụ Tỉnh ủy")
    clerk.locator("#id_recipient_kind").select_option("person")
    clerk.locator("#id_recipient_name").fill("Trần Quốc Thịnh")
    clerk.locator("#id_type").fill(PRAISE)
    follow(clerk, clerk.locator("#award .btn-primary"))
    clerk.locator("#id_link input[type=radio]").last.check()
    follow(clerk, clerk.locator("#award .btn-primary"))
    assert "/staff/awards/" in clerk.url and not clerk.url.endswith("/add/")
