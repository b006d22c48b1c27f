"""Saved views: lists under names that their owner gave them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from records.forms.saved_views import SavedViewForm
from records.models import SavedView
from records.once import once


def staff_view_list(request):
    """One's own views of every list."""
    views = SavedView.objects.visible_to(request.user).order_by("page", "name")
    return render(request, "records/staff_view_list.html", {"views": [(view, address_of(view)) for view in views]})


def address_of(view):
    """The list as the view keeps it; empty where that list is no more."""
    try:
        address = reverse(view.page)
    except NoReverseMatch:
        return ""
    return f"{address}?{view.query}" if view.query else address


@once
def staff_view_add(request):
    """A list as it stands, to be named; `page` and `query` come with the address."""
    sent = request.method == "POST"
    first = {name: request.GET.get(name, "") for name in ("page", "query")}
    form = SavedViewForm(request.POST if sent else None, user=request.user, initial=first)
    if sent and form.is_valid():
        view = form.save()
        messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
        return redirect(address_of(view))
    return render(request, "records/staff_view_add.html", {"form": form})


def staff_view_delete(request, pk):
    """One's own view thrown away; the list itself stays."""
    view = get_object_or_404(SavedView.objects.editable_by(request.user), pk=pk)
    if request.method == "POST":
        view.delete()
        messages.success(request, _("The view “%(name)s” was deleted.") % {"name": view.name})
        return redirect("records:staff_view_list")
    return render(request, "records/staff_view_delete.html", {"view": view})
