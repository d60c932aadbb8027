"""Ground points while somebody places them, as the API takes and tells them."""

from typing import Annotated

from pydantic import Field

from api.shown import Shown
from api.taken import Taken
from rules.ground_fit import FitProblem, GroundFit

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
MOST_POINTS = 50


class TakenGroundPoint(Taken):
    """A point somebody measured on the ground."""

    picture: Annotated[
        tuple[Share, Share], Field(description="[x, y], 0…1 from the top left")
    ]
    metres: Annotated[
        tuple[Metres, Metres], Field(description="[x, y] from any origin")
    ]


class TakenGround(Taken):
    """Points as they stand on a page."""

    points: Annotated[
        tuple[TakenGroundPoint, ...],
        Field(max_length=MOST_POINTS, description="measured points"),
    ]


class ShownGround(Shown):
    """How the points fit the ground they make; nothing is kept."""

    problem: Annotated[
        FitProblem | None, Field(description="why they make no ground; null: they do")
    ]
    off_m: Annotated[
        tuple[float | None, ...],
        Field(
            description="metres each lies from where the ground puts it, null: not on "
            "it; empty while there is no ground; four points always fit"
        ),
    ]
    step_m: Annotated[float, Field(description="metres between lines of the grid")]
    grid: Annotated[
        tuple[tuple[tuple[float, float], tuple[float, float]], ...],
        Field(description="lines over the points, both ends in the picture"),
    ]


def ground_of(fit: GroundFit) -> ShownGround:
    """One fit."""
    return ShownGround(
        problem=fit.problem, off_m=fit.off_m, step_m=fit.step_m, grid=fit.grid
    )
