"""Passwords in one written form, and none that the whole building would guess."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from records.models import User
from records.passwords import OwnWordsValidator, typed
from tests.factories import make_user

NFD = unicodedata.normalize("NFD", "một câu dài mà tôi nhớ được")
NFC = unicodedata.normalize("NFC", NFD)
OWN = [
    "Vinh Danh 2020", "vinhdanhvinhdanh", "BanToChuc@123456", "tỉnh ủy bà rịa", "Vũng-Tàu-2024!", "thiduakhenthuong1",
    "Đảng Cộng sản", "matkhau123456", "Admin@2024@2024", "Tỉnh ủy Bà Rịa – Vũng Tàu",
]  # fmt: skip
GOOD = [
    NFC,
    "ở ban tổ chức có cây khế ngọt",
    "739201847562",
    "🎖️ cờ đỏ sao vàng 1930",
    "Abcdefgh-12 ()",
    "x7-" * 42 + "yz",
]


@pytest.mark.parametrize("password", OWN)
def test_the_bodys_own_names_alone_are_no_password(password):
    with pytest.raises(ValidationError):
        OwnWordsValidator().validate(password)


@pytest.mark.parametrize("password", GOOD)
def test_words_of_ones_own_are(password):
    OwnWordsValidator().validate(password)


def test_one_form_however_it_was_typed():
    assert typed(NFD) == typed(NFC) == NFC != NFD
    assert typed(None) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("set_as", "checked_as"), [(NFD, NFC), (NFC, NFD)])
@pytest.mark.parametrize("make", ["set_password", "create_user", "create_superuser"])
def test_a_password_typed_in_the_other_form_opens_the_account(set_as, checked_as, make):
    if make == "set_password":
        user = make_user()
        user.set_password(set_as)
        user.save()
    else:
        user = getattr(User.objects, make)("mot.nguoi", password=set_as)
    assert user.check_password(checked_as) and not user.check_password(checked_as + "!")
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": checked_as})
    assert "_auth_user_id" in client.session


@pytest.mark.django_db
def test_it_is_changed_on_a_keyboard_that_types_marks_apart():
    user = make_user()
    client = Client()
    client.force_login(user)
    new = unicodedata.normalize("NFD", "ừ ừ ừ ừ ừ ừ ừ")
    data = {"oldpassword": "một-mật-khẩu-dài", "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(unicodedata.normalize("NFC", new))


@pytest.mark.django_db
def test_signs_are_counted_as_a_person_counts_them():
    """Eleven letters with their marks apart are more than twelve code points, and still eleven letters."""
    client = Client()
    client.force_login(make_user())
    short = unicodedata.normalize("NFD", "ừợạểẵốịỹửởầ")
    data = {"oldpassword": "một-mật-khẩu-dài", "password1": short, "password2": short}
    assert client.post("/accounts/password/change/", data).status_code == 200
