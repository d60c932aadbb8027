"""`/site/ground`: how points or people fit the ground they make, as they are placed."""

from fastapi import APIRouter

import api.ground_examples as examples
from api.access import SiteEditor
from api.address import SITE
from api.ground_view import ShownGround, TakenGround, ground_of
from api.openapi import answers
from detector.box import Box
from rules.ground_fit import fit_of, fit_of_people

router = APIRouter(prefix=SITE, tags=["site"])


@router.post("/ground", responses=answers(examples.GROUND, 401, 403, 413, 422))
def ground(body: TakenGround, caller: SiteEditor) -> ShownGround:
    """How far each is off, and a grid of metres to look at; keeps nothing."""
    del caller
    people = body.people
    if people is not None:
        width, height = people.picture_px
        boxes = [Box(one.left, one.top, one.right, one.bottom) for one in people.boxes]
        aspect = width / height
        return ground_of(fit_of_people(boxes, people.height_m, aspect, people.fov_deg))
    picture = [point.picture for point in body.points]
    return ground_of(fit_of(picture, [point.metres for point in body.points]))
