"""`/site/ground`: how measured points fit the ground they make, as they are placed."""

from fastapi import APIRouter

import api.ground_examples as examples
from api.access import SiteEditor
from api.address import SITE
from api.ground_view import ShownGround, TakenGround, ground_of
from api.openapi import answers
from rules.ground_fit import fit_of

router = APIRouter(prefix=SITE, tags=["site"])


@router.post("/ground", responses=answers(examples.GROUND, 401, 403, 413, 422))
def ground(body: TakenGround, caller: SiteEditor) -> ShownGround:
    """How far each point is off, and a grid of metres to look at; keeps nothing."""
    del caller
    picture = [point.picture for point in body.points]
    return ground_of(fit_of(picture, [point.metres for point in body.points]))
