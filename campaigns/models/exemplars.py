"""New models and good deeds (mô hình mới, việc làm hay) worth spreading."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.activities import Activity
from campaigns.models.campaigns import PUBLIC, Campaign
from campaigns.models.photos import Photo
from records.models import AuditEvent, Unit
from records.models.fields import ExactField, KeyField, new_public_id
from records.models.history import history
from records.models.scope import FollowsUnit, PublishedQuerySet
from records.vietnamese import fold, normalise


class ExemplarQuerySet(PublishedQuerySet):
    """Exemplars; public once published, with their campaign."""

    def published(self):
        return self.filter(published_at__isnull=False, campaign__status__in=PUBLIC)

    def drafts(self):
        """Being written, or returned to be mended."""
        return self.filter(published_at__isnull=True, submitted_at__isnull=True)

    def submitted(self):
        """Handed in and not published yet."""
        return self.filter(published_at__isnull=True, submitted_at__isnull=False)

    def search(self, text):
        """Exemplars whose title, place or unit holds every word, tones aside."""
        found = self
        for word in fold(text).split():
            of_unit = Q(unit__listed=True, unit__search_key__contains=word)
            found = found.filter(Q(search_key__contains=word) | of_unit)
        return found

    def for_list(self):
        """What a plate shows, the newest first; `photo_id` is the first photo's key, None where there is none."""
        photos = ExemplarPhoto.objects.filter(exemplar=OuterRef("pk")).order_by("order", "pk")
        return (
            self.select_related("unit", "activity")
            .defer("story")
            .annotate(photo_id=Subquery(photos.values("pk")[:1]))
            .order_by("-published_at", "-pk")
        )

    def beside(self, exemplar):
        """Others of the same campaign, those of the same activity first."""
        alike = Case(When(activity=exemplar.activity_id, then=0), default=1, output_field=IntegerField())
        others = self.filter(campaign=exemplar.campaign_id).exclude(pk=exemplar.pk)
        return others.for_list().order_by(alike, "-published_at", "-pk")

    @transaction.atomic
    def publish(self, by, request=None):
        """Make exemplars public; returns how many."""
        return self.show(timezone.now(), "publish", by, request)

    @transaction.atomic
    def unpublish(self, by, request=None, reason=""):
        """Take exemplars off the public pages; returns how many."""
        return self.show(None, "unpublish", by, request, reason)

    def show(self, published_at, action, by, request, reason=""):
        exemplars = self.filter(published_at__isnull=published_at is not None)
        for exemplar in exemplars:
            # What was taken off is a draft again: somebody has to look at it before it is shown anew.
            exemplar.published_at, exemplar.submitted_at = published_at, published_at
            exemplar._history_user, exemplar._change_reason = by, reason or action
            exemplar.save(update_fields=["published_at", "submitted_at"])
            AuditEvent.record(action, actor=by, request=request, subject=exemplar, reason=reason)
        return len(exemplars)


class Exemplar(FollowsUnit):
    """A piece of work in a campaign that others can learn from."""

    public_id = ExactField(max_length=12, unique=True, editable=False, default=new_public_id)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="exemplars", verbose_name=_("campaign"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="exemplars", verbose_name=_("unit"))
    unit_path = KeyField(db_index=True)
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="exemplars", verbose_name=_("activity")
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    story = models.TextField(_("story"), blank=True, help_text=_("Markdown; public once published."))
    figure = models.CharField(
        _("figure"), max_length=40, blank=True, help_text=_("What stands large on its plate, such as “21 shelters”.")
    )
    figure_note = models.CharField(_("about the figure"), max_length=80, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    cost = models.DecimalField(_("cost, million đồng"), max_digits=12, decimal_places=2, null=True, blank=True)
    people_helped = models.PositiveIntegerField(_("people helped"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    return_reason = models.CharField(_("why it was returned"), max_length=500, blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    search_key = KeyField(max_length=700)

    objects = ExemplarQuerySet.as_manager()
    history = history(excluded_fields=["unit_path", "search_key"])

    class Meta:
        verbose_name = _("exemplar")
        verbose_name_plural = _("exemplars")
        indexes = [models.Index(fields=["-published_at", "-id"], name="exemplar_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="exemplar_cost_not_negative",
                violation_error_message=_("A cost is not negative."),
            )
        ]

    def __str__(self):
        return self.title

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.title = normalise(self.title)
        self.search_key = fold(f"{self.title} {self.place}")[:700]
        if kwargs.get("update_fields") is None:
            self.unit_path = Unit.objects.filter(pk=self.unit_id).hold()[self.unit_id]
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("campaigns:exemplar_detail", args=[self.public_id])

    @property
    def state(self):
        """published, submitted, returned or draft."""
        if self.published_at:
            return "published"
        if self.submitted_at:
            return "submitted"
        return "returned" if self.return_reason else "draft"

    def submit(self):
        """Hand it in to be published; raises ValidationError unless it is a draft that says enough."""
        if not (self.summary and self.story):
            raise ValidationError(_("Before handing it in, write the summary and the story."))
        self.move_on(Exemplar.objects.drafts(), submitted_at=timezone.now(), return_reason="")

    def send_back(self, reason):
        """Return what was handed in, saying why."""
        if not reason:
            raise ValidationError(_("Say why it is returned."))
        self.move_on(Exemplar.objects.submitted(), submitted_at=None, return_reason=reason)

    @transaction.atomic
    def move_on(self, before, **values):
        """Change the state in one statement where it is still one of `before`: of two clerks at once one is told."""
        if not before.filter(pk=self.pk).update(**values):
            raise ValidationError(_("The good model has changed meanwhile; look at it again."))
        for name, value in values.items():
            setattr(self, name, value)
        self._change_reason = values["return_reason"] or None
        self.save(update_fields=[*values])


class ExemplarPhotoQuerySet(PublishedQuerySet):
    """Photos; public with their exemplar."""

    scope_field = "exemplar__unit_path"

    def published(self):
        return self.filter(exemplar__in=Exemplar.objects.published())


class ExemplarPhoto(Photo):
    """A photo of an exemplar, public with it."""

    exemplar = models.ForeignKey(Exemplar, models.CASCADE, related_name="photos", verbose_name=_("exemplar"))
    image = models.ImageField(_("photo"), upload_to="exemplars/%Y/")
    caption = models.CharField(_("caption"), max_length=200)

    objects = ExemplarPhotoQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
