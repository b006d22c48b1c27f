"""Transfers of members between units, those at once and those that the receiving unit confirms."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from records.access import changeable, seen
from records.forms.transfers import AnswerForm, RefusalForm, TransferForm
from records.models import Transfer
from records.once import once
from records.paging import capped_count, keyset_page
from records.templatetags.marks import partial_date
from records.views.staff_members import WITH_PLACES, place_of, way_back

LISTED = Transfer.objects.select_related("member", "from_unit__parent", "to_unit__parent", "decision", "answered_by")
NEWEST = ("-asked_at", "-pk")
TO_ANSWER, SENT, ANSWERED = TABS = ("to_answer", "sent", "answered")


@once
def staff_member_transfer(request, public_id):
    """A member sent to another unit: at once where the user keeps both, else when the receiving unit confirms."""
    member = changeable(WITH_PLACES, request.user, public_id=public_id)
    form = TransferForm(
        request.POST if request.method == "POST" else None,
        member=member,
        user=request.user,
        today=timezone.localdate(),
    )
    back = way_back(request, public_id)
    if request.method == "POST" and form.is_valid() and form.done():
        if form.transfer:
            said = _("%(name)s was proposed to %(unit)s. The person moves when that unit confirms.")
        else:
            said = _("%(name)s now belongs to %(unit)s.")
        messages.success(request, said % {"name": member.full_name, "unit": form.cleaned_data["unit"].name})
        return redirect(back["cancel_url"])
    context = {"form": form, "member": member, "place": place_of(member)} | back
    return render(request, "records/staff_member_transfer.html", context)


def staff_transfer_list(request):
    """Transfers that wait for one's answer, those that one's units sent, and those answered."""
    user = request.user
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else TO_ANSWER
    seen_by = LISTED.visible_to(user)
    rows = {
        TO_ANSWER: lambda: LISTED.to_answer(user),
        SENT: lambda: LISTED.sent(user),
        ANSWERED: lambda: seen_by.exclude(status=Transfer.Status.WAITING),
    }[tab]()
    page = keyset_page(rows, NEWEST, request.GET)
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(rows)
    context = {
        "tab": tab,
        "page": page,
        "rows": [transfer_row(transfer, user) for transfer in page.rows],
        "count": count,
        "capped": capped,
    }
    return render(request, "records/staff_transfer_list.html", context)


def transfer_row(transfer, user):
    """What a row says: of a person outside the user's units only name, year of birth and the unit left."""
    member = transfer.member
    inside = user.is_superuser or any(member.unit_path.startswith(path) for path in user.paths(user.READERS))
    waiting = transfer.status == Transfer.Status.WAITING
    return {
        "transfer": transfer,
        "born": partial_date(member.birth_date, "year"),
        "url": reverse("records:staff_member_detail", args=[member.public_id]) if inside else "",
        "may_answer": waiting and user.may(user.EDITORS, transfer.to_unit.path),
        "may_call_off": waiting and user.may(user.EDITORS, transfer.from_unit.path),
    }


def staff_transfer_accept(request, pk):
    """The receiving unit takes the person."""
    said = _("%(name)s now belongs to %(unit)s.")
    return answer(request, pk, "to_unit", AnswerForm, Transfer.accept, said, "records/staff_transfer_accept.html")


def staff_transfer_refuse(request, pk):
    """The receiving unit sends the person back, saying why."""
    said = _("The transfer of %(name)s was refused; the sending unit sees why.")
    return answer(request, pk, "to_unit", RefusalForm, Transfer.refuse, said, "records/staff_transfer_refuse.html")


def staff_transfer_call_off(request, pk):
    """The sending unit takes its request back."""
    said = _("The transfer of %(name)s was called off.")
    return answer(request, pk, "from_unit", AnswerForm, Transfer.call_off, said, "records/staff_transfer_call_off.html")


def answer(request, pk, side, form_class, act, said, template):
    """Ask, then do it: only a clerk of the unit on that side, and only while the transfer waits."""
    transfer = seen(LISTED, request.user, pk=pk)
    if not request.user.may(request.user.EDITORS, getattr(transfer, side).path):
        raise PermissionDenied
    if transfer.status != Transfer.Status.WAITING:
        messages.warning(request, _("The transfer has been answered meanwhile; look at it again."))
        return redirect(f"{reverse('records:staff_transfer_list')}?tab={ANSWERED}")
    sent = request.method == "POST"
    form = form_class(request.POST if sent else None, transfer=transfer, user=request.user, act=act)
    if sent and form.is_valid() and form.done():
        names = {"name": transfer.member.full_name, "unit": transfer.to_unit.name}
        messages.success(request, said % names)
        return redirect("records:staff_transfer_list")
    context = {"form": form, "row": transfer_row(transfer, request.user), "transfer": transfer}
    return render(request, template, context)
