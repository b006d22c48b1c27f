"""A form sent twice does its work once, whoever sends it and however it ended the first time."""

import uuid

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from records.models import Sector, Submission
from records.once import once
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PLACE = "/somewhere/"


@once
def add_sector(request):
    if request.POST.get("name") == "":
        return HttpResponse("the form again")
    if request.POST.get("name") == "đổ vỡ":
        raise ValidationError("refused")
    n = Sector.objects.count()
    Sector.objects.create(code=f"nganh-{n}", name=f"{request.POST['name']} {n}")
    return redirect(f"{PLACE}{n}/")


def send(user, **data):
    request = RequestFactory().post("/staff/sectors/add/", data)
    request.user, request.session = user, {}
    request._messages = FallbackStorage(request)
    return request, add_sector(request)


def test_the_second_sending_is_led_where_the_first_was():
    user, token = make_user(), uuid.uuid4()
    _first, answer = send(user, name="Xây dựng Đảng", once=token)
    second, repeated = send(user, name="Xây dựng Đảng", once=token)
    assert answer.url == repeated.url == f"{PLACE}0/"
    assert Sector.objects.count() == 1 and len(list(second._messages)) == 1


def test_two_forms_are_two_acts():
    user = make_user()
    for _n in range(2):
        send(user, name="Tài chính", once=uuid.uuid4())
    assert Sector.objects.count() == 2


def test_a_form_shown_again_with_errors_may_be_sent_again():
    user, token = make_user(), uuid.uuid4()
    assert send(user, name="", once=token)[1].status_code == 200
    assert send(user, name="Nội chính", once=token)[1].status_code == 302
    assert Sector.objects.count() == 1


def test_an_act_that_broke_may_be_sent_again():
    user, token = make_user(), uuid.uuid4()
    with pytest.raises(ValidationError):
        send(user, name="đổ vỡ", once=token)
    assert not Submission.objects.exists()
    assert send(user, name="Nội chính", once=token)[1].status_code == 302


@pytest.mark.parametrize("token", ["", "không phải mã", "1" * 500])
def test_a_form_without_a_token_works_each_time(token):
    user = make_user()
    for _n in range(2):
        assert send(user, name="Dân vận", once=token)[1].status_code == 302
    assert Sector.objects.count() == 2
