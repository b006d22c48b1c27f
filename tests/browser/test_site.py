"""What visitors and staff do with the register, in a real browser over the sample data."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.steps import at, faults, follow, sign_in

pytestmark = pytest.mark.browser


def addresses(page):
    """One address of every kind of public page, found as a visitor finds them: by following links."""
    found = {
        "home": "/",
        "awards": "/awards/",
        "campaigns": "/campaigns/",
        "exemplars": "/exemplars/",
        "units": "/units/",
    }
    found |= {"decisions": "/decisions/", "about": "/about/", "login": "/accounts/login/", "lost": "/khong-co/"}
    found["empty"] = "/awards/?q=khong+ai+ten+the+nay"
    for kind, listing, pattern in (
        ("award", "/awards/", r"^/awards/\w{8}/$"),
        ("campaign", "/campaigns/", r"^/campaigns/[\w-]+/$"),
        ("exemplar", "/exemplars/", r"^/exemplars/\w{8}/$"),
        ("decision", "/decisions/", r"^/decisions/\d+/$"),
        ("unit", "/units/", r"^/units/[\w-]+/$"),
    ):
        page.goto(listing)
        links = page.eval_on_selector_all("main a", "links => links.map(a => a.getAttribute('href'))")
        found[kind] = next(link for link in links if link and re.match(pattern, link))
    found["campaign units"] = f"{found['campaign']}units/"
    found["campaign registrations"] = f"{found['campaign']}registrations/"
    return found


def test_every_page_fits_its_screen_is_accessible_and_has_contrast_in_the_dark(open_page):
    # Colours would fade from light to dark, and be measured on the way.
    page = open_page(reduced_motion="reduce")
    wrong = {}
    for name, address in addresses(page).items():
        page.goto(address)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                wrong[name, size["width"]] = f"scrolls sideways: {width}"
        if found := faults(page):
            wrong[name, "axe"] = found
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="dark")
        if found := faults(page, {"runOnly": ["color-contrast"]}):
            wrong[name, "dark"] = found
        page.emulate_media(color_scheme="light")
    assert wrong == {}


def test_an_award_is_found_by_a_name_without_tones_opened_and_printed(open_page):
    page = open_page()
    page.goto("/")
    page.get_by_label(re.compile("Tìm người")).fill("nhan dan va can bo xa van hoa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/awards/?q=*")
    found = page.get_by_role("link", name="Nhân dân và cán bộ xã Văn Hóa")
    assert found.count() == 2
    follow(page, found.first)
    assert page.locator("h1").inner_text() == "Nhân dân và cán bộ xã Văn Hóa"
    assert "1632/QĐ-UBND" in page.locator("article.cert").inner_text()
    assert "Còn hiệu lực" in page.locator(".standing").inner_text()
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Mục chính").is_visible()
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.go_back()
    assert page.url.endswith("/awards/?q=nhan+dan+va+can+bo+xa+van+hoa")


def test_filters_live_in_the_address_and_come_off_one_by_one(open_page):
    page = open_page()
    page.goto("/awards/?kind=collective&order=state")
    chips = page.locator(".chips a.chip")
    assert chips.count() == 2
    before = page.get_by_role("status").inner_text()
    follow(page, chips.first)
    assert page.locator(".chips a.chip").count() == 1
    page.go_back()
    assert page.get_by_role("status").inner_text() == before


def test_pages_follow_one_another_and_back(open_page):
    page = open_page()
    page.goto("/awards/")
    first = page.locator("tbody tr").first.inner_text()
    follow(page, page.get_by_role("link", name="Sau"))
    assert page.locator("tbody tr").first.inner_text() != first
    follow(page, page.get_by_role("link", name="Trước"))
    assert page.locator("tbody tr").first.inner_text() == first


def test_it_works_by_keyboard_alone(open_page):
    page = open_page()
    page.goto("/awards/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('tbody a')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/awards/\w{8}/$"))


def test_it_works_without_script_on_a_phone(open_page):
    page = open_page(java_script_enabled=False, viewport=NARROW)
    page.goto("/")
    follow(page, page.get_by_role("link", name="Phong trào", exact=True))
    follow(page, page.get_by_role("link", name=re.compile("Đảng viên tình nguyện")).first)
    text = page.locator("#rates").locator("..").inner_text()
    shares = [float(share.replace(",", ".")) for share in re.findall(r"(\d+(?:,\d+)?)%", text)]
    counts = [(int(part), int(whole)) for part, whole in re.findall(r"(\d+) trên (\d+)", text)]
    # Both rates, whatever other tests have registered meanwhile.
    assert len(counts) == 2
    assert all(any(abs(share - 100 * part / whole) < 0.1 for share in shares) for part, whole in counts)
    follow(page, page.get_by_role("link", name="English"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert "campaigns" in page.url


def test_a_short_code_read_off_paper_opens_the_award(open_page):
    page = open_page()
    page.goto("/awards/")
    follow(page, page.locator("tbody a").first)
    code = page.get_by_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$")).first.inner_text()
    address = page.url
    page.goto("/")
    page.locator("input[name=q]").first.fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_a_revoked_award_keeps_its_page_and_says_so(open_page):
    page = open_page()
    page.goto("/awards/?q=tran+quoc+thinh")
    follow(page, page.locator("tbody a").first)
    assert "thu hồi" in page.locator(".standing").inner_text()
    assert "1188-QĐ/TU" in page.locator(".standing").inner_text()


def test_a_clerk_signs_in_and_out(open_page):
    page = open_page()
    sign_in(page, "chuyenvien", "khong-phai-mat-khau")
    assert page.locator(".callout, .invalid-feedback, .errorlist").first.is_visible()
    sign_in(page, "chuyenvien")
    page.wait_for_url("**/staff/")
    follow(page, page.get_by_role("button", name="Thoát").first)
    page.goto("/staff/")
    assert "/accounts/login/" in page.url


def test_a_clerk_enters_a_past_decision_with_its_awards_on_one_page(open_page):
    page = at(open_page(), "chuyenvien", "/admin/records/decision/add/")
    page.locator("#id_number").fill("77-QĐ/TU")
    page.locator("#id_issuer").fill("Ban Thường vụ Tỉnh ủy")
    page.locator("#id_issued_on").fill("1/2/1998")
    choose(page, "unit", "ban to chuc tinh uy", "Ban Tổ chức Tỉnh ủy")
    choose(page, "awards-0-type", "bang khen ban thuong vu tinh uy", "Bằng khen của Ban Thường vụ Tỉnh ủy")
    page.locator("#id_awards-0-recipient_kind").select_option("person")
    page.locator("#id_awards-0-recipient_name").fill("Bùi Thị Xuân Mai")
    follow(page, page.locator("input[name=_save]"))
    assert page.locator(".errornote").count() == 0, page.locator("form").inner_text()
    assert page.locator(".messagelist .success").is_visible()
    page.goto("/admin/records/decision/?q=77-qd/tu")
    row = page.locator("#result_list tbody tr")
    assert row.count() == 1 and "01/02/1998" in row.inner_text()
    page.goto("/awards/?q=bui+thi+xuan+mai")
    assert re.match(r"0\b", page.get_by_role("status").inner_text())


def choose(page, field, words, offered):
    """Type without tones into an autocomplete box and take what it offers."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results__option", has_text=offered).first.click()


def test_a_viewer_sees_no_way_to_change(open_page):
    page = at(open_page(), "xem", "/admin/records/decision/")
    follow(page, page.locator("#result_list tbody th a").first)
    assert page.locator("input[name=_save]").count() == 0
