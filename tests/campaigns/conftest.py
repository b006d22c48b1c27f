"""A clerk at work in a campaign: the unit above, a branch, an activity, the signed-in client."""

import pytest

from tests.campaigns.grid_pages import signed_in
from tests.factories import make_activity, make_branch, make_campaign, make_staff, make_unit


@pytest.fixture
def root():
    return make_unit()


@pytest.fixture
def branch(root):
    return make_branch(parent=root)


@pytest.fixture
def campaign(root):
    return make_campaign(scope=root)


@pytest.fixture
def lamps(campaign):
    return make_activity(campaign, name="Đèn chiếu sáng", measure="bóng đèn")


@pytest.fixture
def clerk(root):
    return make_staff("clerk", root)


@pytest.fixture
def desk(clerk):
    return signed_in(clerk)
