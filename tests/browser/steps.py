"""Steps that many flows take."""

from axe_playwright_python.sync_playwright import Axe

PASSWORD = "vinh-danh-mau-2020"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# The session of each name that has signed in; a process has one site.
SESSIONS = {}


def follow(page, locator):
    """Click and wait for the page it leads to."""
    with page.expect_navigation():
        locator.click()


def fill_in_sign_in(page, name, password=PASSWORD):
    """Send the page of signing in, where one stands."""
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    follow(page, page.locator("main form button.btn-primary"))


def sign_in(page, name, password=PASSWORD):
    """Sign in from the page of the staff, into a session of one's own."""
    page.goto("/staff/")
    fill_in_sign_in(page, name, password)


def at(page, name, address=None):
    """The page, signed in as somebody of the sample, in the session they have from an earlier flow; led to an address.

    Not for a flow that is about sessions, or ends one.
    """
    if name in SESSIONS:
        page.context.add_cookies(SESSIONS[name])
    else:
        sign_in(page, name)
        SESSIONS[name] = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    if address:
        page.goto(address)
    return page


def faults(page, options=AXE):
    """What axe finds wrong on the page: the rule and the first element of each."""
    response = Axe().run(page, options={**options, "resultTypes": ["violations"]}).response
    return [(found["id"], found["nodes"][0]["html"][:120]) for found in response["violations"]]
