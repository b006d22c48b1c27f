"""Public decisions: the list, and each with the awards it gave."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef
from django.shortcuts import get_object_or_404, render

from records.forms.decisions import DecisionFilterForm
from records.models import Award, Decision
from records.paging import CAP, CappedCount, capped_count, keyset_page
from records.publication import public_page
from records.views.public_awards import LISTED, award_rows

BY_LIST = ("list_position", "pk")


@login_not_required
@public_page
def decision_list(request):
    """Published decisions, the newest first, with how many published awards each gave."""
    form = DecisionFilterForm(request.GET)
    decisions = form.narrow(Decision.objects.published())
    given = Award.objects.published().filter(decision=OuterRef("pk")).order_by().values("pk")
    page = keyset_page(decisions.annotate(given=CappedCount(given[: CAP + 1])), ("-issued_on", "-pk"), request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(decisions)
    context = {"form": form, "page": page, "count": count, "capped": capped, "most": CAP}
    return render(request, "records/decision_list.html", context)


@login_not_required
@public_page
def decision_detail(request, pk):
    """A published decision and the published awards it gave, in the order of its own list."""
    decision = get_object_or_404(Decision.objects.published(), pk=pk)
    awards = Award.objects.published().filter(decision=decision)
    page = keyset_page(LISTED.filter(decision=decision), BY_LIST, request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(awards)
    context = {
        "decision": decision,
        "page": page,
        "rows": award_rows(page.rows),
        "count": count,
        "capped": capped,
        "changed": list(decision.award_events.published().select_related("award__type").order_by("pk")[:50]),
        "updated_at": decision.published_at,
    }
    return render(request, "records/decision_detail.html", context)
