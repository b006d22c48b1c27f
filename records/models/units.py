"""The tree of organisations, and what happened to each of them."""

import uuid
from functools import cache
from itertools import pairwise

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, Length, Replace, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history

from records.models.fields import KeyField, one_of, ordered
from records.models.history import history
from records.models.scope import FollowsUnit, ReferenceQuerySet, ScopedQuerySet, within_path
from records.vietnamese import fold, normalise, sort_key


class Sector(models.Model):
    """A field of work that runs across the tree, such as Party building."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)

    objects = ReferenceQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")

    def __str__(self):
        return self.name


class UnitKind(models.TextChoices):
    """Types of organisation (Regulation 294-QĐ/TW for the Party's own)."""

    PROVINCIAL_COMMITTEE = "provincial_committee", _("provincial Party organisation")
    DIRECT_COMMITTEE = "direct_committee", _("Party organisation directly under the province")
    GRASSROOTS_COMMITTEE = "grassroots_committee", _("grassroots Party committee")
    GRASSROOTS_BRANCH = "grassroots_branch", _("grassroots Party branch")
    SECTION = "section", _("sectional Party committee")
    SUB_BRANCH = "sub_branch", _("Party branch under a grassroots committee")
    GROUP = "group", _("Party group")
    PARTY_AGENCY = "party_agency", _("Party advisory body")
    AGENCY = "agency", _("State agency or unit")
    DIVISION = "division", _("division of an agency")
    MASS_ORGANISATION = "mass_organisation", _("Fatherland Front or mass organisation")
    OTHER = "other", _("other")


# Members and units whose rows one statement of a move rewrites.
SPAN = 5000
GRASSROOTS = (UnitKind.GRASSROOTS_COMMITTEE, UnitKind.GRASSROOTS_BRANCH)


class UnitQuerySet(ScopedQuerySet):
    """Units; a subtree is one range over `path`."""

    scope_field = "path"

    def published(self):
        """Units listed on the public pages."""
        return self.filter(listed=True)

    def current(self, on):
        """Units that exist on a day."""
        return self.filter(Q(established_on__isnull=True) | Q(established_on__lte=on)).filter(
            Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=on)
        )

    def search(self, text):
        """Units whose name, short name or code holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def nearest(self, text):
        """The unit with this code first, then the higher in the tree the sooner: what lies below a unit often bears its
        name, and would hide it."""
        is_meant = Case(When(code__iexact=text.strip(), then=0), default=1, output_field=IntegerField())
        depth = Length("path") - Length(Replace("path", Value("."), Value("")))
        return self.order_by(is_meant, depth, "sort_key", "pk")

    def grassroots(self):
        """Grassroots Party organisations: the ones that owe a campaign plan."""
        return self.filter(kind__in=GRASSROOTS)

    def ancestors_of(self, unit):
        """The units above one, the root first."""
        return self.filter(pk__in=unit.ancestor_ids).order_by("path")

    def with_figures(self, on):
        """Adds `members_below`, eligible members of the whole subtree, and `below`, units directly below on a day."""
        end = Concat(Substr(OuterRef("path"), 1, Length(OuterRef("path")) - 1), Value("/"))
        subtree = Unit.objects.filter(path__gte=OuterRef("path"), path__lt=end).order_by()
        directly = Unit.objects.current(on).filter(parent=OuterRef("pk")).order_by().values("parent")
        return self.annotate(
            members_below=Coalesce(
                Subquery(subtree.annotate(one=Value(1)).values("one").annotate(n=Sum("headcount")).values("n")), 0
            ),
            below=Coalesce(Subquery(directly.annotate(n=Count("pk")).values("n")), 0),
        )

    def plant(self, units):
        """Create many units whose parents exist already, with keys, paths and history; returns them."""
        for unit in units:
            unit.prepare()
            unit.path = temporary_path()
        with transaction.atomic():
            created = bulk_create_with_history(units, Unit, batch_size=500)
            for unit in created:
                unit.path = unit.own_path()
            self.bulk_update(created, ["path"], batch_size=500)
        return created

    def hold(self):
        """Paths by key, locked until the transaction ends: rows that copy them are written before or after a move."""
        return dict(self.select_for_update(no_key=True).order_by("pk").values_list("pk", "path"))

    def recount(self):
        """Bring `headcount` up to date: a unit's own eligible members (see `MemberQuerySet.eligible`)."""
        return self.update(headcount=counted_members())

    def miscounted(self):
        """(code, stored, counted) of units whose headcount is not what a live count gives."""
        return (
            self.annotate(counted=counted_members())
            .exclude(headcount=F("counted"))
            .values_list("code", "headcount", "counted")
        )


@cache
def counted_members():
    """How many members a unit counts today, as an expression over units."""
    member = apps.get_model("records", "Member").objects.active().order_by()
    at_home = member.filter(unit=OuterRef("pk"), attached_to__isnull=True).values("unit")
    visiting = member.filter(attached_to=OuterRef("pk")).values("attached_to")
    return Coalesce(Subquery(at_home.annotate(n=Count("pk")).values("n")), 0) + Coalesce(
        Subquery(visiting.annotate(n=Count("pk")).values("n")), 0
    )


def temporary_path():
    """Holds a new row's place until the database has given its id."""
    return f"~{uuid.uuid4().hex}."


class Unit(models.Model):
    """An organisation of the Party, the State or the people, with its place in the tree."""

    Kind = UnitKind

    code = models.CharField(
        _("code"), max_length=40, unique=True, help_text=_("Never changes, even when the name does.")
    )
    name = models.CharField(_("name"), max_length=255)
    short_name = models.CharField(_("short name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("directly above")
    )
    path = KeyField(unique=True, default=temporary_path)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("sector")
    )
    description = models.CharField(_("what it does"), max_length=500, blank=True, help_text=_("Shown publicly."))
    established_on = models.DateField(_("established on"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    listed = models.BooleanField(_("shown publicly"), default=True)
    headcount = models.PositiveIntegerField(_("eligible members of its own"), default=0, editable=False)
    search_key = KeyField(max_length=400)
    sort_key = KeyField(max_length=600, db_index=True)

    objects = UnitQuerySet.as_manager()
    history = history(excluded_fields=["path", "search_key", "sort_key", "headcount"])

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        indexes = [
            models.Index(fields=["parent", "sort_key"], name="unit_children"),
            # With what a campaign counts of a unit, so that a sum over a subtree does not visit its rows.
            models.Index(fields=["path"], include=["headcount", "kind", "dissolved_on"], name="unit_subtree"),
        ]
        constraints = [
            one_of("kind", UnitKind, "unit_kind_known"),
            models.CheckConstraint(condition=Q(path__endswith="."), name="unit_path_closed"),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="unit_not_own_parent",
                violation_error_message=_("A unit cannot be directly above itself."),
            ),
            ordered(
                "established_on",
                "dissolved_on",
                "unit_dissolved_after_established",
                _("A unit cannot be dissolved before it was established."),
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.code})"

    def save(self, *args, **kwargs):
        self.prepare()
        if not self._state.adding:
            # Written by statements over many rows; what this object remembers of them may be old.
            if kwargs.get("update_fields") is None:
                names = (f.name for f in self._meta.concrete_fields if not f.primary_key)
                kwargs["update_fields"] = [name for name in names if name not in ("path", "headcount")]
            return super().save(*args, **kwargs)
        with transaction.atomic():
            super().save(*args, **kwargs)
            self.path = self.own_path()
            Unit.objects.filter(pk=self.pk).update(path=self.path)

    def get_absolute_url(self):
        return reverse("records:unit_detail", args=[self.code])

    def clean(self):
        super().clean()
        if self.pk and self.parent_id and self.parent.path.startswith(Unit.objects.get(pk=self.pk).path):
            raise ValidationError({"parent": _("A unit cannot be placed under itself or under a unit below it.")})

    @classmethod
    def taken_back(cls, units):
        """Bring units and all below them back to where they stood, as an act that moved them was taken back."""
        moved = [unit.pk for unit in units if hasattr(unit, "was") and unit.was["parent_id"] != unit.parent_id]
        # One may stand below another: each round settles those whose unit above is in its place.
        while moved:
            astray = []
            for pk in moved:
                unit = cls.objects.select_related("parent").get(pk=pk)
                if unit.path != unit.own_path():
                    rewrite_paths(unit.path, unit.own_path())
                    astray.append(pk)
            moved = astray

    def prepare(self):
        """Clean the names and derive the keys from them."""
        self.name, self.short_name = normalise(self.name), normalise(self.short_name)
        self.search_key = fold(f"{self.name} {self.short_name} {self.code}")[:400]
        self.sort_key = sort_key(self.name)[:600]

    def own_path(self):
        """The path this unit has under its parent: the ids from the root down, in hex, each closed by a dot."""
        return f"{self.parent.path if self.parent_id else ''}{self.pk:x}."

    @property
    def name_in_full(self):
        """The name with that of the unit above and the code."""
        return f"{self.name}, {self.parent.name} ({self.code})" if self.parent_id else str(self)

    @property
    def ancestor_ids(self):
        """Ids of the units above, the root first, read from the path."""
        return [int(step, 16) for step in self.path.split(".")[:-2]]

    @property
    def depth(self):
        """0 for the root."""
        return self.path.count(".") - 1

    def name_on(self, day):
        """The name the unit bore on a day, from its renamings."""
        later = (
            self.events.filter(kind=UnitEvent.Kind.RENAME, occurred_on__gt=day).order_by("occurred_on", "pk").first()
        )
        return later.was if later else self.name

    @transaction.atomic
    def establish(self, decision=None):
        """Enter a new unit below its parent; its founding is an event where the day is known.

        Raises ValidationError when the unit above has been dissolved.
        """
        if self.parent_id:
            self.parent = Unit.objects.select_for_update().get(pk=self.parent_id)
            if self.parent.dissolved_on:
                raise ValidationError(_("This unit has been dissolved."))
        self.save()
        if self.established_on:
            kind, on = UnitEvent.Kind.ESTABLISH, self.established_on
            self.events.create(kind=kind, occurred_on=on, decision=decision, became=self.name)
        return self

    @transaction.atomic
    def rename(self, name, on, decision=None, note=""):
        """Give the unit a new name from a day on; the old one stays in its history."""
        old, self.name = self.name, name
        self.save()
        return self.events.create(
            kind=UnitEvent.Kind.RENAME, occurred_on=on, decision=decision, was=old, became=self.name, note=note
        )

    @transaction.atomic
    def move_to(self, parent, on, decision=None, note="", beat=None):
        """Place the unit, with everything below it, under another unit; `beat` as `rewrite_paths` takes it.

        Raises ValidationError when the new place lies inside the unit itself.
        """
        # Locked in one order by all who move units or people, so that they wait for each other and never deadlock.
        below = within_path("path", Unit.objects.values_list("path", flat=True).get(pk=self.pk))
        units = Unit.objects.select_for_update().filter(below | Q(pk__in=[self.pk, parent.pk])).order_by("pk")
        locked = {unit.pk: unit for unit in units}
        self.path, parent = locked[self.pk].path, locked[parent.pk]
        if parent.path.startswith(self.path):
            raise ValidationError(_("A unit cannot be placed under itself or under a unit below it."))
        if parent.dissolved_on:
            raise ValidationError(_("This unit has been dissolved."))
        old, was = self.path, self.parent
        self.parent = parent
        self.path = self.own_path()
        self.save(update_fields=["parent"])
        rewrite_paths(old, self.path, beat)
        return self.events.create(
            kind=UnitEvent.Kind.TRANSFER,
            occurred_on=on,
            decision=decision,
            was=was.name if was else "",
            became=parent.name,
            note=note,
        )

    @transaction.atomic
    def dissolve(self, on, decision=None, note=""):
        """End the unit on a day; raises ValidationError while units or members still belong to it."""
        # Those who place people here lock the unit too.
        if Unit.objects.select_for_update().get(pk=self.pk).dissolved_on:
            raise ValidationError(_("This unit has been dissolved."))
        there = self.members.present() | self.members.model.objects.filter(attached_to=self)
        if self.children.filter(dissolved_on__isnull=True).exists() or there.exists():
            raise ValidationError(_("Move its units and members elsewhere before dissolving it."))
        if self.established_on and on < self.established_on:
            raise ValidationError(_("A unit cannot be dissolved before it was established."))
        self.dissolved_on = on
        self.save(update_fields=["dissolved_on"])
        return self.events.create(kind=UnitEvent.Kind.DISSOLVE, occurred_on=on, decision=decision, note=note)


def rewrite_paths(old, new, beat=None):
    """Replace the head of every path below `old`, in the tree and in every row that copies a unit's path.

    In one transaction, which others see whole or not at all. `beat` is called with a model and how many of its rows
    were rewritten by one more statement.
    """
    spans = spans_below(old)
    # The tree first: whoever holds a unit to copy its path is waited for, and the copy then found.
    for model, rows, fields in [(Unit, Unit.objects.all(), ("path",)), *copies()]:
        # A row with two copies is written once: a new version of it costs an entry in each of its indexes.
        values = {name: moved(name, old, new) for name in fields}
        for field in fields:
            for start, end in spans:
                count = rows.filter(**{f"{field}__gte": start, f"{field}__lt": end}).update(**values)
                if beat:
                    beat(model, count)


def copies():
    """(model, the rows that follow a move, the fields that copy a path) of each model that copies units' paths."""
    following = [model for model in apps.get_models() if issubclass(model, FollowsUnit)]
    return [(model, model.moving_with_units(), model.path_copies) for model in following]


def moved(field, old, new):
    """A path as it is once what lay below `old` lies below `new`."""
    there = Concat(Value(new), Substr(field, len(old) + 1), output_field=KeyField())
    return Case(When(within_path(field, old), then=there), default=F(field))


def spans_below(path):
    """Ranges of paths that make up a subtree, each with some thousands of members or one unit: what a statement
    rewrites, so that whoever waits hears how far it is."""
    units = Unit.objects.filter(within_path("path", path)).order_by("path").values_list("path", "headcount")
    starts, weight = [path], 0
    for start, headcount in units:
        if weight >= SPAN:
            starts.append(start)
            weight = 0
        weight += headcount + 1
    return list(pairwise([*starts, path[:-1] + "/"]))


class UnitEventKind(models.TextChoices):
    """What reorganisation does to a unit."""

    ESTABLISH = "establish", _("established")
    RENAME = "rename", _("renamed")
    TRANSFER = "transfer", _("placed under another unit")
    ABSORB = "absorb", _("absorbed another unit")
    MERGE = "merge", _("merged into a new unit")
    SPLIT = "split", _("split")
    CHANGE_KIND = "change_kind", _("changed type")
    DISSOLVE = "dissolve", _("dissolved")
    OTHER = "other", _("other change")


class UnitEventQuerySet(ScopedQuerySet):
    """What happened to units; public where the unit is."""

    scope_field = "unit__path"

    def published(self):
        return self.filter(unit__listed=True)


class UnitEvent(models.Model):
    """Something that happened to a unit on a day, by a decision."""

    Kind = UnitEventKind
    part_of = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="events", verbose_name=_("unit"))
    kind = models.CharField(_("what happened"), max_length=12, choices=UnitEventKind.choices)
    occurred_on = models.DateField(_("effective on"))
    decision = models.ForeignKey(
        "records.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="unit_events",
        verbose_name=_("decision"),
    )
    was = models.CharField(_("before"), max_length=255, blank=True)
    became = models.CharField(_("after"), max_length=255, blank=True)
    others = models.ManyToManyField(
        Unit, blank=True, related_name="events_elsewhere", verbose_name=_("other units concerned")
    )
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("Shown publicly."))

    objects = UnitEventQuerySet.as_manager()
    history = history(m2m_fields=[others])

    class Meta:
        verbose_name = _("change of a unit")
        verbose_name_plural = _("changes of units")
        constraints = [one_of("kind", UnitEventKind, "unitevent_kind_known")]

    def __str__(self):
        return f"{self.unit} · {self.get_kind_display()} · {self.occurred_on:%d/%m/%Y}"
