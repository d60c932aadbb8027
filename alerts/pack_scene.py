"""What evidence says of a place in words: names and the zone's outline.

Plain values, so that what is burnt into a still can be written beside it, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rules.catalogue import with_codes
from rules.settings import Purpose
from rules.violation import Violation
from sites.dossier_section import DossierSection
from sites.schema import Site

Corners: TypeAlias = tuple[tuple[float, float], ...]
"""A polygon, [x, y] each, 0…1 from the top left of the picture."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in words.

    Attributes:
        camera_title: Name of the camera as people know it.
        act: What is suspected, in Chinese, without 疑似: `人行道违停`.
        zone: Outline of the zone; empty when it is not known (any more).
        dossier: Of the camera; None without one.
        masks: Parts of its view nobody may see; every copy has them painted over.
    """

    camera_title: str
    act: str
    zone: Corners = ()
    dossier: DossierSection | None = None
    masks: tuple[Corners, ...] = ()


SceneOf: TypeAlias = Callable[[Violation], Scene]
"""The scene of a violation; must answer for cameras that were since removed, too."""


def scenes_of(site: Site) -> SceneOf:
    """The scenes of one revision of a site."""
    rows = with_codes(site.codes).rules

    def scene(violation: Violation) -> Scene:
        place = violation.place
        row = rows.get(violation.code)
        act = violation.code if row is None else row.name.zh
        camera = site.cameras.get(place.camera)
        if camera is None:
            return Scene(place.camera, act)
        view = camera.views.get(place.view)
        zones = {} if view is None else view.zones
        zone = zones.get(place.zone)
        outline = () if zone is None else zone.points
        masks = tuple(z.points for z in zones.values() if z.purpose is Purpose.MASK)
        title = camera.title or place.camera
        return Scene(title, act, outline, camera.dossier, masks)

    return scene


def number_of(violation: Violation) -> str:
    """The short number people quote: the first eight digits of the alert's id."""
    return violation.id.hex[:8]
