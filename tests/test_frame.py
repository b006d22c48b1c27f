"""The frame every page shares: whose register it is, where one stands, theme and language that keep the page."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

pytestmark = pytest.mark.django_db
LOST = "/khong-co-trang-nay/"


def html_of(response):
    return response.content.decode()


def test_a_lost_page_keeps_the_dress_and_offers_the_search(client):
    response = client.get(LOST)
    html = html_of(response)
    assert response.status_code == 404
    assert settings.SITE["owner"] in html and 'role="search" action="/awards/"' in html
    assert html.count("<h1") == 1 and 'lang="vi"' in html


def test_the_first_stop_of_the_keyboard_leads_to_the_content(client):
    html = html_of(client.get(LOST))
    assert re.search(r"<body>\s*<a [^>]*href=\"#main\"", html) and 'id="main"' in html


def test_theme_and_language_links_keep_page_and_filters(client):
    html = html_of(client.get(LOST, {"year": "2020", "q": "le hoang"}))
    assert 'href="?year=2020&amp;q=le+hoang&amp;theme=dark"' in html
    assert 'href="?year=2020&amp;q=le+hoang&amp;lang=en"' in html


@pytest.mark.parametrize(("theme", "attribute"), [("auto", None), ("light", "light"), ("dark", "dark"), ("x", None)])
def test_the_theme_is_marked_only_when_it_was_chosen(client, theme, attribute):
    client.cookies["theme"] = theme
    html = html_of(client.get(LOST))
    assert (f'data-bs-theme="{attribute}"' in html) if attribute else ("data-bs-theme" not in html)
    assert f'name="color-scheme" content="{attribute or "light dark"}"' in html


def test_english_is_whole_and_the_body_keeps_its_own_name(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    html = html_of(client.get(LOST))
    assert '<html lang="en">' in html and "This page was not found" in html
    assert re.search(rf'lang="vi"[^>]*>[^<]*<strong>{settings.SITE["owner"]}', html)


def test_paper_says_where_and_when_it_was_printed(client):
    html = html_of(client.get(LOST, {"year": "2020"}))
    line = re.search(r'd-print-block">([^<]+)<', html)[1]
    assert f"testserver{LOST}?year=2020" in line and re.search(r"\d\d/\d\d/\d{4}", line)


def test_the_sign_in_page_is_in_our_name_and_our_fields(client):
    html = html_of(client.get("/accounts/login/"))
    assert f"<title>{'Đăng nhập'}" in html or "<title>Sign in" in html
    assert settings.SITE["name"] in html and settings.SITE["owner"] in html
    assert 'name="login"' in html and 'type="password"' in html and "placeholder" not in html
    assert 'aria-current="true"' in html


def test_a_refused_sign_in_says_so_once_and_keeps_the_name_but_not_the_password(client):
    html = html_of(client.post("/accounts/login/", {"login": "khong.co", "password": "mot mat khau nao do"}))
    assert html.count('role="alert"') == 1 and 'value="khong.co"' in html and "mot mat khau" not in html


def test_nobody_opens_an_account(client):
    html = html_of(client.get("/accounts/signup/"))
    assert 'type="password"' not in html and '<form class="field' not in html


def test_signing_out_is_a_post_and_is_offered_only_to_those_signed_in(client):
    assert 'action="/accounts/logout/"' not in html_of(client.get(LOST))
    client.force_login(get_user_model().objects.create_user("clerk"))
    html = html_of(client.get(LOST))
    form = re.search(r'<form class="sign-out" method="post" action="/accounts/logout/">.*?</form>', html, re.S)[0]
    assert "csrfmiddlewaretoken" in form and 'href="/accounts/login/"' not in html


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/logout/"])
def test_the_account_pages_are_in_the_staff_dress(client, path):
    client.force_login(get_user_model().objects.create_user("clerk", password="mot mat khau rat dai"))
    html = html_of(client.get(path))
    assert 'class="masthead staff"' in html and "<strong>Menu:" not in html and "style=" not in html


def test_the_admin_carries_our_name_without_inline_style(admin_client):
    html = html_of(admin_client.get("/admin/"))
    assert settings.SITE["name"] in html and "admin.css" in html and "style=" not in html and "<style" not in html
