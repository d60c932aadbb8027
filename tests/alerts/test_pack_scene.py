"""Scenes: a site's words for a violation, also when the site has moved on."""

from dataclasses import replace

from alerts.pack_scene import Scene, number_of, scenes_of
from rules.violation import Life
from sites.schema import Site
from tests.alerts.evidence_rig import ZONE, violation

SITE = Site.model_validate(
    {
        "version": 1,
        "name": "district",
        "cameras": {
            "dock_2": {
                "title": "南湖路 3 号杆",
                "feed": {"kind": "file", "path": "a.mp4"},
                "views": {
                    "home": {"zones": {"kerb": {"purpose": "pavement", "points": ZONE}}}
                },
            },
        },
    }
)


def test_scene_has_title_act_and_outline() -> None:
    """Names from site and catalogue, the outline as configured."""
    scene = scenes_of(SITE)(violation(Life.OPEN, 60))

    assert scene == Scene("南湖路 3 号杆", "人行道违停", ZONE)


def test_parts_of_the_view_nobody_may_see_are_named() -> None:
    """Every zone of that purpose, of the violation's view."""
    content = SITE.model_dump(mode="json")
    window = [[0.1, 0.1], [0.2, 0.1], [0.2, 0.3]]
    zones = content["cameras"]["dock_2"]["views"]["home"]["zones"]
    zones["window"] = {"purpose": "mask", "points": window}

    scene = scenes_of(Site.model_validate(content))(violation(Life.OPEN, 60))

    assert scene.masks == (((0.1, 0.1), (0.2, 0.1), (0.2, 0.3)),)


def test_what_is_configured_no_longer_is_named_by_its_key() -> None:
    """A camera, zone or code that was removed does not stop the evidence."""
    said = violation(Life.OPEN, 60)
    empty = Site(version=1, name="empty")
    place = replace(said.place, zone="gone")  # type: ignore[arg-type]

    assert scenes_of(empty)(said) == Scene("dock_2", "人行道违停")
    assert scenes_of(SITE)(replace(said, place=place)).zone == ()
    assert scenes_of(empty)(replace(said, code="XX-99")).act == "XX-99"


def test_number_begins_the_id() -> None:
    """Eight digits are enough to find the alert by."""
    said = violation(Life.OPEN, 60)

    assert str(said.id).startswith(number_of(said))
