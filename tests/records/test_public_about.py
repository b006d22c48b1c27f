"""The page about the register, the health check and what robots are told."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError

from records.views import public_about


def test_the_page_has_every_anchor_the_foot_links_to(client):
    page = client.get("/about/").content.decode()
    for anchor in ("correction", "open-data", "accessibility", "privacy"):
        assert f'id="{anchor}"' in page and f'href="/about/#{anchor}"' in page


def test_the_page_speaks_both_languages(client):
    vietnamese = client.get("/about/").content.decode()
    client.cookies["django_language"] = "en"
    english = client.get("/about/").content.decode()
    assert "Ask for a correction" in english and "Ask for a correction" not in vietnamese


@pytest.mark.django_db
def test_the_site_is_well_while_the_database_answers(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response.headers["Content-Type"].startswith("text/plain")


def test_the_site_is_not_well_when_the_database_does_not_answer(client, monkeypatch):
    class Gone:
        @contextmanager
        def cursor(self):
            raise DatabaseError("secret host name")
            yield

    monkeypatch.setattr(public_about, "connection", Gone())
    response = client.get("/healthz")
    assert response.status_code == 503 and b"secret" not in response.content


def test_robots_stay_out_of_staff_pages(client):
    rules = client.get("/robots.txt").content.decode()
    assert "Disallow: /staff/" in rules and "Disallow: /admin/" in rules and "Disallow: /awards/" not in rules
