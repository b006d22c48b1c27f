"""The catalogue of titles, forms and badges, as the law and the Party define them."""

import csv
import re
from pathlib import Path

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from records.models.fields import KeyField, one_of, ordered
from records.models.history import history
from records.models.scope import ReferenceQuerySet
from records.vietnamese import fold

DATA = Path(__file__).resolve().parent.parent / "data"


def award_key(text):
    """What two printings of one award's name have in common: letters and digits, without case, tones or punctuation."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())


def shipped(name):
    """The rows of a shipped data file; an empty number or date is None."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return [
            {
                key: value.strip() or (None if key in ("milestone_years", "valid_from", "valid_to") else "")
                for key, value in row.items()
            }
            for row in csv.DictReader(lines)
        ]


class Family(models.TextChoices):
    """Titles and forms are different things in law (Law 06/2022, arts 6 and 9), shown in one list."""

    TITLE = "title", _("emulation title")
    FORM = "form", _("form of commendation")
    BADGE = "badge", _("Party badge")


class LegalOrder(models.TextChoices):
    STATE = "state", _("State")
    PARTY = "party", _("Party")
    MASS = "mass", _("mass organisations")
    OTHER = "other", _("other")


class Level(models.TextChoices):
    STATE = "state", _("State level")
    PROVINCE = "province", _("provincial level")
    DISTRICT = "district", _("district level")
    GRASSROOTS = "grassroots", _("grassroots level")


class Mark(models.TextChoices):
    FLAG = "flag", _("flag")
    MEDAL = "medal", _("medal")
    CERTIFICATE = "certificate", _("certificate")
    TITLE = "title", _("wreath")
    BADGE = "badge", _("badge")


class AwardTypeQuerySet(ReferenceQuerySet):
    """Kinds of award."""

    def in_force(self, on):
        """Types that could be given on a day."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on)
        )

    def match(self, text):
        """The type printed as `text`, by its name or an alias, or None; tones, case and punctuation aside."""
        key = award_key(text)
        return self.filter(Q(key=key) | Q(aliases__key=key)).first() if key else None

    def search(self, text):
        """Types whose name or one of whose printed names holds every word, tones aside."""
        found = self
        for word in award_key(text).split():
            aliases = AwardTypeAlias.objects.filter(key__contains=word).values("type")
            found = found.filter(Q(key__contains=word) | Q(pk__in=aliases))
        return found

    def by_printed_name(self):
        """Every type by each key it is printed under: for matching many rows without a query each."""
        types = {t.pk: t for t in self.all()}
        found = {t.key: t for t in types.values()}
        for alias in AwardTypeAlias.objects.filter(type__in=types):
            found.setdefault(alias.key, types[alias.type_id])
        return found

    @transaction.atomic
    def load(self, update=False):
        """Bring in the shipped catalogue and return how many rows came; edited ones are left alone unless `update`."""
        known = {award_type.code: award_type for award_type in self.all()}
        new, changed = [], []
        for row in shipped("award_types.csv"):
            award_type = known.get(row["code"]) or AwardType()
            if award_type.pk and not update:
                continue
            for name, value in row.items():
                setattr(award_type, name, value)
            award_type.key = award_key(award_type.name)
            (changed if award_type.pk else new).append(award_type)
        bulk_create_with_history(new, AwardType)
        bulk_update_with_history(changed, AwardType, [*shipped("award_types.csv")[0], "key"])
        pks = dict(self.values_list("code", "pk"))
        there = set(AwardTypeAlias.objects.values_list("key", flat=True))
        aliases = {
            award_key(row["alias"]): AwardTypeAlias(
                key=award_key(row["alias"]), type_id=pks[row["code"]], text=row["alias"]
            )
            for row in shipped("award_type_aliases.csv")
        }
        aliases = [alias for key, alias in aliases.items() if key not in there]
        bulk_create_with_history(aliases, AwardTypeAlias, batch_size=500)
        return len(new) + len(changed) + len(aliases)


class AwardType(models.Model):
    """A title, a form of commendation or a badge that can be awarded."""

    Family, LegalOrder, Level, Mark = Family, LegalOrder, Level, Mark

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    key = KeyField(unique=True)
    family = models.CharField(_("family"), max_length=6, choices=Family.choices)
    legal_order = models.CharField(_("legal order"), max_length=6, choices=LegalOrder.choices)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    recipients = models.CharField(
        _("recipients"),
        max_length=40,
        help_text=_("Of person, collective and household, those it may go to, parted by |."),
    )
    granted_by = models.CharField(_("granted by"), max_length=300, blank=True)
    precedence = models.PositiveIntegerField(_("precedence"), help_text=_("A smaller number is a higher award."))
    milestone_years = models.PositiveSmallIntegerField(_("years of Party membership"), null=True, blank=True)
    mark = models.CharField(_("mark"), max_length=12, choices=Mark.choices)
    legal_basis = models.CharField(_("legal basis"), max_length=255, help_text=_("The article that defines it."))
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))

    objects = AwardTypeQuerySet.as_manager()
    history = history(excluded_fields=["key"])

    class Meta:
        verbose_name = _("award type")
        verbose_name_plural = _("award types")
        ordering = ["precedence", "code"]
        constraints = [
            one_of("family", Family, "awardtype_family_known"),
            one_of("legal_order", LegalOrder, "awardtype_order_known"),
            one_of("level", Level, "awardtype_level_known"),
            one_of("mark", Mark, "awardtype_mark_known"),
            models.CheckConstraint(
                condition=Q(family=Family.BADGE, milestone_years__isnull=False)
                | (~Q(family=Family.BADGE) & Q(milestone_years__isnull=True)),
                name="awardtype_badges_have_years",
                violation_error_message=_("A Party badge has its years of membership; nothing else has."),
            ),
            ordered("valid_from", "valid_to", "awardtype_ends_after_start", _("It cannot end before it starts.")),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.prepare()
        super().save(*args, **kwargs)

    def prepare(self):
        """Derive the key from the name."""
        self.key = award_key(self.name)

    def may_go_to(self, recipient_kind):
        """Whether the law lets this award go to a person, a collective or a household."""
        return recipient_kind in self.recipients.split("|")


class AwardTypeAlias(models.Model):
    """Another way an award's name is printed or abbreviated."""

    type = models.ForeignKey(AwardType, models.CASCADE, related_name="aliases", verbose_name=_("award type"))
    text = models.CharField(_("printed as"), max_length=200)
    key = KeyField(unique=True)

    objects = ReferenceQuerySet.as_manager()
    history = history(excluded_fields=["key"])

    class Meta:
        verbose_name = _("other name of an award")
        verbose_name_plural = _("other names of awards")

    def __str__(self):
        return self.text

    def save(self, *args, **kwargs):
        self.prepare()
        super().save(*args, **kwargs)

    def prepare(self):
        """Derive the key from the text."""
        self.key = award_key(self.text)
