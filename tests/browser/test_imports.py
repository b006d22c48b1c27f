"""A clerk takes in a list with forty mistakes of eight kinds, puts them right on the page, applies, undoes, redoes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.steps import at, faults, follow
from tests.clerk_lists import forty_mistakes, known_people, person, workbook

pytestmark = pytest.mark.browser
HERE, AWAY = "Chi bộ thôn Lồ Ồ", "Chi bộ khu phố 1, Đảng bộ thị trấn Ngãi Giao"
OUT_OF_REACH = "Đảng bộ huyện Côn Đảo"
MISSPELT, MISSPELT_MORE = "Chi bộ thôn Lồ Ô Đá Bac", "Chi bộ Ngãi Giao khu phố 1"


def send(page, path, content, name):
    """From the list of imports to the plan, by way of the columns as guessed."""
    (path / name).write_bytes(content)
    page.goto("/staff/imports/add/?kind=members")
    page.locator("input[name=file]").set_input_files(path / name)
    follow(page, page.locator("main form button.btn-primary"))
    expect(page.locator("h1")).to_have_text("Ghép cột")
    follow(page, page.locator("#columns button.btn-primary"))
    expect(page.locator(".steps [aria-current]")).to_have_text("3. Xem lại")


def chips(page):
    """The numbers of the review: not taken, to choose, to change, to add, to leave."""
    found = {}
    for chip in page.locator("nav .chips a").all():
        number, words = " ".join(chip.inner_text().split()).split(" ", 1)
        found[words] = int(number)
    return found


def card(page, words):
    return page.locator("section .callout.bad", has_text=words)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_forty_mistakes_are_put_right_applied_undone_and_redone(open_page, tmp_path):
    page = at(open_page(), "chauduc")
    send(page, tmp_path, workbook(known_people(HERE, AWAY)), "dau-nam.xlsx")
    follow(page, page.locator("#apply button.btn-primary"))
    expect(page.locator("[data-saved]")).to_contain_text("Đã ghi 16 dòng")

    send(page, tmp_path, workbook(forty_mistakes(HERE, AWAY, OUT_OF_REACH, MISSPELT, MISSPELT_MORE)), "ca-nam.xlsx")
    assert chips(page) == {"không nhận": 34, "cần chọn": 6, "sửa": 3, "thêm mới": 20, "giữ nguyên": 5}
    expect(page.locator("#apply button.btn-primary")).to_be_disabled()
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert fits(page)

    # 1. A unit spelt wrong in eight rows: the near name stands in the box already.
    follow(page, card(page, MISSPELT).locator("button", has_text="Sửa cho 8 dòng"))
    expect(page.locator("[data-saved]")).to_contain_text("Đã sửa xong 8 dòng")
    # Another one in four rows: typed and chosen.
    box = card(page, MISSPELT_MORE).locator("input[role=combobox]")
    box.fill("")
    box.press_sequentially("khu pho 1")
    page.locator("[role=option]", has_text="Ngãi Giao").first.click()
    follow(page, card(page, MISSPELT_MORE).locator("button", has_text="Sửa cho 4 dòng"))
    # 2. Days that never were: as far as they go. 3. Words that are no gender.
    follow(page, card(page, "ngày không có thật").locator("button", has_text="Sửa cho 6 dòng"))
    for words, meant in (("Gái", "Nữ"), ("Trai", "Nam")):
        card(page, f"“{words}”").locator("select").select_option(label=meant)
        follow(page, card(page, f"“{words}”").locator("button", has_text="Sửa cho"))
    # 4. Born after the admission: left empty.
    follow(page, card(page, "không trước ngày vào Đảng").locator("button", has_text="Sửa cho 3 dòng"))
    assert chips(page)["không nhận"] == 8
    # 5. Namesakes: those that fit in everything at once, the others by hand.
    follow(page, page.locator("button[name=best]"))
    for row in page.locator("#picks fieldset").all():
        row.locator("input[type=radio]").first.check()
    follow(page, page.locator("#picks > button"))
    assert "cần chọn" not in chips(page)

    # 6 to 8. Cards of others, names missing, other people's units: the file with the reasons, put right, sent again.
    with page.expect_download() as download:
        page.locator(".applybar a", has_text="Tải 8 dòng").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert Path(download.value.path()).stat().st_size > 4000
    follow(page, page.locator("button[name=only_good]").first)
    expect(page.locator("[data-saved]")).to_contain_text("dòng")
    expect(page.locator("h1")).to_have_text("ca-nam.xlsx")
    address = page.url.split("#")[0]

    rest = [person(n, HERE, card="") for n in range(63, 68)] + [person(n, HERE) for n in range(71, 74)]
    send(page, tmp_path, workbook(rest), "con-lai.xlsx")
    assert chips(page)["thêm mới"] == 8 and "không nhận" not in chips(page)
    follow(page, page.locator("#apply button.btn-primary"))

    # The same file again changes nothing; the whole import goes, and comes again.
    page.goto(address)
    follow(page, page.locator("a", has_text="Hoàn tác cả lần nhập này"))
    page.locator("[name=reason]").fill("Gửi nhầm tệp của năm trước")
    follow(page, page.locator("main form button.btn-primary"))
    expect(page.locator("main")).to_contain_text("Gửi nhầm tệp của năm trước")
    follow(page, page.locator("button", has_text="Nhập lại"))
    expect(page.locator(".steps [aria-current]")).to_have_text("3. Xem lại")
    assert chips(page)["thêm mới"] > 30
    follow(page, page.locator("button[name=only_good]").first)
    expect(page.locator(".standing")).to_contain_text("Đã ghi vào sổ")
    follow(page, page.locator("a", has_text="Chính xác những hồ sơ đã ghi"))
    expect(page.locator("main .work li").first).to_be_visible()


def test_a_pasted_list_goes_in_without_a_script(open_page):
    page = at(open_page(java_script_enabled=False, viewport=NARROW), "chauduc", "/staff/imports/add/")
    page.locator("[name=kind][value=members]").check()
    rows = ["Họ và tên\tNgày sinh\tGiới tính\tChi bộ", f"Mai Thử Dán\t31/02/1980\tNam\t{HERE}"]
    page.locator("[name=pasted]").fill("\n".join(rows))
    follow(page, page.locator("main form button.btn-primary"))
    assert fits(page)
    follow(page, page.locator("#columns button.btn-primary"))
    follow(page, page.locator("button", has_text=re.compile("Sửa cho 1 dòng")))
    expect(page.locator("[data-saved]")).to_contain_text("Đã sửa xong 1 dòng")
    follow(page, page.locator("#apply button.btn-primary"))
    expect(page.locator(".standing")).to_contain_text("Đã ghi vào sổ")
    assert fits(page)


def test_a_wrong_file_is_said_and_the_choice_stays(open_page, tmp_path):
    page = at(open_page(), "chauduc", "/staff/imports/add/?kind=members")
    (tmp_path / "thu.xlsx").write_bytes(b"%PDF-1.4 trang")
    page.locator("input[name=file]").set_input_files(tmp_path / "thu.xlsx")
    follow(page, page.locator("main form button.btn-primary"))
    expect(page.locator("[role=alert]").first).to_contain_text("PDF")
    expect(page.locator("[name=kind][value=members]")).to_be_checked()


def test_the_pages_fit_their_screens_and_are_accessible(open_page, tmp_path):
    page = at(open_page(reduced_motion="reduce"), "chauduc")
    rows = forty_mistakes(HERE, AWAY, OUT_OF_REACH, MISSPELT, "Chi bộ thôn")
    for row in rows:
        row["card"] = f"88{row['card'][2:]}" if row["card"] else ""
    send(page, tmp_path, workbook(rows), "co-loi.xlsx")
    review = page.url.split("#")[0]
    send(page, tmp_path, workbook([person(n, HERE, name=f"Mai Thử {n}", card="") for n in range(3)]), "ba-nguoi.xlsx")
    follow(page, page.locator("#apply button.btn-primary"))
    done = page.url.split("#")[0]
    pages = ["/staff/imports/", "/staff/imports/add/", "/staff/", review, *(f"{review}{one}" for one in (
        "columns/", "rows/", "rows/?outcome=ambiguous", "rows/?outcome=create", "rows/?outcome=refused", "delete/"
    )), done, *(f"{done}{one}" for one in ("rows/?outcome=create", "touched/", "undo/"))]  # fmt: skip
    wrong = {}
    for address in pages:
        page.goto(address)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            if not fits(page):
                wrong[address, size["width"]] = "scrolls sideways"
        if found := faults(page):
            wrong[address, "axe"] = found
        page.emulate_media(color_scheme="dark")
        if found := faults(page, {"runOnly": ["color-contrast"]}):
            wrong[address, "dark"] = found
        page.emulate_media(color_scheme="light")
    assert wrong == {}
