"""What goes wrong on a working day: clicks too many, Back, two tabs, a lost session or connection, unfit files."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.steps import at, fill_in_sign_in, follow

pytestmark = pytest.mark.browser
ADD = "/staff/members/add/"
PUT_BACK = "main .callout.warn[role=status] button"


def save(page):
    return page.locator("main form button.btn-primary").first


def fill_in(page, name):
    """A person of some branch, ready to be saved."""
    page.goto(ADD)
    page.locator("[name=full_name]").fill(name)
    page.locator("[name=birth_date]").fill("01/02/1990")
    page.locator("[name=unit]").press_sequentially("chi bo")
    page.locator("[role=option]").first.click()


def found(page, name):
    """How many people of that name the register has."""
    page.goto(f"/staff/members/?q={name}")
    return page.locator("table.records tbody tr").count()


def drafts(page):
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))")


def a_person(page, number=0):
    """The address of somebody in the list."""
    page.goto("/staff/members/")
    return page.locator("tbody tr a").nth(number).get_attribute("href").split("?")[0]


def test_two_clicks_and_back_enter_one_person(open_page):
    page = open_page()
    at(page, "chauduc")
    name = "Đặng Văn Một Lần"
    fill_in(page, name)
    with page.expect_navigation():
        save(page).dblclick()
    expect(page.locator("h1")).to_have_text(name)
    assert drafts(page) == []

    # Back, and the same again.
    page.go_back()
    if page.locator("[name=full_name]").input_value() != name:
        fill = {"full_name": name, "birth_date": "01/02/1990"}
        for field, value in fill.items():
            page.locator(f"[name={field}]").fill(value)
    if not page.locator("[name=unit_key]").input_value():
        page.locator("[name=unit]").fill("")
        page.locator("[name=unit]").press_sequentially("chi bo")
        page.locator("[role=option]").first.click()
    follow(page, save(page))
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("[data-saved=already]")).to_be_visible()
    assert drafts(page) == []
    assert found(page, name) == 1


def test_two_tabs_at_one_person_see_each_others_words(open_page):
    first = open_page()
    at(first, "chauduc")
    address = f"{a_person(first)}edit/"
    second = first.context.new_page()
    for page in (first, second):
        page.goto(address)
    first.locator("[name=position]").fill("Bí thư chi bộ")
    second.locator("[name=position]").fill("Phó Bí thư chi bộ")
    follow(first, save(first))
    follow(second, save(second))
    error = second.locator(".field:has([name=position]) .invalid-feedback")
    expect(error).to_contain_text("Bí thư chi bộ")
    expect(second.locator("[name=position]")).to_have_value("Phó Bí thư chi bộ")
    follow(second, save(second))
    expect(second.locator("[data-saved]")).to_be_visible()
    expect(second.locator("main")).to_contain_text("Phó Bí thư chi bộ")


def test_a_session_that_ended_meanwhile_loses_nothing_and_tells_nobody_else(open_page):
    page = open_page()
    at(page, "chauduc")
    name = "Đặng Thị Hết Phiên"
    fill_in(page, name)
    page.context.clear_cookies(name="sessionid")
    follow(page, save(page))
    assert "/accounts/login/" in page.url
    expect(page.locator("main [role=status]")).to_be_visible()
    expect(page.get_by_text("được đưa trở lại trang")).to_be_visible()
    fill_in_sign_in(page, "chauduc")
    assert page.url.endswith(ADD)
    expect(page.locator(PUT_BACK)).to_be_visible()
    expect(page.locator("[name=full_name]")).to_have_value(name)
    expect(page.locator("[name=unit_key]")).not_to_have_value("")

    # Somebody else signs in on the same computer.
    page.context.clear_cookies(name="sessionid")
    page.goto(ADD)
    fill_in_sign_in(page, "chuyenvien")
    expect(page.locator("[name=full_name]")).to_have_value("")
    expect(page.locator(PUT_BACK)).to_have_count(0)
    assert name not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_a_lost_connection_is_said_and_a_reload_puts_everything_back(open_page):
    page = open_page()
    at(page, "chauduc")
    name = "Đặng Văn Mất Mạng"
    fill_in(page, name)
    page.context.set_offline(True)
    save(page).click()
    said = page.locator("main [data-offline]")
    expect(said).to_be_visible()
    expect(page.locator("[name=full_name]")).to_have_value(name)
    page.context.set_offline(False)
    expect(said).to_contain_text(re.compile("đã có lại|is back"))

    page.reload()
    expect(page.locator(PUT_BACK)).to_be_visible()
    expect(page.locator("[name=full_name]")).to_have_value(name)
    # The answer is lost on its way: nobody knows whether it was saved.
    page.route("**/members/add/", lambda route: (route.fetch(max_redirects=0), route.abort()))
    save(page).click()
    page.unroute("**/members/add/")
    page.context.clear_cookies(name="messages")
    page.goto(ADD)
    expect(page.locator("[name=full_name]")).to_have_value(name)
    follow(page, save(page))
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("[data-saved=already]")).to_be_visible()
    assert drafts(page) == []
    assert found(page, name) == 1


def test_files_that_will_not_do_are_refused_in_words_and_the_rest_is_kept(open_page, tmp_path):
    page = open_page()
    at(page, "chuyenvien", "/staff/decisions/add/")
    page.locator("[name=number]").fill("9001/QĐ-TU")
    # Chosen from the disk: 26 MB handed over in memory take Chromium ten seconds.
    scan = tmp_path / "to.pdf"
    for content in (b"MZ\x90\x00 program", b"", b"%PDF-1.4" + bytes(26 * 1024 * 1024)):
        scan.write_bytes(content)
        page.locator("[name=file]").set_input_files(scan)
        follow(page, save(page))
        expect(page.locator(".field:has([name=file]) .invalid-feedback").first).to_be_visible()
        expect(page.locator("[name=number]")).to_have_value("9001/QĐ-TU")

    # What the server would not even read is not sent.
    scan.write_bytes(b"%PDF-1.4" + bytes(31 * 1000 * 1000))
    page.locator("[name=file]").set_input_files(scan)
    save(page).click()
    expect(page.locator("main [role=alert]").last).to_contain_text("25 MB")
    expect(page.locator("[name=number]")).to_have_value("9001/QĐ-TU")


def test_a_photo_that_is_none_is_refused_and_its_caption_kept(open_page):
    page = open_page()
    at(page, "duyet", "/exemplars/")
    follow(page, page.locator("main a[href^='/exemplars/']").first)
    campaign = page.locator("main a[href^='/campaigns/']:not([href='/campaigns/'])").first.get_attribute("href")
    page.goto(f"/staff{campaign}exemplars/{page.url.rstrip('/').rpartition('/')[2]}/")
    form = page.locator("form[action$='/photos/']")
    form.locator("[name=caption]").fill("Nhà chờ xe")
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for content, kind, said in ((svg, "image/svg+xml", "anh.jpg"), (b"", "image/jpeg", "Tệp rỗng")):
        form.locator("[type=file]").set_input_files({"name": "anh.jpg", "mimeType": kind, "buffer": content})
        follow(page, form.locator("button"))
        expect(page.locator(".callout.is-bad")).to_contain_text(said)
        expect(form.locator("[name=caption]")).to_have_value("Nhà chờ xe")
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(stream, "JPEG")
    form.locator("[type=file]").set_input_files(
        {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}
    )
    follow(page, form.locator("button"))
    expect(page.locator("[data-saved]")).to_be_visible()
    assert drafts(page) == []


def test_the_keyboard_saves_adds_and_lists_its_keys_until_it_is_switched_off(open_page):
    page = open_page()
    at(page, "chauduc", "/staff/members/")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("Alt+n")
    assert page.url.endswith(ADD)
    expect(save(page)).to_have_attribute("aria-keyshortcuts", "Alt+S")
    page.locator("[name=full_name]").fill("Đặng Văn Bàn Phím?")
    expect(page.locator("#shortcuts")).to_be_hidden()
    with page.expect_navigation():
        page.keyboard.press("Alt+s")
    expect(page.locator(".callout.is-bad")).to_be_visible()

    page.goto("/staff/account/")
    page.locator("#shortcuts-on").uncheck()
    page.goto("/staff/members/")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_timeout(500)
    expect(page.locator("#shortcuts")).to_be_hidden()
    expect(page.locator("main [accesskey], main [aria-keyshortcuts]")).to_have_count(0)
