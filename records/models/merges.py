"""Two records of one person brought together, which can be undone; and two people told apart."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.audit import AuditEvent
from records.models.folding import Fold, read, unit_of, written
from records.models.history import history
from records.models.members import PRESENT, Member
from records.models.scope import ScopedQuerySet, within_paths
from records.models.units import Unit
from records.models.users import User

# What a clerk chooses for each field in which the two records differ; a date comes with how much of it is known, and a
# unit with the memberships that make it.
CHOICES = {
    **{name: (name,) for name in ("full_name", "gender", "card_number", "admitted_on", "full_member_on", "position")},
    "birth_date": ("birth_date", "birth_precision"),
    "standing": ("standing",),
    "place": ("unit_id", "attached_to_id"),
    **{name: (name,) for name in ("email", "phone")},
}
CHOSEN = {name for names in CHOICES.values() for name in names}
MEANWHILE = _("One of the two records has changed meanwhile; look at them again.")
MERGED, UNMERGED = "merge", "unmerge"


class NamesakesQuerySet(ScopedQuerySet):
    """People told apart; whoever sees both sees that they were."""

    def in_paths(self, paths):
        return within_paths("first__unit_path", paths) & within_paths("second__unit_path", paths)

    def among(self, people):
        """The pairs of keys told apart, smaller key first, among members given by key."""
        rows = self.filter(first__in=people, second__in=people).order_by()
        return {tuple(sorted(pair)) for pair in rows.values_list("first", "second")}

    def between(self, one, other):
        """Where the two were told apart."""
        return self.filter(Q(first=one, second=other) | Q(first=other, second=one))


class Namesakes(models.Model):
    """Two members of whom somebody found that they are two people, so that they are not shown as a pair again."""

    first = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("one person"))
    second = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("the other person"))
    reason = models.CharField(_("how they are told apart"), max_length=500, blank=True)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("told apart by"))
    said_at = models.DateTimeField(_("told apart at"), default=timezone.now)

    objects = NamesakesQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("two people told apart")
        verbose_name_plural = _("people told apart")
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="namesakes_once",
                violation_error_message=_("These two have been told apart already."),
            ),
            models.CheckConstraint(
                condition=~Q(first=models.F("second")),
                name="namesakes_are_two",
                violation_error_message=_("Choose two records."),
            ),
        ]

    def __str__(self):
        return f"{self.first} ≠ {self.second}"

    @classmethod
    @transaction.atomic
    def tell_apart(cls, one, other, by, reason=""):
        """Remember that two members are two people; once, whoever says it again."""
        held = list(Member.objects.select_for_update(no_key=True).filter(pk__in=[one.pk, other.pk]).order_by("pk"))
        if len(held) < 2:
            raise ValidationError(MEANWHILE)
        found = cls.objects.between(*held).first()
        return found or cls.objects.create(first=held[0], second=held[1], reason=reason, said_by=by)

    def rival(self, key, kept):
        """Where the person was told apart from the same one already, in either order."""
        other = self.second_id if key.name == "first" else self.first_id
        return Namesakes.objects.between(kept.pk, other).first()


class MergeQuerySet(ScopedQuerySet):
    """Merges; seen and undone by those who see and keep the person that was kept."""

    scope_field = "kept__unit_path"

    def in_paths(self, paths):
        return within_paths("kept__unit_path", paths) | within_paths("kept__attached_path", paths)

    def editable_by(self, user, on=None):
        """As of a member: the own unit's staff only."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(within_paths("kept__unit_path", user.paths(user.EDITORS, on)))

    def standing(self):
        """Those not undone."""
        return self.filter(undone_at__isnull=True)

    def of_code(self, public_id):
        """The merge in which the record of this public code went into another."""
        return self.standing().filter(absorbed_code=public_id).select_related("kept")


class Merge(models.Model):
    """Two records of one person brought together: the one kept, the other word for word, and what moved."""

    part_of = ("kept",)

    kept = models.ForeignKey(Member, models.PROTECT, related_name="merges", verbose_name=_("record kept"))
    absorbed_key = models.BigIntegerField(_("key of the other record"), db_index=True)
    absorbed_code = models.CharField(_("public code of the other record"), max_length=12, db_index=True)
    absorbed_name = models.CharField(_("other record"), max_length=150)
    # Derived from rows whose own histories say the same: what stood before, what was taken over, moved and put aside.
    snapshot = models.JSONField(default=dict, editable=False)
    reason = models.CharField(_("what shows that it is one person"), max_length=500, blank=True)
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("merged by"))
    merged_at = models.DateTimeField(_("merged at"), default=timezone.now)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by"))
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undo_reason = models.CharField(_("why it was undone"), max_length=500, blank=True)

    objects = MergeQuerySet.as_manager()
    history = history(excluded_fields=["snapshot"])

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        indexes = [models.Index(fields=["-merged_at", "-id"], name="merge_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed_key"], condition=Q(undone_at__isnull=True), name="merge_once_standing"
            )
        ]

    def __str__(self):
        return f"{self.absorbed_name} → {self.kept.full_name}"

    @classmethod
    @transaction.atomic
    def perform(cls, kept, absorbed, by, taken=(), reason="", versions=None, request=None):
        """Bring two records of one person together; `taken` names the CHOICES whose value is the absorbed record's.

        All that points at the absorbed record moves over. What cannot stand beside what is there is kept in the
        snapshot. Raises ValidationError where one of them changed since (`versions`, the newest history keys), waits
        for a transfer, or where the values taken do not go together.
        """
        kept, absorbed = hold(kept, absorbed)
        if versions is not None and [newest(kept), newest(absorbed)] != versions:
            raise ValidationError(MEANWHILE)
        for member in (kept, absorbed):
            if member.transfers.waiting().exists():
                raise ValidationError(
                    _("A transfer of %(name)s is waiting. Have it answered, or call it off first.")
                    % {"name": member.full_name}
                )
        placed, other = (absorbed, kept) if "place" in taken else (kept, absorbed)
        if (absorbed if "standing" in taken else kept).is_present != placed.is_present:
            raise ValidationError(
                _("Take standing and unit from the same record: one has left its unit, the other has not.")
            )
        touched = {m.unit_id for m in (kept, absorbed)} | {m.attached_to_id for m in (kept, absorbed)}
        before, gone, fold = written(kept), written(absorbed), Fold(reason or MERGED)
        for row in Namesakes.objects.between(kept, absorbed):
            fold.take_out(row)
        for membership, beside in colliding(other, placed):
            fold.absorb(membership, beside) if beside else fold.take_out(membership)
        fold.fold(absorbed, kept)
        values = {name: getattr(absorbed, name) for choice in taken for name in CHOICES[choice]}
        key, code, name = absorbed.pk, absorbed.public_id, absorbed.full_name
        absorbed._change_reason = kept._change_reason = reason or MERGED
        # Its card number is free before the other takes it.
        absorbed.delete()
        kept.take(values)
        after = written(kept)
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        Unit.objects.filter(pk__in=touched - {None}).recount()
        snapshot = {"member": gone, "changed": changed, "taken": sorted(taken), "moved": fold.moved}
        merge = cls.objects.create(
            kept=kept,
            absorbed_key=key,
            absorbed_code=code,
            absorbed_name=name,
            snapshot=snapshot | {"removed": fold.removed},
            reason=reason,
            merged_by=by,
        )
        AuditEvent.record("members_merged", actor=by, request=request, subject=kept, reason=reason, absorbed=code)
        return merge

    @transaction.atomic
    def undo(self, by, reason="", request=None):
        """Separate the two records again, each as it was; raises ValidationError with all that stands in the way."""
        gone = read(Member, self.snapshot["member"])
        paths = Unit.objects.filter(pk__in=self.units() | {self.kept.unit_id, self.kept.attached_to_id} - {None}).hold()
        kept = Member.objects.select_for_update(no_key=True).get(pk=self.kept_id)
        # Whoever came second finds it undone.
        held = Merge.objects.select_for_update().get(pk=self.pk)
        if obstacles := held.obstacles():
            raise ValidationError(obstacles)
        fold = Fold(reason or UNMERGED, held.snapshot["moved"], held.snapshot["removed"])
        try:
            with transaction.atomic():
                kept._change_reason = fold.reason
                kept.take(held.earlier())
                fold.put_back(Member, written(gone), paths)
                fold.unfold(paths)
        except IntegrityError:
            raise ValidationError(_("Something that was entered since stands in the way.")) from None
        Unit.objects.filter(pk__in=paths).recount()
        self.undone_by, self.undone_at, self.undo_reason = by, timezone.now(), reason
        self._change_reason = fold.reason
        self.save(update_fields=["undone_by", "undone_at", "undo_reason"])
        AuditEvent.record(
            "merge_undone", actor=by, request=request, subject=kept, reason=reason, absorbed=self.absorbed_code
        )

    def units(self):
        """The keys of all units that the snapshot names: of the two records and of what was put aside."""
        rows = [self.snapshot["member"], *(values for _label, values in self.snapshot["removed"])]
        paths = [path for values in rows for name, path in values.items() if name.endswith("_path")]
        before = [self.snapshot["changed"].get(name, [None])[0] for name in ("unit_id", "attached_to_id")]
        return {unit_of(path) for path in paths if path} | {int(key) for key in before if key}

    def earlier(self):
        """The kept record's own values from before, of the columns that the merge changed."""
        found = read(Member, {name: pair[0] for name, pair in self.snapshot["changed"].items()})
        return {name: getattr(found, name) for name in self.snapshot["changed"] if name in CHOSEN}

    def obstacles(self):
        """In sentences, what came later and stands on the merge, so that it cannot be undone; empty for nothing."""
        if self.undone_at:
            return [_("This merge has been undone already.")]
        gone, now, changed = self.snapshot["member"], written(self.kept), self.snapshot["changed"]
        earlier = {name: before for name, (before, _after) in changed.items()}
        found = [
            _("%(name)s was merged into the same record later; undo that first.") % {"name": merge.absorbed_name}
            for merge in Merge.objects.standing().filter(kept=self.kept_id, pk__gt=self.pk).order_by("-pk")
        ]
        for column in Member._meta.concrete_fields:
            if (
                column.attname in CHOSEN
                and column.attname in changed
                and now[column.attname] != changed[column.attname][1]
            ):
                found.append(_("Changed since the merge: %(field)s.") % {"field": column.verbose_name})
        cards = {gone["card_number"], earlier.get("card_number", "")} - {""}
        for member in Member.objects.exclude(pk=self.kept_id).filter(card_number__in=cards).order_by("pk"):
            found.append(_("Its card number now belongs to %(name)s.") % {"name": member.full_name})
        places = {row.get(name) for row in (gone, earlier) for name in ("unit_id", "attached_to_id")} - {None}
        if gone["standing"] in PRESENT:
            for unit in Unit.objects.filter(pk__in=places, dissolved_on__isnull=False).order_by("pk"):
                found.append(_("%(unit)s has been dissolved.") % {"unit": unit.name})
        if self.kept.transfers.waiting().exists():
            found.append(_("A transfer of the person is waiting."))
        return found


def hold(*members):
    """The members as they stand, locked after their units in the house's order; raises ValidationError for one that is
    no more or was placed elsewhere meanwhile."""
    units = {key for member in members for key in (member.unit_id, member.attached_to_id) if key}
    Unit.objects.filter(pk__in=units).hold()
    keys = {member.pk for member in members}
    held = {m.pk: m for m in Member.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")}
    if len(held) < len(members):
        raise ValidationError(MEANWHILE)
    found = [held[member.pk] for member in members]
    for member, then in zip(found, members, strict=True):
        if (member.unit_id, member.attached_to_id) != (then.unit_id, then.attached_to_id):
            raise ValidationError(MEANWHILE)
    return found


def newest(member):
    """The key of a member's newest history row: its version."""
    return member.history.order_by("-history_id").values_list("history_id", flat=True).first()


def colliding(member, placed):
    """(membership, the one it lies across or None) of those a member cannot bring to where another is placed.

    One unit at a time; and only one of the two says where the person belongs today.
    """
    theirs = list(placed.memberships.order_by("pk"))
    for membership in member.memberships.order_by("pk"):
        across = next((one for one in theirs if one.kind == membership.kind and one.meets(membership)), None)
        if across or membership.valid_to is None:
            yield membership, across
