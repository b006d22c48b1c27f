"""Walking the admin as a browser does: open a page, change what it shows, send it."""

from datetime import date

from django.forms import FileField
from django.test import Client
from django.urls import reverse


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page(name, obj=None, verb=None):
    """The address of an admin page: page("unit_add"), page("unit_change", unit), page("unit_verb", unit, "rename")."""
    app = "campaigns" if name.split("_")[0] in CAMPAIGNS else "records"
    args = [arg for arg in (obj and obj.pk, verb) if arg]
    return reverse(f"admin:{app}_{name}", args=args)


CAMPAIGNS = {"campaign", "activity", "exemplar", "inspection", "registration", "tally", "unitplan"}


def shown(form):
    """What a form would send if nobody touched it."""
    data = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if isinstance(value, date):
            value = value.strftime("%d/%m/%Y")
        empty = value is None or value is False or value in ("", [])
        if not empty and not isinstance(field, FileField):
            data[form.add_prefix(name)] = value
    return data


def filled(response):
    """What an add or change page would send as it stands."""
    data = shown(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        data |= shown(inline.formset.management_form)
        for form in inline.formset.initial_forms:
            data |= shown(form)
    return data


def send(client, address, **changes):
    """Open a page, change some fields (`__` stands for the dash of inline names), send it."""
    data = filled(client.get(address))
    data |= {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(address, {k: v for k, v in data.items() if v is not None})


def errors(response):
    """Every error a form page shows, as one text."""
    found = [str(response.context["adminform"].form.errors)]
    for inline in response.context["inline_admin_formsets"]:
        found += [str(inline.formset.errors), str(inline.formset.non_form_errors())]
    return " ".join(found)


def new_award(at, **fields):
    """The fields of an inline award at a place of the page; rows are counted by the caller."""
    return {f"awards-{at}-{name}": value for name, value in fields.items()}


def queries_of(client, address, django_assert_max_num_queries, limit=12):
    """How many queries a page takes, at most `limit`."""
    with django_assert_max_num_queries(limit) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
