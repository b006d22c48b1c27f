"""Passwords: one written form however they were typed, and none that is only the names of the body and its work."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from records.vietnamese import fold

# What anybody in the building would try first, besides the names in settings.SITE.
OWN_WORDS = (
    "thi dua khen thuong", "dang cong san", "dang vien", "tinh uy", "huyen uy", "to chuc", "viet nam", "tinh nguyen",
    "can bo", "quan tri", "quan ly", "mat khau", "dang nhap", "phong trao", "admin", "manager", "password",
)  # fmt: skip
# Letters that must be left when the body's own words are taken out.
LEAST_LEFT = 6
_NOT_LETTERS = re.compile("[^a-z]+")


def typed(password):
    """A password in one form: some keyboards type letters and marks apart (NFD), others together."""
    return unicodedata.normalize("NFC", password) if isinstance(password, str) else password


def letters(text):
    """The bare letters of a text, without tones, spaces, figures and signs."""
    return _NOT_LETTERS.sub("", fold(text))


class OwnWordsValidator:
    """Refuses a password in which little is left besides words of the body itself (OWASP ASVS 6.2.11)."""

    def __init__(self):
        site = settings.SITE
        phrases = [site["name"], site["owner"], *re.split("[-–,]", site["owner_parent"]), *OWN_WORDS]
        longest_first = sorted({letters(phrase) for phrase in phrases} - {""}, key=len, reverse=True)
        self.own = re.compile("|".join(longest_first))

    def validate(self, password, user=None):
        left, found = self.own.subn("", letters(password))
        if found and len(left) < LEAST_LEFT:
            raise ValidationError(
                _("This is made of the names everybody here knows. Add words of your own."), "own_words"
            )

    def get_help_text(self):
        return _("It must not be made only of the names of this office and its work.")
