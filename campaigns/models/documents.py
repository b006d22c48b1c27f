"""What a campaign rests on, and the decisions that honoured people for it."""

from django.db import models
from django.db.models import Count, F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import PUBLIC, Campaign, CampaignPartQuerySet
from records.models import Award, Decision
from records.models.fields import one_of
from records.models.history import history


class DocumentRole(models.TextChoices):
    BASIS = "basis", _("it follows this document")
    AWARD = "award", _("this decision grants its awards")


class CampaignDocumentQuerySet(CampaignPartQuerySet):
    """Documents of campaigns; public with both the campaign and the decision."""

    def published(self):
        return self.filter(decision__published_at__isnull=False, campaign__status__in=PUBLIC)

    def award_lines(self):
        """One row per document and award type it grants, as a dict: the decision, the type, published `persons` and
        `collectives` (households with them). A document that grants nothing has one row without a type."""
        person = Q(granted__recipient_kind=Award.RecipientKind.PERSON)
        return (
            self.annotate(
                granted=FilteredRelation("decision__awards", condition=Q(decision__awards__published_at__isnull=False))
            )
            .values(
                "role",
                "decision_id",
                number=F("decision__number"),
                issuer=F("decision__issuer"),
                issued_on=F("decision__issued_on"),
                issued_precision=F("decision__issued_precision"),
                subject=F("decision__subject"),
                type=F("granted__type__name"),
                mark=F("granted__type__mark"),
                precedence=F("granted__type__precedence"),
            )
            .annotate(
                persons=Count("granted", filter=person),
                collectives=Count("granted", filter=~person),
            )
            .order_by("-issued_on", "-decision_id", "precedence", "type")
        )


class CampaignDocument(models.Model):
    """A document a campaign rests on, or a decision that honoured people for it."""

    Role = DocumentRole

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="campaign_documents", verbose_name=_("campaign")
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="campaign_documents", verbose_name=_("decision or document")
    )
    role = models.CharField(_("role"), max_length=5, choices=DocumentRole.choices, default=DocumentRole.AWARD)

    objects = CampaignDocumentQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("document of a campaign")
        verbose_name_plural = _("documents of a campaign")
        constraints = [
            one_of("role", DocumentRole, "campaigndocument_role_known"),
            models.UniqueConstraint(
                fields=["campaign", "decision", "role"],
                name="campaigndocument_once",
                violation_error_message=_("This document is in the list already."),
            ),
        ]

    def __str__(self):
        return f"{self.campaign} · {self.decision}"
