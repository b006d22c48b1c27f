"""The public page of a person: published awards and nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from records.forms.awards import canonical_code
from records.models import Award, Member, Merge
from records.paging import keyset_page
from records.publication import public_page
from records.views.public_awards import NEWEST, period


@login_not_required
@public_page
def person_detail(request, public_id):
    """A person with published awards: name and awards."""
    code = canonical_code(public_id)
    if code is None:
        raise Http404
    if code != public_id:
        return redirect("records:person_detail", code, permanent=True)
    person = Member.objects.published().filter(public_id=code).first()
    if person is None:
        # A record merged into another leads to it; a merge can be undone, so the browser is not to remember.
        kept = get_object_or_404(Member.objects.published(), merges__in=Merge.objects.of_code(code))
        return redirect("records:person_detail", kept.public_id)
    awards = Award.objects.published().filter(member=person).select_related("decision", "type")
    page = keyset_page(awards, NEWEST, request.GET)
    years = [award.decided_on.year for award in page.rows]
    context = {
        "person": person,
        "page": page,
        "honours": [(award, period(award.period_start, award.period_end)) for award in page.rows],
        # On a later page, or where one follows, the page does not know the whole.
        "span": period(min(years), max(years)) if page.is_first and not page.next_url else "",
        "section": "award",
    }
    return render(request, "records/person_detail.html", context)
