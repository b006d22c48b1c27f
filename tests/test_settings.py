"""What the settings promise: a safe start, dates the Vietnamese way, the visitor's own choice of language."""

import os
import re
import subprocess
import sys
from datetime import date

import pytest
from django import forms
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.urls import reverse
from django.utils import formats, translation

from config.middleware import ProxyMiddleware

# Settings, headers and languages: no row is read.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def manage(*arguments, **environment):
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")} | environment
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_it_refuses_to_start_without_a_secret():
    refused = manage("check")
    assert refused.returncode != 0 and "SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_a_replica_is_for_postgresql_alone():
    replica = "postgres://register@192.0.2.5/register"
    refused = manage("check", DEBUG="1", DATABASE_URL="sqlite:////tmp/none.sqlite3", DATABASE_REPLICA_URL=replica)
    assert refused.returncode != 0 and "DATABASE_REPLICA_URL" in refused.stderr
    passed = manage("check", DEBUG="1", DATABASE_URL="postgres://register@/register", DATABASE_REPLICA_URL=replica)
    assert passed.returncode == 0, passed.stderr


def test_what_only_writes_source_files_needs_no_secret():
    assert "No changes detected" in manage("makemigrations", "--check", "--dry-run").stdout
    assert "SECRET_KEY" in manage("makemigrations", "--check", DEBUG="0").stderr


def test_what_the_shipped_service_sets_is_read():
    """A limit that the settings do not know of would be none."""
    service = (settings.BASE_DIR / "deploy/vinhdanh.service").read_text()
    text = (settings.BASE_DIR / "config/settings.py").read_text()
    names = re.findall(r"(?m)^Environment=(\w+)=", service)
    assert "LOCK_TIMEOUT_MS" in names and not [name for name in names if f'"{name}"' not in text]


def test_production_settings_pass_the_deployment_check():
    secret = "x9" * 20 + "kjQ_4%b!hvWz0"
    passed = manage("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=secret, ALLOWED_HOSTS="vinhdanh.example")
    assert passed.returncode == 0, passed.stderr


TYPED = [
    ("31/12/2020", date(2020, 12, 31)),
    ("1/2/2020", date(2020, 2, 1)),
    ("01-02-2020", date(2020, 2, 1)),
    ("01.02.1996", date(1996, 2, 1)),
    ("2020-02-01", date(2020, 2, 1)),
]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("typed", "meant"), TYPED)
def test_dates_are_day_first_in_both_languages(language, typed, meant):
    with translation.override(language):
        assert forms.DateField().clean(typed) == meant
        assert formats.date_format(meant) == meant.strftime("%d/%m/%Y")


def test_numbers_are_written_as_each_language_writes_them():
    with translation.override("vi"):
        assert formats.number_format(1234567.5) == "1.234.567,5"
    with translation.override("en"):
        assert formats.number_format(1234567.5) == "1,234,567.5"


def test_the_browser_does_not_choose_the_language(client):
    page = client.get("/about/", headers={"accept-language": "en-US,en"})
    assert page.headers["Content-Language"] == "vi"
    assert b'<html lang="vi"' in page.content


def test_the_person_chooses_and_keeps_page_and_filters(client):
    chosen = client.get("/awards/", {"q": "chau duc", "year": "2020", "lang": "en"})
    assert chosen.status_code == 302 and chosen.url == "/awards/?q=chau+duc&year=2020"
    assert b'<html lang="en"' in client.get("/awards/").content
    client.get("/", {"lang": "vi"})
    assert b'<html lang="vi"' in client.get("/awards/").content


def test_an_unknown_choice_is_left_alone_and_never_leads_to_another_site(client):
    assert client.get("/about/?lang=xx").url == "/about/"
    assert b'<html lang="vi"' in client.get("/about/").content
    assert not client.get("//evil.example/about/?lang=en").headers.get("Location", "").startswith("//")


def test_the_theme_is_kept_without_script(client):
    client.get("/about/", {"theme": "dark"})
    assert b'data-bs-theme="dark"' in client.get("/about/").content
    client.get("/about/", {"theme": "auto"})
    assert b"data-bs-theme" not in client.get("/about/").content


class DriverError(Exception):
    """What a database's driver raised, with its code."""

    def __init__(self, pgcode):
        self.pgcode = pgcode


PUBLIC_AND_STAFF = ["/", "/awards/", "/about/", "/accounts/login/", "/nowhere/"]


@pytest.mark.parametrize("address", PUBLIC_AND_STAFF)
def test_every_answer_carries_the_protective_headers(client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_foreign_host_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["vinhdanh.example"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"host": "vinhdanh.example"}).status_code == 200


@pytest.mark.parametrize("address", ["/.git/config", "/.env", "/static/", "/media/", "/db.sqlite3", "/manage.py"])
def test_nothing_of_the_workshop_is_served(client, address):
    assert client.get(address).status_code in (302, 404)


def test_trace_is_not_answered(client):
    assert client.trace("/awards/").status_code in (302, 405)


def test_an_error_shows_the_sites_own_page_and_nothing_else(client, monkeypatch):
    client.raise_request_exception = False

    def broken(*args, **kwargs):
        raise RuntimeError("mật khẩu cơ sở dữ liệu")

    monkeypatch.setattr("django.db.models.query.QuerySet._fetch_all", broken)
    page = client.get(reverse("records:award_list"))
    assert page.status_code == 500
    assert "mật khẩu" not in page.content.decode() and "RuntimeError" not in page.content.decode()
    assert "Vinh Danh" in page.content.decode()


def failing(error, cause=None):
    def fail(*args, **kwargs):
        raise error from cause

    return fail


@pytest.mark.parametrize(
    ("error", "cause", "status"),
    [
        (OperationalError("connection to 192.0.2.5 refused"), None, 503),
        (InterfaceError("connection already closed"), None, 503),
        # A primary that has just become a standby.
        (InternalError("cannot execute UPDATE"), DriverError("25006"), 503),
        (InternalError("something else"), DriverError("XX000"), 500),
        (ProgrammingError("no such column"), None, 500),
    ],
)
def test_a_database_that_is_away_is_told_apart_from_a_fault(client, monkeypatch, error, cause, status):
    client.raise_request_exception = False
    monkeypatch.setattr("django.db.models.query.QuerySet._fetch_all", failing(error, cause))
    page = client.get(reverse("records:award_list"))
    assert page.status_code == status and str(error) not in page.content.decode()
    away = status == 503
    assert ("Retry-After" in page, page.headers.get("Cache-Control") == "no-store") == (away, away)
    assert ("Cơ sở dữ liệu" in page.content.decode()) == away


def test_behind_a_proxy_the_address_is_the_one_the_proxy_wrote(rf):
    seen = []
    middleware = ProxyMiddleware(lambda request: seen.append(request.META["REMOTE_ADDR"]))
    middleware(rf.get("/", headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"}, REMOTE_ADDR="127.0.0.1"))
    middleware(rf.get("/", REMOTE_ADDR="192.0.2.4"))
    assert seen == ["198.51.100.7", "192.0.2.4"]
