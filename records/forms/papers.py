"""A box for a paper as a file: a scan, a Word or Excel document, a photo."""

from django import forms
from django.utils.translation import gettext_lazy as _

from records.models.fields import new_public_id
from records.papers import KINDS, ending, is_what_it_says

LARGEST = 20 * 1024 * 1024


class PaperField(forms.FileField):
    """A file of a known kind, by its ending and by its content; kept under a name of our own, `stem` and a code."""

    default_error_messages = {
        "kind": _("“%(name)s” is not a kind of file kept here. Send a PDF, Word or Excel file, a JPG or a PNG."),
        "content": _("“%(name)s” is damaged, holds macros, or is not what its ending says. Save it anew as a PDF."),
        "large": _("“%(name)s” is larger than 20 MB. Scan it in black and white or at a lower resolution."),
        "empty": _("The file is empty. Choose it again."),
    }

    def __init__(self, *, stem="", **kwargs):
        self.stem = stem
        kwargs.setdefault("help_text", _("PDF, Word, Excel, JPG or PNG, 20 MB at most."))
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(f".{end}" for end in KINDS)}))
        super().__init__(**kwargs)

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        named = {"name": upload.name}
        if upload.size > LARGEST:
            raise forms.ValidationError(self.error_messages["large"], code="large", params=named)
        end = ending(upload.name)
        if end not in KINDS:
            raise forms.ValidationError(self.error_messages["kind"], code="kind", params=named)
        if not is_what_it_says(upload.name, upload):
            raise forms.ValidationError(self.error_messages["content"], code="content", params=named)
        upload.name = f"{'-'.join(filter(None, (self.stem, new_public_id())))}.{end}"
        return upload
