"""What every page's frame shows: whose register it is and how the visitor likes to see it."""

from django.conf import settings
from django.utils import timezone

from config.middleware import THEME_COOKIE, THEMES


def site(request):
    """The body's name and address, the chosen theme and the time of the page."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {"site": settings.SITE, "theme": theme if theme in THEMES else "auto", "now": timezone.localtime()}
