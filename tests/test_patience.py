"""A question that takes the database too long is given up with a sentence, not with a fault."""

import pytest
from django.db import OperationalError, connection, transaction

from records.views import public_units

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL gives up by the clock"),
]


def given_up(*_arguments):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10")
        cursor.execute("SELECT pg_sleep(5)")


def test_a_page_that_would_take_too_long_says_to_ask_for_less(client, monkeypatch):
    monkeypatch.setattr(public_units, "tree", given_up)
    response = client.get("/units/")
    assert response.status_code == 503
    assert "Hãy thu hẹp lại" in response.content.decode() and "vinhdanh" not in response.get("Cache-Status", "")


def test_any_other_fault_of_the_database_is_a_fault(client, monkeypatch):
    def failing(*_arguments):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(public_units, "tree", failing)
    with pytest.raises(OperationalError):
        client.get("/units/")
