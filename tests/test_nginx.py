"""The shipped configuration in a real nginx, before two processes of a real site: what it keeps, for whom, how long."""

import gzip
import http.client
import re
import shutil
import sqlite3
import ssl
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from campaigns.sample.loading import PASSWORD
from tests.sites import environment, gunicorn, nginx, prepared, running

pytestmark = [pytest.mark.nginx, pytest.mark.one_database]
SIGN_OUT = 'action="/accounts/logout/"'


def certificate(home):
    """The paths of a certificate of this test's own and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    paths = home / "cert.pem", home / "key.pem"
    paths[0].write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_setup, databases):
    """The sample behind nginx as in production; `ask` is a visitor's request."""
    home = tmp_path_factory.mktemp("nginx") / "home"
    shutil.copytree(prepared(databases), home)
    pair = certificate(home)
    production = {"INSECURE_HTTP": "0", "BEHIND_PROXY": "1"}
    # A socket's path may have no more than 107 characters.
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        upstream = Path(short) / "site.sock"
        served = gunicorn(f"unix:{upstream}", workers=2)
        with (
            running(served, upstream, env=environment(home) | production, stderr=subprocess.DEVNULL),
            nginx(home, upstream, certificate=pair, limited=False) as port,
        ):
            yield Site(home, port, pair[0])


class Site:
    """What tests do with it: ask as a visitor, and write as anybody who writes to its database."""

    def __init__(self, home, port, trusted):
        self.home, self.port = home, port
        self.context = ssl.create_default_context(cafile=trusted)
        self.context.check_hostname = False
        self.context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)

    def ask(self, address, method="GET", body=None, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=30)
        connection.request(method, address, body, {name.replace("_", "-"): text for name, text in headers.items()})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        text = "" if response.getheader("Content-Encoding") else content.decode("utf-8", "replace")
        return SimpleNamespace(status=response.status, headers=response.headers, content=content, text=text)

    def write(self, statement, *values):
        """Returns the rows that the statement gives."""
        database = sqlite3.connect(self.home / "db.sqlite3", timeout=20)
        rows = database.execute(statement, values).fetchall()
        database.commit()
        database.close()
        return rows

    def signed_in(self):
        """The cookies of a clerk who has signed in."""
        page = self.ask("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        cookies = cookies_of(page)
        form = urlencode({"login": "chauduc", "password": PASSWORD, "csrfmiddlewaretoken": token})
        kind = "application/x-www-form-urlencoded"
        answer = self.ask(
            "/accounts/login/", "POST", form, Cookie=cookies, Referer="https://127.0.0.1/", Content_Type=kind
        )
        assert answer.status == 302 and answer.headers["Location"]
        return f"{cookies}; {cookies_of(answer)}"


def cookies_of(answer):
    return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie"))


def within_one_second(act):
    """What the act returns, done anew where a second of the clock ended meanwhile; it is told which try it is."""
    for attempt in range(10):
        time.sleep(1 - time.time() % 1)
        began = int(time.time())
        found = act(attempt)
        if int(time.time()) == began:
            return found
    pytest.fail("The machine is too busy to ask twice within a second.")


def caches(*answers):
    return [answer.headers["X-Cache"] for answer in answers]


def kept_files(site):
    """Everything nginx has on disk, head and body."""
    return b"".join(path.read_bytes() for path in (site.home / "vinhdanh").rglob("*") if path.is_file())


def test_the_second_reader_is_answered_by_nginx_with_every_header(site):
    first, second = within_one_second(lambda n: (site.ask(f"/awards/?lan={n}"), site.ask(f"/awards/?lan={n}")))
    assert caches(first, second) == ["MISS", "HIT"] and first.content == second.content and second.status == 200
    assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert second.headers["Vary"] == "Cookie" and "Set-Cookie" not in second.headers
    for name in (
        "Content-Security-Policy", "Strict-Transport-Security", "X-Frame-Options", "X-Content-Type-Options",
        "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy", "Content-Language",
    ):  # fmt: skip
        assert second.headers[name] and second.headers[name] == first.headers[name]
    assert "X-Accel-Expires" not in second.headers
    assert site.ask("/awards/", If_None_Match=site.ask("/awards/").headers["ETag"]).status == 304


def test_a_page_whose_second_is_over_is_asked_for_again_by_its_tag(site):
    site.ask("/about/")
    time.sleep(1)
    again = site.ask("/about/")
    assert caches(again) == ["REVALIDATED"] and again.status == 200 and again.content


def test_a_publication_shows_and_a_take_down_hides_within_a_second(site):
    """Whichever process answers, and however often the page was read before."""
    rows = site.write("SELECT id, number FROM records_decision WHERE published_at IS NOT NULL AND number <> '' LIMIT 1")
    [(pk, number)] = rows
    address = f"/decisions/{pk}/"

    def seen():
        answers = [(site.ask(address), site.ask("/decisions/", Cookie=f"theme={theme}")) for theme in ("auto", "dark")]
        return {(page.status, f'"{address}"' in listed.text) for page, listed in answers}

    assert number in site.ask(address).text and seen() == {(200, True)}
    for published_at, then in ((None, {(404, False)}), ("2020-05-22 00:00:00", {(200, True)})) * 2:
        site.write("UPDATE records_decision SET published_at = ? WHERE id = ?", published_at, pk)
        time.sleep(1)
        assert seen() == then


def test_whoever_is_signed_in_neither_reads_nor_fills_the_cache(site):
    cookies = site.signed_in()

    def visits(n):
        cold, warm = f"/awards/?lanh={n}", f"/awards/?am={n}"
        return site.ask(warm), site.ask(cold, Cookie=cookies), site.ask(warm, Cookie=cookies), site.ask(cold)

    before, *own, after = within_one_second(visits)
    assert caches(*own) == ["BYPASS"] * 2 and caches(before, after) == ["MISS"] * 2
    for page in own:
        assert SIGN_OUT in page.text and page.headers["Cache-Control"] == "private, no-store"
    assert SIGN_OUT not in before.text + after.text
    assert caches(site.ask("/staff/", Cookie=cookies), site.ask("/staff/")) == ["BYPASS"] * 2
    assert SIGN_OUT.encode() not in kept_files(site)


@pytest.mark.parametrize(
    ("cookie", "language"),
    [
        ("django_language=en", "en"),
        ("a=b; django_language=en; c=d", "en"),
        # However a cookie is written: what nginx takes for Vietnamese is Vietnamese.
        ('django_language="en"', "vi"),
        ("x_django_language=en", "vi"),
        ("django_language=en; django_language=vi", "en"),
    ],
)
def test_languages_do_not_mix(site, cookie, language):
    address = f"/about/?{urlencode({'banh': cookie})}"
    for sent, tag in ((cookie, language), ("", "vi"), ("django_language=en", "en"), (cookie, language)):
        page = site.ask(address, Cookie=sent)
        assert page.headers["Content-Language"] == tag and f'<html lang="{tag}"' in page.text


def test_what_sets_a_cookie_is_never_kept(site):
    for address in ("/about/?lang=en", "/accounts/login/"):
        answers = [site.ask(address), site.ask(address)]
        assert caches(*answers) == ["BYPASS"] * 2 and all("Set-Cookie" in answer.headers for answer in answers)
    tokens = {cookies_of(site.ask("/accounts/login/")) for _ in range(2)}
    assert len(tokens) == 2
    assert not re.search(rb"(?i)set-cookie|csrfmiddlewaretoken", kept_files(site))


def test_a_message_for_one_person_reaches_nobody_else(site):
    cookies = site.signed_in()
    form = site.ask("/accounts/logout/", Cookie=cookies)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
    body = urlencode({"csrfmiddlewaretoken": token})
    kind = "application/x-www-form-urlencoded"
    left = site.ask("/accounts/logout/", "POST", body, Cookie=cookies, Referer="https://127.0.0.1/", Content_Type=kind)
    assert "messages=" in cookies_of(left)
    told, other = site.ask("/", Cookie=cookies_of(left)), site.ask("/")
    assert caches(told) == ["BYPASS"] and 'role="status"' in told.text and 'role="status"' not in other.text


def test_head_and_another_order_of_conditions(site):
    def visits(n):
        address, other = f"/awards/?year=2020&n={n}", f"/awards/?n={n}&year=2020"
        return site.ask(address, "HEAD"), site.ask(address), site.ask(address, "HEAD"), site.ask(other)

    head, get, again, other = within_one_second(visits)
    assert caches(head, get, again, other) == ["MISS", "HIT", "HIT", "MISS"]
    assert head.content == again.content == b"" and get.text.endswith("</html>\n")
    assert head.headers["ETag"] == get.headers["ETag"]
    assert other.text.count("<tr>") == get.text.count("<tr>") > 10


def test_of_many_who_ask_for_a_new_page_one_reaches_the_site(site):
    def visits(n):
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda _: site.ask(f"/units/?view=list&n={n}"), range(8)))

    pages = within_one_second(visits)
    assert sorted(caches(*pages)) == ["HIT"] * 7 + ["MISS"] and len({page.content for page in pages}) == 1


def test_lists_as_files_pass_through(site):
    answers = [site.ask("/awards.csv"), site.ask("/awards.csv")]
    assert caches(*answers) == ["BYPASS"] * 2 and answers[0].headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_as_long_as_their_name_holds_in_each_encoding(site):
    address = re.search(r'href="(/static/app\.[^"]+\.css)"', site.ask("/").text)[1]
    plain = site.ask(address)
    packed = site.ask(address, Accept_Encoding="gzip")
    assert gzip.decompress(packed.content) == plain.content == site.ask(address).content
    again = site.ask(address, Accept_Encoding="gzip")
    assert caches(again) == ["HIT"] and again.content == packed.content
    assert "immutable" in again.headers["Cache-Control"]
