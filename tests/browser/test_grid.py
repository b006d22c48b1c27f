"""A clerk registers fifty people by keyboard; a second one at the same grid loses nothing and is told."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.steps import at, faults, follow

pytestmark = pytest.mark.browser
LIST = "/staff/campaigns/dang-vien-tinh-nguyen-2018/registrations/"
BRANCH = "Chi bộ thôn Thử Bảng"
FOUND = {}
# Milliseconds a shared machine may take for one saving.
SLOW = 20_000


def at_the_grid(page, name="chauduc"):
    """The branch's grid, found through the list by the first who looks for it."""
    if "grid" in FOUND:
        return at(page, name, FOUND["grid"])
    at(page, name, LIST)
    page.locator("#unit").fill("thu bang")
    follow(page, page.locator("main form button").first)
    follow(page, page.locator("main p a.btn:not([rel])"))
    expect(page.locator("h1")).to_contain_text(BRANCH)
    FOUND["grid"] = page.url
    return page


def box(page, row, column):
    return page.locator("tr[data-row]").nth(row).locator("td input").nth(column)


def state(page, row):
    return page.locator("tr[data-row]").nth(row).locator("[data-state]")


def is_saved(page, row):
    expect(state(page, row).locator(".is-ok")).to_be_visible(timeout=SLOW)


def test_fifty_people_are_registered_by_keyboard(open_page):
    page = at_the_grid(open_page())
    box(page, 0, 1).focus()
    for row in range(50):
        page.keyboard.type("4")
        page.keyboard.press("Tab")
        page.keyboard.type("0,5" if row else "1.200")
        page.keyboard.press("Alt+ArrowLeft")
        page.keyboard.press("Enter")
    expect(page.locator("[data-count=saved]")).to_contain_text("50", timeout=2 * SLOW)
    expect(page.locator("[data-figures]")).to_contain_text("50")
    expect(page.locator("tfoot td").nth(1)).to_have_text("200")
    expect(page.locator("tfoot td").nth(2)).to_have_text("1.224,5")
    page.reload()
    assert [box(page, 0, 2).input_value(), box(page, 49, 2).input_value()] == ["1.200", "0,5"]
    expect(page.locator("tfoot td").nth(2)).to_have_text("1.224,5")


def test_a_wrong_cell_a_block_pasted_and_undone_and_a_lost_connection(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    at_the_grid(page)
    box(page, 20, 4).fill("1o")
    page.keyboard.press("Enter")
    expect(page.locator("tr.wrong .invalid-feedback")).to_contain_text("1o")
    box(page, 20, 4).focus()
    page.keyboard.press("Escape")
    expect(page.locator("tr.wrong")).to_have_count(0)

    page.evaluate("navigator.clipboard.writeText('7\\t1.300\\r\\n8\\tsai\\r\\n')")
    box(page, 21, 5).focus()
    page.keyboard.press("Control+V")
    assert [box(page, 21, 6).input_value(), box(page, 22, 5).input_value()] == ["1.300", "8"]
    expect(page.locator("[data-count=wrong]")).to_be_visible()
    page.locator("[data-said] button").click()
    assert [box(page, 21, 5).input_value(), box(page, 22, 6).input_value()] == ["", ""]
    expect(page.locator("[data-count=wrong]")).to_be_hidden()

    page.context.set_offline(True)
    box(page, 23, 5).fill("9")
    page.keyboard.press("Enter")
    expect(state(page, 23).locator(".is-warn")).to_be_visible(timeout=SLOW)
    page.context.set_offline(False)
    is_saved(page, 23)
    page.reload()
    assert box(page, 23, 5).input_value() == "9"


def test_enter_after_tab_goes_back_to_where_the_row_was_begun(open_page):
    page = at_the_grid(open_page())
    box(page, 34, 3).focus()
    for _row in range(3):
        page.keyboard.type("5")
        page.keyboard.press("Tab")
        page.keyboard.type("6")
        page.keyboard.press("Enter")
    assert [[box(page, row, column).input_value() for column in (3, 4)] for row in (34, 35, 36)] == [["5", "6"]] * 3
    # Whoever goes somewhere by themselves stays in that column.
    box(page, 37, 3).click()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == box(page, 38, 3).get_attribute("name")


def test_enter_among_results_leads_to_the_next_person_whatever_they_chose(open_page):
    page = at_the_grid(open_page())
    for row, column in ((46, 6), (47, 8)):
        box(page, row, column).fill("3")
        page.keyboard.press("Enter")
        is_saved(page, row)
    first, second = (page.locator("tr[data-row]").nth(row).get_attribute("data-row") for row in (46, 47))
    page.goto(page.url.replace("registrations", "results"))
    page.locator(f"tr[data-row='{first}'] td input:not([type=checkbox])").last.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == second


def test_the_second_of_two_clerks_sees_what_the_first_did_and_decides(open_page):
    first, second = at_the_grid(open_page()), at_the_grid(open_page(), "chuyenvien")
    box(first, 30, 3).fill("11")
    first.keyboard.press("Enter")
    is_saved(first, 30)
    box(second, 30, 3).fill("22")
    box(second, 31, 3).fill("33")
    second.locator("button.btn-primary[name=save]").click()
    is_saved(second, 31)
    note = second.locator("tr.note")
    expect(note).to_contain_text("11", timeout=SLOW)
    expect(note).to_contain_text("Lý Tấn Lộc")
    assert box(second, 30, 3).input_value() == "22"
    note.locator("[data-keep]").click()
    is_saved(second, 30)
    box(first, 31, 3).fill("44")
    first.keyboard.press("Enter")
    first.locator("tr.note [name=take]").click(timeout=SLOW)
    assert box(first, 31, 3).input_value() == "33"
    first.reload()
    assert [box(first, row, 3).input_value() for row in (30, 31)] == ["22", "33"]


def test_the_same_for_all_chosen_waits_for_save_all(open_page):
    page = at_the_grid(open_page())
    for row in (40, 41):
        page.locator("tr[data-row]").nth(row).locator("[name=pick]").check()
    page.locator("#fa").select_option(index=7)
    page.locator("#fq").fill("6")
    page.locator("[name=fill]").click()
    expect(page.locator("[data-count=unsaved]")).to_contain_text("2")
    page.locator("button.btn-primary[name=save]").click()
    is_saved(page, 40)
    is_saved(page, 41)
    expect(page.locator("[data-said]")).to_have_text("")
    expect(page.locator("tfoot td").nth(7)).to_have_text("12")


def test_the_grid_is_printed_as_a_list(open_page):
    page = at_the_grid(open_page())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    expect(page.locator("tr[data-row]").last).to_be_visible()
    for part in (".applybar", "[data-fill]", "#copy", "details", "[name=pick] >> nth=0"):
        expect(page.locator(f"main {part}")).to_be_hidden()
    assert page.locator("tfoot td").first.evaluate("e => getComputedStyle(e).position") == "static"
    sheet = "document.querySelector('.sheet')"
    assert page.evaluate(f"{sheet}.scrollHeight <= {sheet}.clientHeight + 2")


def test_without_a_script_the_form_saves_the_page(open_page):
    page = at_the_grid(open_page(java_script_enabled=False))
    box_of = page.locator("tbody tr").nth(45).locator("td input").nth(8)
    box_of.fill("2")
    follow(page, page.locator("button.btn-primary[name=save]"))
    expect(page.locator("[data-saved]")).to_be_visible()
    assert page.locator("tbody tr").nth(45).locator("td input").nth(8).input_value() == "2"


def test_the_grid_is_accessible_and_fits_a_phone(open_page):
    page = at_the_grid(open_page(viewport=NARROW))
    for address in (page.url, page.url.replace("registrations", "results"), LIST):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert faults(page) == []
