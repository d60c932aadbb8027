"""The ground while somebody calibrates it, as the API takes and tells it."""

from typing import Annotated

from pydantic import Field, model_validator

from api.shown import Shown
from api.taken import Taken
from rules.ground_fit import FitProblem, GroundFit

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=16, le=20_000)]
MOST_POINTS = 50


class TakenGroundPoint(Taken):
    """A point somebody measured on the ground."""

    picture: Annotated[
        tuple[Share, Share], Field(description="[x, y], 0…1 from the top left")
    ]
    metres: Annotated[
        tuple[Metres, Metres], Field(description="[x, y] from any origin")
    ]


class TakenPerson(Taken):
    """Somebody who stands upright in the picture."""

    left: Annotated[Share, Field(description="0…1")]
    top: Annotated[Share, Field(description="of the head, 0…1")]
    right: Annotated[Share, Field(description="0…1")]
    bottom: Annotated[Share, Field(description="of the feet, 0…1")]

    @model_validator(mode="after")
    def _stands(self) -> "TakenPerson":
        if self.left >= self.right or self.top >= self.bottom:
            msg = "left lies before right, top above bottom"
            raise ValueError(msg)
        return self


class TakenPeople(Taken):
    """Standing people as they stand on a page."""

    boxes: Annotated[
        tuple[TakenPerson, ...],
        Field(max_length=MOST_POINTS, description="upright, near and far"),
    ]
    height_m: Annotated[
        float, Field(gt=0.5, lt=2.5, description="how high they are taken to be")
    ]
    fov_deg: Annotated[
        float, Field(gt=5, lt=170, description="horizontal angle of view")
    ]
    picture_px: Annotated[
        tuple[Pixels, Pixels], Field(description="width and height of the picture")
    ]


class TakenGround(Taken):
    """Points, or people, as they stand on a page."""

    points: Annotated[
        tuple[TakenGroundPoint, ...],
        Field(max_length=MOST_POINTS, description="measured points"),
    ] = ()
    people: Annotated[
        TakenPeople | None, Field(description="instead of points: standing people")
    ] = None

    @model_validator(mode="after")
    def _one_kind(self) -> "TakenGround":
        if self.points and self.people is not None:
            msg = "takes points or people, not both"
            raise ValueError(msg)
        return self


class ShownGround(Shown):
    """How points or people fit the ground they make; nothing is kept."""

    problem: Annotated[
        FitProblem | None, Field(description="why they make no ground; null: they do")
    ]
    off_m: Annotated[
        tuple[float | None, ...],
        Field(
            description="metres each point lies from where the ground puts it, or each "
            "person is too high (+) or too low (-), null: not on it; empty while there "
            "is no ground; four points always fit"
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
