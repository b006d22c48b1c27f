"""Which campaign a list is about, and the columns that its activities are."""

import re

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from records.sheets.planning import BadSetting, Field, Type
from records.vietnamese import fold

OFFERED = 50
# What stands before the proper name of a campaign, in the register or on a list.
PREFIX = re.compile(r"^(?:(?:phong trao|cuoc van dong)(?: thi dua)?|thi dua) ")
DONE = ("Kết quả", "Kết quả thực hiện", "Đã thực hiện", "Thực hiện", "Done")
CHOSEN = ("Đăng ký", "Nội dung đăng ký", "Số lượng đăng ký", "Số lượng")


def find_campaign(context, titles, otherwise=None):
    """(campaign, what to tell of it): the one said for the file, else the one a title names, else `otherwise`.

    Raises BadSetting where there is none, or several.
    """
    rows = Campaign.objects.all() if context.user is None else Campaign.objects.visible_to(context.user, context.on)
    if slug := context.settings.get("campaign"):
        if found := rows.filter(slug=slug).first():
            return found, ""
        raise BadSetting(_("There is no campaign “%(text)s” among those you see.") % {"text": slug})
    named = named_in(rows, titles)
    if len(named) == 1:
        told = _("By its title the list is about the campaign “%(title)s”.")
        return named[0], told % {"title": named[0].title}
    if otherwise is not None and not named:
        return otherwise, ""
    if not named:
        raise BadSetting(_("Say which campaign the list is about."))
    told = "; ".join(campaign.title for campaign in named[:5])
    raise BadSetting(_("Say which campaign the list is about: %(titles)s.") % {"titles": told})


def campaigns_offered(user):
    """(slug, title) of the campaigns a list may be about, the newest first."""
    rows = Campaign.objects.visible_to(user).exclude(status=Campaign.Status.CANCELLED)
    return rows.order_by("-starts_on", "-pk").values_list("slug", "title")[:OFFERED]


def named_in(rows, titles):
    """The campaigns that titles name: of several those with the longest name, and of these those under way."""
    plain = f" {words(' '.join(titles))} "
    best, found = 0, []
    for campaign in rows.order_by("-starts_on", "-pk"):
        title = words(campaign.title)
        names = {title, PREFIX.sub("", title), words(campaign.theme)}
        lengths = [len(name) for name in names if name.count(" ") and f" {name} " in plain]
        if lengths and max(lengths) >= best:
            found = [*(found if max(lengths) == best else []), campaign]
            best = max(lengths)
    under_way = [campaign for campaign in found if campaign.status == Campaign.Status.LAUNCHED]
    return under_way if len(under_way) == 1 else found


def words(text):
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def activity_fields(context, titles):
    """Two columns for each activity of the campaign that the list is about; none while nobody can tell which it is."""
    try:
        campaign, _note = find_campaign(context, titles)
    except BadSetting:
        return ()
    return tuple(found for one in campaign.activities.order_by("order", "pk") for found in fields_of(one))


def fields_of(activity):
    """The columns of what was chosen and what was done of an activity, by its name with or without its measure."""
    name = activity.name
    title = f"{name} ({activity.measure})" if activity.measure else name
    chosen = (name, *(f"{word} {name}" for word in CHOSEN))
    done = tuple(f"{word} {name}" for word in DONE)
    result = _("Result: %(activity)s") % {"activity": title}
    return (
        Field(f"activity:{activity.pk}", title, chosen, type=Type.NUMBER),
        Field(f"done:{activity.pk}", result, done, type=Type.NUMBER),
    )
