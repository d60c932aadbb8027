"""A look says what it saw, and what it could not tell and why."""

from datetime import UTC, datetime

import pytest

from base.ids import CameraId, ViewName, ZoneName
from detector.look import Look, OpeningState, Unseen

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("differs", "why"),
    [
        pytest.param(None, None, id="untold without a reason"),
        pytest.param(True, Unseen.OCCLUDED, id="told with a reason"),
        pytest.param(False, Unseen.TOO_DARK, id="told with a reason, too"),
    ],
)
def test_opening_has_a_reason_exactly_when_untold(
    differs: bool | None, why: Unseen | None
) -> None:
    """A state that is neither told nor explained is refused."""
    with pytest.raises(ValueError, match="a reason exactly when"):
        OpeningState(ZoneName("pit"), differs, why=why)


def test_bare_look_claims_nothing_about_regions_and_falls() -> None:
    """No regions in a look where nobody watched for them are not "nothing there"."""
    look = Look(CameraId("dock"), ViewName("home"), NOON, (640, 480))

    assert look.regions_unseen is Unseen.NOT_WATCHED
    assert look.falling_unseen is Unseen.NOT_WATCHED
