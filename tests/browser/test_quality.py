"""A clerk compares two records, merges them, thinks better of it; a manager sets a deadline."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import at

pytestmark = pytest.mark.browser


def press(page, words):
    with page.expect_navigation():
        page.click(f"main button:has-text('{words}')")


def test_a_pair_is_merged_undone_and_told_apart(open_page):
    page = at(open_page(viewport=NARROW), "chauduc", "/staff/quality/")
    page.click("a.go[href*='/duplicates/']")
    page.click("table a.go >> nth=0")
    expect(page.locator(".state:has-text('khác nhau') >> nth=0")).to_be_visible()
    pair = page.url
    page.check("[name=keep][value=second]")
    page.check("[name=place][value=first]")
    page.fill("[name=reason]", "cùng số thẻ")
    press(page, "Gộp hai bản ghi")
    expect(page.locator("main")).to_contain_text("Đã gộp hai bản ghi thành một")
    expect(page.locator("main")).to_contain_text("cùng số thẻ")
    merge = page.url
    # The address of the pair leads to what became of it.
    page.goto(pair)
    assert page.url == merge
    page.click("a[href$='/undo/']")
    page.fill("[name=reason]", "nhầm người")
    press(page, "Tách hai bản ghi")
    expect(page.locator("main")).to_contain_text("Đã tách lại hai bản ghi")
    page.goto(pair)
    page.fill("[name=apart-reason]", "khác quê quán")
    press(page, "Không phải một người")
    page.goto("/staff/quality/duplicates/?tab=apart")
    expect(page.locator("table")).to_contain_text("khác quê quán")
    press(page, "Bỏ xác định")
    assert page.url == pair
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_manager_sets_a_deadline_and_ends_it(open_page):
    page = at(open_page(), "quanly", "/staff/quality/")
    page.click("a[href$='/deadline/']")
    page.fill("[name=due_on]", "31/12/2099")
    press(page, "Lưu thời hạn")
    expect(page.locator("#due")).to_contain_text("31/12/2099")
    press(page, "Kết thúc thời hạn")
    expect(page.locator("#due")).not_to_contain_text("31/12/2099")
