"""Two clerks at one record: the second sees what the first did, and nothing of either is lost."""

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from records.forms.suggest import SuggestField


class VersionedForm(forms.ModelForm):
    """Knows the record as it was when the page was opened.

    Where somebody else saved meanwhile, what only they changed is kept, and a field that both changed is an error that
    shows their value; sending the form again puts one's own in its place.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.newest = self.instance.history.order_by("-history_id").first()
            self.initial["version"] = self.newest.history_id if self.newest else None

    def clean(self):
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        opened = cleaned.get("version")
        if self.instance.pk and self.newest and opened and opened != self.newest.history_id:
            base = self.instance.history.filter(history_id=opened).first()
            if base is not None:
                self.reconcile(base, cleaned)
        return cleaned

    def reconcile(self, base, cleaned):
        """Compare what this form, the page it came from and the record now say, field by field."""
        adopted = {}
        for name in [name for name in self.fields if name in cleaned]:
            field = self.tracked(name)
            if field is None:
                continue
            was, theirs = getattr(base, field.attname), getattr(self.newest, field.attname)
            mine = cleaned[name].pk if field.is_relation and cleaned[name] else cleaned[name]
            if theirs == was or (mine or None) == (theirs or None):
                continue
            if (mine or None) == (was or None):
                cleaned[name] = adopted[name] = getattr(self.newest, name)
            else:
                self.add_error(name, self.conflict(name))
        if self.errors:
            self.show(adopted)

    def show(self, adopted):
        """Make the form that comes back know of the newest version, with what only the other person changed in it.

        Otherwise sending it again would undo that unseen.
        """
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.newest.history_id
        for name, value in adopted.items():
            field, box = self.fields[name], self.add_prefix(name)
            if isinstance(field, SuggestField):
                self.data[box] = field.label_of(value) if value else ""
                self.data[f"{box}_key"] = str(value.pk) if value else ""
                continue
            written = field.widget.format_value(field.prepare_value(value))
            if written in (None, False, ""):
                self.data.pop(box, None)
            elif isinstance(written, list):
                self.data.setlist(box, written)
            else:
                self.data[box] = written

    def tracked(self, name):
        """The model's field of a form field, None where the history does not keep it or it is a file."""
        try:
            field = self._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        kept = {field.name for field in self.instance.history.model.tracked_fields}
        return field if field.name in kept and field.get_internal_type() != "FileField" else None

    def conflict(self, name):
        """What the other person wrote, who it was and when."""
        theirs = self.newest
        display = getattr(theirs, f"get_{name}_display", None)
        return _(
            "%(who)s saved “%(value)s” here at %(time)s. Send the form again to put yours in its place, or copy theirs."
        ) % {
            "who": theirs.history_user or _("Somebody else"),
            "value": display() if display else localize(getattr(theirs, name)),
            "time": timezone.localtime(theirs.history_date).strftime("%H:%M %d/%m/%Y"),
        }
