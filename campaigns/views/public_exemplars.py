"""Good models for everyone: the list, one with its story, its photos."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from campaigns.forms.exemplars import ExemplarFilter
from campaigns.models import Exemplar, ExemplarPhoto
from records.paging import capped_count, keyset_page
from records.publication import ASK_EACH_TIME, public_page

KEYS = ("-published_at", "-pk")
PAGE = 24


@login_not_required
@public_page
def exemplar_list(request):
    """Published exemplars by campaign, activity and words."""
    form = ExemplarFilter(request.GET)
    found = form.filter(Exemplar.objects.published())
    count, capped = capped_count(found)
    return render(
        request,
        "campaigns/exemplar_list.html",
        {
            "form": form,
            "chips": form.chips(),
            "count": count,
            "capped": capped,
            "page": keyset_page(found.for_list(), KEYS, request.GET, PAGE),
        },
    )


@login_not_required
@public_page
def exemplar_detail(request, public_id):
    """One exemplar, and others of the same campaign, those of the same activity first."""
    exemplars = Exemplar.objects.published().select_related("campaign", "unit", "activity")
    exemplar = get_object_or_404(exemplars, public_id=public_id)
    photos = list(exemplar.photos.order_by("order", "pk"))
    return render(
        request,
        "campaigns/exemplar_detail.html",
        {
            "exemplar": exemplar,
            "photo": photos[0] if photos else None,
            "photos": photos[1:],
            "others": Exemplar.objects.published().beside(exemplar)[:3],
            "updated_at": exemplar.published_at,
        },
    )


@login_not_required
@public_page
def exemplar_photo(request, public_id, pk):
    """A photo of a published exemplar; a reader who has it asks each time, since it may be taken off again."""
    photo = get_object_or_404(ExemplarPhoto.objects.published(), exemplar__public_id=public_id, pk=pk)
    try:
        file = photo.image.open()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": ASK_EACH_TIME, "X-Content-Type-Options": "nosniff"}
    response = FileResponse(file, content_type="image/jpeg", headers=headers)
    # A stored file is never written over: its name tells it from any other.
    return get_conditional_response(request, etag=quote_etag(photo.image.name), response=response)
