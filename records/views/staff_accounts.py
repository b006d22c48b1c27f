"""Accounts, as managers keep them for their own units, and one's own."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from records.access import refuse, seen, taken
from records.forms.accounts import (
    AccountEditForm,
    AccountFilterForm,
    EndPostingForm,
    NewAccountForm,
    PostingForm,
    ReasonForm,
)
from records.models import AuditEvent, Posting, User
from records.once import once
from records.paging import capped_count, keyset_page
from records.sign_in import ask_again, locked, password_link, unlock
from records.templatetags.staff_parts import manages

# Session key of a link that was just made: its account and address, until the account's page has shown it.
LINK = "password_link"


def staff_own_account(request):
    """One's own account: postings, and where password, second step and sessions are kept."""
    return render(request, "records/staff_own_account.html", {"postings": request.user.postings_on()})


def staff_account_list(request):
    """The accounts of people posted in one's units."""
    managers_only(request.user)
    form = AccountFilterForm(request.GET)
    today = timezone.localdate()
    apps = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    postings = Posting.objects.visible_to(request.user).lasting(today).select_related("unit").order_by("unit__path")
    accounts = form.narrow(User.objects.visible_to(request.user).annotate(second_factor=Exists(apps)))
    page = keyset_page(
        accounts.prefetch_related(Prefetch("postings", postings, to_attr="lasting_postings")),
        ("username", "pk"),
        request.GET,
    )
    only_page = page.is_first and not page.next_url
    count, capped = (len(page.rows), False) if only_page else capped_count(accounts)
    context = {"form": form, "page": page, "count": count, "capped": capped, "section": "account"}
    return render(request, "records/staff_account_list.html", context)


def staff_account_detail(request, pk):
    """An account: where it is posted, how it signs in, and what its manager may do."""
    managers_only(request.user, pk)
    account = seen(User.objects, request.user, pk=pk)
    link = request.session.get(LINK, {})
    if link.get("account") == pk:
        del request.session[LINK]
    else:
        link = {}
    postings = Posting.objects.visible_to(request.user).filter(user=account)
    context = {
        "account": account,
        "managed": User.objects.managed_by(request.user).filter(pk=pk).exists(),
        "postings": postings.select_related("unit").order_by("-valid_from", "-pk"),
        "ending": set(ending(request.user, account).values_list("pk", flat=True)),
        "locked": locked(account),
        "second_factor": account.has_second_factor(),
        "needed": account.needs_second_factor(),
        "link": link.get("address"),
        "section": "account",
    }
    return render(request, "records/staff_account_detail.html", context)


@once
def staff_account_add(request):
    """A new account with its first posting; it shows the link by which its owner chooses a password."""
    managers_only(request.user)
    form = NewAccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and (added := form.stored()):
        account, posting = added
        AuditEvent.record("account_added", request=request, subject=account)
        posting.record(request)
        hand_over(request, account)
        messages.success(request, _("The account %(name)s was added.") % {"name": account.username})
        return redirect("records:staff_account_detail", account.pk)
    return render(request, "records/staff_account_add.html", {"form": form, "is_new": True, "section": "account"})


def staff_account_edit(request, pk):
    """Puts an account's name or e-mail address right; a letter sent there may open it, so the password is asked for."""
    account = managed(request.user, pk)
    ask_again(request)
    # A form with errors puts its values into its record; the crumbs name the account as it is.
    context = below(account)
    form = AccountEditForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        form.save()
        AuditEvent.record("account_edited", request=request, subject=account)
        messages.success(request, _("The account %(name)s was saved.") % {"name": account.username})
        return redirect("records:staff_account_detail", pk)
    return render(request, "records/staff_account_edit.html", context | {"form": form})


@once
def staff_account_link(request, pk):
    """Makes a link by which the account's owner chooses a new password."""
    account = managed(request.user, pk)
    ask_again(request)
    if request.method == "POST":
        hand_over(request, account)
        unlock(account)
        messages.success(request, _("The link was made. It is shown this once."))
        return redirect("records:staff_account_detail", pk)
    return render(request, "records/staff_account_link.html", below(account))


@require_POST
def staff_account_unlock(request, pk):
    """Lets an account sign in again that wrong tries had locked."""
    account = managed(request.user, pk)
    unlock(account)
    AuditEvent.record("account_unlocked", request=request, subject=account)
    messages.success(request, _("%(name)s may try to sign in again.") % {"name": account.username})
    return redirect("records:staff_account_detail", pk)


def staff_account_second_factor(request, pk):
    """Removes the second step of somebody whose phone is lost; the next sign-in sets up another where one is needed."""

    def act(account, reason):
        account.forget_second_factor()
        AuditEvent.record("second_factor_removed", request=request, subject=account, reason=reason)
        return _("The second step of %(name)s was removed and every session ended.")

    account = managed(request.user, pk)
    ask_again(request)
    return with_reason(request, account, "records/staff_account_second_factor.html", act)


def staff_account_leave(request, pk):
    """Switches off the account of somebody who leaves: postings end today, sessions at once."""

    def act(account, reason):
        ended = account.leave(timezone.localdate(), reason)
        AuditEvent.record("account_left", request=request, subject=account, reason=reason)
        for posting in ended:
            posting.record(request, reason)
        return _("The account %(name)s was switched off.")

    return with_reason(request, managed(request.user, pk), "records/staff_account_leave.html", act)


def staff_account_back(request, pk):
    """Switches an account on again for somebody who comes back."""

    def act(account, reason):
        account.come_back(reason)
        AuditEvent.record("account_back", request=request, subject=account, reason=reason)
        return _("The account %(name)s was switched on. Give it a posting, and a link if the password is forgotten.")

    return with_reason(request, managed(request.user, pk), "records/staff_account_back.html", act)


@once
def staff_account_post(request, pk):
    """A further posting."""
    account = managed(request.user, pk)
    form = PostingForm(request.POST or None, user=request.user, account=account)
    if request.method == "POST" and form.is_valid() and (posting := form.stored()):
        posting.record(request)
        messages.success(request, _("The posting was saved."))
        return redirect("records:staff_account_detail", pk)
    return render(request, "records/staff_account_post.html", below(account, form=form, is_new=True))


def staff_account_unpost(request, pk, posting):
    """The end of a posting in one's own units; nobody ends or lengthens his own."""
    managers_only(request.user, pk)
    account = seen(User.objects, request.user, pk=pk)
    row = taken(ending(request.user, account), {"pk": posting})
    row = row or refuse(Posting.objects, request.user, {"user": account, "pk": posting})
    form = EndPostingForm(request.POST or None, posting=row)
    if request.method == "POST" and form.is_valid():
        row.end(form.cleaned_data["on"], form.cleaned_data["reason"])
        row.record(request, form.cleaned_data["reason"])
        messages.success(request, _("The posting ends."))
        return redirect("records:staff_account_detail", pk)
    return render(request, "records/staff_account_unpost.html", below(account, form=form, posting=row))


def managers_only(user, pk=None):
    """The pages of accounts are for those who keep them; of an account that is not one's own nothing is said."""
    if not manages(user):
        if pk is not None:
            refuse(User.objects, user, {"pk": pk})
        raise PermissionDenied


def managed(user, pk):
    """The account, where the user answers for it; raises Http404 where he may not even see it."""
    managers_only(user, pk)
    return taken(User.objects.managed_by(user), {"pk": pk}) or refuse(User.objects, user, {"pk": pk})


def ending(user, account):
    """The account's postings that the user may end: those in his own units, nothing of his own or a superuser's."""
    if account.pk == user.pk or (account.is_superuser and not user.is_superuser):
        return Posting.objects.none()
    return Posting.objects.editable_by(user).filter(user=account).lasting(timezone.localdate())


def hand_over(request, account):
    """Make a link for the account's owner, on record, and keep it for the next look at the account's page."""
    request.session[LINK] = {"account": account.pk, "address": password_link(request, account)}
    AuditEvent.record("password_link", request=request, subject=account)


def below(account, **context):
    """The context of a page that does something to an account."""
    address = reverse("records:staff_account_detail", args=[account.pk])
    crumbs = [
        (_("Accounts"), reverse("records:staff_account_list")),
        (account.get_full_name() or str(account), address),
    ]
    return {"account": account, "crumbs": crumbs, "section": "account", **context}


def with_reason(request, account, template, act):
    """Ask why, then do it: `act(account, reason)` returns what to say about it."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            said = act(account, form.cleaned_data["reason"])
        messages.success(request, said % {"name": account.username})
        return redirect("records:staff_account_detail", account.pk)
    return render(request, template, below(account, form=form))
