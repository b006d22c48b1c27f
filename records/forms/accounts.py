"""Accounts as their managers keep them: looking them up, adding them, posting them, letting them go."""

from django import forms
from django.contrib.auth.forms import UsernameField
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.forms.filters import FilterForm, KnownField, options, search_field
from records.forms.suggest import SuggestField
from records.forms.versions import VersionedForm
from records.models import Posting, Unit, User
from records.vietnamese import normalise

STATES = (("active", _("in use")), ("off", _("switched off")), ("weak", _("without a second step")))

TAKEN = _("This user name is taken. Choose another.")
LABELS = {"last_name": _("Family and middle name"), "first_name": _("Given name"), "email": _("E-mail address")}
HELP = {
    "username": _("What the person types to sign in: letters, figures and . - _ only."),
    "email": _("Only for the letter about a forgotten password, where the site sends mail."),
}


class AccountFilterForm(FilterForm):
    """Conditions on accounts; each is one parameter of the address."""

    q = search_field(_("Name or user name"), _("Name"))
    state = KnownField(required=False, choices=STATES, label=pgettext_lazy("account", "State"))

    @property
    def state_options(self):
        return options(STATES, self.cleaned_data.get("state"))

    def by_q(self, accounts):
        return accounts.search(self.cleaned_data["q"])

    def by_state(self, accounts):
        conditions = {
            "active": Q(is_active=True),
            "off": Q(is_active=False),
            "weak": Q(is_active=True, second_factor=False),
        }
        return accounts.filter(conditions[self.cleaned_data["state"]])


class PostingForm(forms.ModelForm):
    """A posting of an account, over a unit that the manager manages."""

    unit = SuggestField(
        Unit.objects.none(),
        kind="unit",
        label=_("Unit"),
        help_text=_("The role holds there and for everything below it."),
    )

    class Meta:
        model = Posting
        fields = ["role", "unit", "valid_from", "valid_to"]

    def __init__(self, *args, user, account=None, **kwargs):
        super().__init__(*args, **kwargs)
        if account is not None:
            self.instance.user = account
        self.fields["unit"].queryset = Unit.objects.for_roles(user, User.MANAGERS).select_related("parent")
        self.fields["valid_from"].initial = timezone.localdate
        self.fields["valid_from"].help_text = _("Day/month/year.")

    def save(self, commit=True):
        posting = super().save(commit)
        # Whoever was a viewer so far comes to keep records, in the admin as well.
        if commit and posting.role in User.EDITORS and not posting.user.is_staff:
            posting.user.is_staff = True
            posting.user.save(update_fields=["is_staff"])
        return posting

    def stored(self):
        """The posting, saved; None where somebody gave it meanwhile, which the form then says."""
        try:
            with transaction.atomic():
                return self.save()
        except IntegrityError:
            self.add_error(None, _("This person already holds this role at this unit."))

    def _get_validation_exclusions(self):
        # The rules over a posting also look at whose it is.
        return super()._get_validation_exclusions() - ({"user"} if self.instance.user_id else set())


class NamedForm(forms.ModelForm):
    """Whose account it is: a name is never left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("last_name", "first_name"):
            self.fields[name].required = True

    def clean_last_name(self):
        return normalise(self.cleaned_data["last_name"])

    def clean_first_name(self):
        return normalise(self.cleaned_data["first_name"])


class AccountEditForm(NamedForm, VersionedForm):
    """The name and the e-mail address of an account that is there; its user name stays."""

    class Meta:
        model = User
        fields = ["last_name", "first_name", "email"]
        labels, help_texts = LABELS, HELP

    def save(self):
        """Nothing else of the account is written: its owner may be choosing a password meanwhile."""
        self.instance.save(update_fields=self.Meta.fields)


class AccountForm(NamedForm):
    """A person's account; the password is chosen by its owner, through a link."""

    class Meta:
        model = User
        fields = ["last_name", "first_name", "username", "email"]
        field_classes = {"username": UsernameField}
        labels, help_texts = LABELS, HELP

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}

    def clean_username(self):
        name = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(TAKEN)
        return name


class NewAccountForm(AccountForm):
    """An account with its first posting: without one it would open nothing, and no manager could keep it."""

    def __init__(self, data=None, *, user):
        super().__init__(data)
        self.posting = PostingForm(data, user=user)
        self.fields |= {name: self.posting.fields[name] for name in ("unit", "role", "valid_from")}

    def clean(self):
        if not self.posting.is_valid():
            for name in ("unit", "role", "valid_from"):
                # Each box is checked by both forms; what only the posting's rules say is added here.
                if name not in self.errors and name in self.posting.errors:
                    self.add_error(name, self.posting.errors[name])
        return super().clean()

    def stored(self):
        """The account and its posting, saved; None where somebody took the name meanwhile, which the form then says."""
        try:
            with transaction.atomic():
                return self.save()
        except IntegrityError:
            self.add_error("username", TAKEN)

    def save(self):
        """The account, without a password."""
        account = super().save(commit=False)
        posting = self.posting.save(commit=False)
        account.is_staff = posting.role in User.EDITORS
        account.set_unusable_password()
        account.save()
        posting.user = account
        posting.save()
        return account, posting


class ReasonForm(forms.Form):
    """Why something is done to an account; it goes into the audit trail."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self):
        return normalise(self.cleaned_data["reason"])


class EndPostingForm(forms.Form):
    """The first day on which a posting no longer holds, and why."""

    on = forms.DateField(label=_("No longer holds from"), help_text=_("Day/month/year."), initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def __init__(self, *args, posting, **kwargs):
        super().__init__(*args, **kwargs)
        self.posting = posting

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on < self.posting.valid_from:
            raise forms.ValidationError(_("A posting cannot end before it starts."))
        return on
