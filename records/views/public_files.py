"""Files that staff keep: scans of decisions and plans. Photos on public pages have an address of their own."""

from django.apps import apps
from django.db.models import FileField
from django.http import FileResponse, Http404

from records.models import AuditEvent


def file_download(request, name):
    """A file of a record the signed-in user may see, always as a download; every look leaves a line in the audit trail.

    Whoever may not see its record learns no more than that there is no such file.
    """
    if "\x00" in name:
        raise Http404
    for model, field in file_fields():
        record = model.objects.visible_to(request.user).filter(**{field.name: name}).first()
        if record is not None:
            break
    else:
        raise Http404
    kept = getattr(record, field.name)
    try:
        opened = kept.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    AuditEvent.record("file_read", request=request, subject=record, label=name)
    return FileResponse(
        opened,
        as_attachment=True,
        filename=name.rpartition("/")[2],
        headers={
            "X-Content-Type-Options": "nosniff",
            # What a browser is told to open anyway must not run here.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )


def file_fields():
    """Every model that keeps files and has a scope, with the field."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and hasattr(model._default_manager, "visible_to"):
                yield model, field
