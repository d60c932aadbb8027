"""`/site`: the configuration in force, by revision."""

from fastapi import APIRouter

from alerts.errors import NotFoundError
from api import examples
from api.access import SiteReader
from api.address import SITE
from api.openapi import answers
from api.services import StateDep
from api.site_view import ShownSite, site_of

router = APIRouter(prefix=SITE, tags=["site"])


@router.get("", responses=answers(examples.SITE, 401, 403, 404, 503))
def site(caller: SiteReader, state: StateDep) -> ShownSite:
    """The revision in force and its content."""
    del caller
    held = state.site.get()
    if held is None:
        raise NotFoundError("no configuration was imported yet")
    return site_of(held.revision)
