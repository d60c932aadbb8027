"""`/me/views`: filters of the list of alerts one keeps under a name; nobody else's."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from api.access import AnyCaller
from api.address import ME
from api.openapi import answers
from api.services import State, StateDep
from api.shown import Shown, UtcTime
from api.taken import Taken, Words
from identity.person import Person

MOST_NAME = 60
MOST_QUERY = 2000

Name = Annotated[
    Words,
    Path(
        min_length=1,
        max_length=MOST_NAME,
        pattern=r"^[^/.\s][^/]*$",
        description="what one calls it; no slash, no dot first",
    ),
]


class TakenView(Taken):
    """A filter to be kept."""

    query: Annotated[
        Words, Field(max_length=MOST_QUERY, description="query string of the page")
    ]


class ShownView(Shown):
    """A filter kept under a name."""

    name: Annotated[str, Field(description="what one calls it")]
    query: Annotated[str, Field(description="query string of the page")]
    changed_at: Annotated[UtcTime, Field(description="wall time")]


class ViewList(Shown):
    """All one keeps."""

    views: Annotated[
        tuple[ShownView, ...], Field(description="newest first, at most 30")
    ]


EXAMPLE = ViewList.model_validate(
    {
        "views": [
            {
                "name": "夜间消防通道",
                "query": "code=FL-01&review=queued",
                "changed_at": "2026-11-23T01:00:00Z",
            }
        ]
    }
)

router = APIRouter(prefix=f"{ME}/views", tags=["identity"])


@router.get("", responses=answers(EXAMPLE, 401, 403, 503))
def views(caller: AnyCaller, state: StateDep) -> ViewList:
    """One's own."""
    return _shown(state, caller)


@router.put("/{name}", responses=answers(EXAMPLE, 401, 403, 409, 413, 422, 503))
def keep_view(
    name: Name, body: TakenView, caller: AnyCaller, state: StateDep
) -> ViewList:
    """Keep one; the same name again replaces it."""
    state.services.cases.views.keep(caller, name, body.query)
    return _shown(state, caller)


@router.delete("/{name}", responses=answers(EXAMPLE, 401, 403, 404, 422, 503))
def drop_view(name: Name, caller: AnyCaller, state: StateDep) -> ViewList:
    """Forget one."""
    state.services.cases.views.drop(caller, name)
    return _shown(state, caller)


def _shown(state: State, caller: Person) -> ViewList:
    kept = state.services.cases.views.of(caller)
    return ViewList(
        views=tuple(ShownView.model_validate(one, from_attributes=True) for one in kept)
    )
