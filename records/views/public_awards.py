"""Public awards: the list, its spreadsheet, and the page of each, which is its permanent address."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, When
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from records.forms.awards import AwardFilterForm, canonical_code
from records.models import Award, AwardType
from records.paging import CAP, capped_count, counted_page
from records.publication import public_page
from records.qr import qr_path
from records.sheets.writing import CHUNK, Column, csv_chunks, in_blocks
from records.templatetags.marks import partial_date, seal, standing

NEWEST = ("-decided_on", "-decision_id", "list_position", "pk")
# Only what a row shows: whole models of awards, decisions and types cost half the page's time.
SHOWN = (
    "pk", "public_id", "recipient_name", "recipient_position", "recipient_unit",
    "period_start", "period_end", "status", "decided_on", "list_position", "decision_id",
    "decision__number", "decision__issuer", "decision__issued_precision", "decision_public",
    "type__name", "type__level", "type__mark",
)  # fmt: skip
LISTED = (
    Award.objects.published()
    # A number and no date: reading fifty dates with their time zones takes as long as the query.
    .annotate(decision_public=Case(When(decision__published_at__isnull=False, then=1), default=0))
    .values_list(*SHOWN, named=True)
)


@login_not_required
@public_page
def award_list(request):
    """Published awards by what the address asks for; a short code typed into the search box leads to its award."""
    form = AwardFilterForm(request.GET)
    if award := form.by_short_code():
        return redirect(award)

    def narrow(awards):
        return form.narrow(awards.published())

    page, count, capped = counted_page(LISTED, narrow, NEWEST, request.GET, searched=form.is_searched)
    context = {
        "form": form,
        "page": page,
        "rows": award_rows(page.rows),
        "count": count,
        "capped": capped,
        "alternatives": [] if page.rows else list(suggestions(form, Award.objects.published())),
    }
    return render(request, "records/award_list.html", context)


def suggestions(form, awards):
    """For an empty list: what would be found with one condition fewer."""
    for name, n in form.alternatives(awards):
        yield {"name": form.described(name), "url": form.query(without=name), "count": min(n, CAP), "capped": n > CAP}


def award_rows(awards):
    """What each row of a list of awards says; words, marks and decisions that rows share are made once."""
    here, decisions = reverse("records:award_list"), {}
    levels = {value: own_words(capfirst(label)) for value, label in in_words(AwardType.Level).items()}
    standings = {status: own_words(standing(status)) for status in Award.Status.values}
    rows = []
    for award in awards:
        if award.decision_id not in decisions:
            decisions[award.decision_id] = decision_cell(award)
        rows.append(
            {
                "url": f"{here}{award.public_id}/",
                "mark": seal(award.type__mark, "seal void" if award.status == Award.Status.REVOKED else "seal"),
                "name": award.recipient_name,
                "place": ", ".join(filter(None, (award.recipient_position, award.recipient_unit))),
                "type": award.type__name,
                "level": levels[award.type__level],
                "period": period(award.period_start, award.period_end),
                "decision": decisions[award.decision_id],
                "standing": standings[award.status],
            }
        )
    return rows


def decision_cell(award):
    """What a row says of its award's decision."""
    return {
        # A decision whose number nobody has found yet goes by its issuer.
        "number": award.decision__number or award.decision__issuer,
        "css": "late no" if award.decision__number else "late",
        "url": f"{reverse('records:decision_list')}{award.decision_id}/" if award.decision_public else "",
        "date": partial_date(award.decided_on, award.decision__issued_precision),
    }


def own_words(text):
    """The page's own words among a decision's Vietnamese: marked with their language where it is another."""
    language = get_language()
    return text if language == "vi" else format_html('<span lang="{}">{}</span>', language, text)


def period(start, end):
    """The years an award is for, on one line: "2019", "2018 – 2019" or nothing."""
    if start and end and start != end:
        return f"{start}\u00a0–\u00a0{end}"
    return str(start or end or "")


@login_not_required
@public_page
def award_detail(request, public_id):
    """An award as a certificate: its standing, what the decision wrote, its history, how to verify it."""
    code = canonical_code(public_id)
    if code is None:
        raise Http404
    if code != public_id:
        return redirect("records:award_detail", code, permanent=True)
    awards = Award.objects.published().select_related("decision", "type", "unit", "member", "collective")
    award = get_object_or_404(awards, public_id=code)
    events = list(award.events.select_related("decision").order_by("-occurred_on", "-pk"))
    address = request.build_absolute_uri(award.get_absolute_url())
    path, side = qr_path(address)
    context = {
        "award": award,
        "place": ", ".join(filter(None, (award.recipient_position, award.recipient_unit))),
        "period": period(award.period_start, award.period_end),
        "latest": events[0] if events else None,
        "history": history(award, events),
        "siblings": capped_count(Award.objects.published().filter(decision=award.decision_id)),
        "qr": {"path": path, "box": f"-4 -4 {side + 8} {side + 8}"},
        "address": address,
        "address_parts": address.partition("://")[2].rstrip("/").split("/"),
        "updated_at": award.published_at,
    }
    return render(request, "records/award_detail.html", context)


def history(award, events):
    """What happened to the award in public, the newest first: its corrections, its publication, its granting."""
    entries = [
        {"kind": event.kind, "on": event.occurred_on, "event": event, "changes": changes(event)} for event in events
    ]
    entries.append({"kind": "publish", "on": timezone.localdate(award.published_at)})
    entries.sort(key=lambda entry: entry["on"], reverse=True)
    return [*entries, {"kind": "grant", "on": award.decided_on}]


# What a correction may show: the words of the decision, never a column a later version adds.
CORRECTED = {
    "recipient_name": gettext_lazy("name"),
    "salutation": gettext_lazy("form of address"),
    "recipient_position": gettext_lazy("position"),
    "recipient_unit": gettext_lazy("unit"),
    "period_start": gettext_lazy("achievement from year"),
    "period_end": gettext_lazy("to year"),
    "reason": gettext_lazy("achievement"),
}


def changes(event):
    """The label, old and new words of everything a correction changed."""
    return [
        {"label": label, "was": event.was[name], "became": event.became.get(name, "")}
        for name, label in CORRECTED.items()
        if name in event.was
    ]


@login_not_required
def award_csv(request):
    """The filtered list as a spreadsheet: public columns only, however long, in constant memory."""
    form = AwardFilterForm(request.GET)
    awards = form.narrow(Award.objects.published()).order_by(*NEWEST)
    address = request.build_absolute_uri(reverse("records:award_list"))
    name = f"khen-thuong-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_pieces(awards, address),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            # As long as the register: made anew for each reader.
            "Cache-Control": "no-store",
        },
    )


def csv_pieces(awards, address):
    """The sheet in pieces, header first; `address` is what public ids are added to.

    Its words are chosen now: the pieces are asked for when the reader's language is no longer in force.
    """
    kinds, statuses = in_words(Award.RecipientKind), in_words(Award.Status)
    levels, modes = in_words(AwardType.Level), {"": "", **in_words(Award.Mode)}
    columns = csv_columns()
    rows = awards.values_list(
        "recipient_name", "salutation", "recipient_kind", "recipient_position", "recipient_unit", "type__name",
        "type__level", "mode", "period_start", "period_end", "reason", "decision__number", "decided_on",
        "decision__issued_precision", "decision__issuer", "status", "public_id",
    )  # fmt: skip

    def blocks():
        for block in in_blocks(rows.iterator(chunk_size=CHUNK)):
            name, salutation, kind, position, unit, award, level, mode, start, end, reason = block[:11]
            number, decided_on, precision, issuer, status, public_id = block[11:]
            yield [
                name, salutation, [kinds[one] for one in kind], position, unit, award, [levels[one] for one in level],
                [modes[one] for one in mode], [str(one or "") for one in start], [str(one or "") for one in end],
                reason, number, [partial_date(*one) for one in zip(decided_on, precision, strict=True)], issuer,
                [statuses[one] for one in status], [f"{address}{one}/" for one in public_id],
            ]  # fmt: skip

    return csv_chunks(columns, blocks())


def in_words(choices):
    """The labels of choices in the language in force."""
    return {value: str(label) for value, label in choices.choices}


def csv_columns():
    """The columns, in words; described on the page about the register."""
    titles = [
        _("Recipient"), _("Form of address"), _("Kind of recipient"), _("Position as written"), _("Unit as written"),
        _("Award"), _("Level"), _("Ground"), _("Achievement from year"), _("To year"), _("Achievement"),
        _("Decision number"), _("Decision date"), _("Issued by"), _("Status"), _("Permanent address"),
    ]  # fmt: skip
    return [Column(title) for title in titles]
