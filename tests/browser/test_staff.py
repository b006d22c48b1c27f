"""How staff sign in and enter a decision, in a real browser over the sample data."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PASSWORD = "vinh-danh-mau-2020"


def sign_in(page, name, password=PASSWORD):
    page.goto("/staff/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def test_a_clerk_signs_in_and_out(open_page):
    page = open_page()
    sign_in(page, "chuyenvien", "khong-phai-mat-khau")
    assert page.locator(".callout, .invalid-feedback, .errorlist").first.is_visible()
    sign_in(page, "chuyenvien")
    page.wait_for_url("**/staff/")
    page.get_by_role("button", name="Thoát").first.click()
    page.goto("/staff/")
    assert "/accounts/login/" in page.url


def test_a_clerk_enters_a_past_decision_with_its_awards_on_one_page(open_page):
    page = open_page()
    sign_in(page, "chuyenvien")
    page.goto("/admin/records/decision/add/")
    page.locator("#id_number").fill("77-QĐ/TU")
    page.locator("#id_issuer").fill("Ban Thường vụ Tỉnh ủy")
    page.locator("#id_issued_on").fill("1/2/1998")
    choose(page, "unit", "ban to chuc tinh uy")
    choose(page, "awards-0-type", "bang khen ban thuong vu tinh uy")
    page.locator("#id_awards-0-recipient_kind").select_option("person")
    page.locator("#id_awards-0-recipient_name").fill("Bùi Thị Xuân Mai")
    page.locator("input[name=_save]").click()
    assert page.locator(".errornote").count() == 0, page.locator("form").inner_text()
    assert page.locator(".messagelist .success").is_visible()
    page.goto("/admin/records/decision/?q=77-qd/tu")
    row = page.locator("#result_list tbody tr")
    assert row.count() == 1 and "01/02/1998" in row.inner_text()
    page.goto("/awards/?q=bui+thi+xuan+mai")
    assert re.match(r"0\b", page.get_by_role("status").inner_text())


def choose(page, field, words):
    """Pick the first answer of an autocomplete box, typing without tones."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results__option.loading-results").wait_for(state="detached")
    page.locator(".select2-results__option--highlighted").click()


def test_a_viewer_sees_no_way_to_change(open_page):
    page = open_page()
    sign_in(page, "xem")
    page.goto("/admin/records/decision/")
    page.locator("#result_list th a").first.click()
    assert page.locator("input[name=_save]").count() == 0
