"""`/site`: the configuration in force, by revision."""

from fastapi import APIRouter, Depends

from alerts.errors import NotFoundError
from api import examples
from api.access import Needs, Right
from api.address import SITE
from api.openapi import answers
from api.services import StateDep
from api.site_view import ShownSite, site_of

router = APIRouter(
    prefix=SITE, tags=["site"], dependencies=[Depends(Needs(Right.READ_SITE))]
)


@router.get("", responses=answers(examples.SITE, 404, 503))
def site(state: StateDep) -> ShownSite:
    """The revision in force and its content."""
    held = state.site.get()
    if held is None:
        raise NotFoundError("no configuration was imported yet")
    return site_of(held.revision)
