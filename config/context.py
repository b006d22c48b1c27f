"""What every page's frame shows: whose register it is and how the visitor likes to see it."""

from django.conf import settings
from django.utils import timezone

from config.middleware import theme_of


def site(request):
    """The body's name and address, the chosen theme and the time of the page."""
    return {"site": settings.SITE, "theme": theme_of(request), "now": timezone.localtime()}
