"""A campaign with three activities, one of them not counted, and a member of the branch."""

from datetime import date

import pytest

from tests.factories import make_activity, make_member


@pytest.fixture
def cameras(campaign):
    return make_activity(campaign, name="Camera an ninh", measure="chiếc")


@pytest.fixture
def cleaning(campaign):
    return make_activity(campaign, name="Dọn vệ sinh, thu gom rác", measure="")


@pytest.fixture
def activities(lamps, cameras, cleaning):
    return [lamps, cameras, cleaning]


@pytest.fixture
def member(branch):
    return make_member(full_name="Nguyễn Văn Ấn", birth_date=date(1970, 3, 12), unit=branch)


@pytest.fixture
def said(campaign, activities):
    """What every list of these tests says of itself: its campaign."""
    return {"fixed": {"campaign": campaign.slug}}
