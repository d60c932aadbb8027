"""The `ground_plane:` section of a view in the site file."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detector.box import Box
from rules.errors import RuleError
from rules.ground_plane import GroundPlane, from_people, from_points


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GroundPoint(_Section):
    """A point somebody measured on the ground."""

    picture: tuple[float, float] = Field(
        description="where it is seen, [x, y], 0…1 from the top left"
    )
    metres: tuple[float, float] = Field(
        description="where it lies, [x, y] in metres from any origin"
    )


class StandingPeople(_Section):
    """A few people who stand upright, near and far."""

    boxes: tuple[tuple[float, float, float, float], ...] = Field(
        description="left, top, right, bottom of each, 0…1"
    )
    height_m: float = Field(
        default=1.7, gt=0.5, lt=2.5, description="how high they are taken to be"
    )
    fov_deg: float = Field(
        default=70, gt=5, lt=170, description="horizontal angle of view of the camera"
    )
    picture_px: tuple[int, int] = Field(
        default=(1920, 1080), description="width and height of the picture"
    )


class GroundSection(_Section):
    """The ground of a view: measured points, or standing people."""

    points: tuple[GroundPoint, ...] = Field(
        default=(), max_length=50, description="four or more measured points"
    )
    people: StandingPeople | None = Field(
        default=None, description="instead of points: three or more standing people"
    )

    @model_validator(mode="after")
    def _usable(self) -> "GroundSection":
        if bool(self.points) == (self.people is not None):
            msg = "needs either points or people"
            raise ValueError(msg)
        try:
            plane_of(self)
        except RuleError as error:
            raise ValueError(str(error)) from error
        return self


def plane_of(section: GroundSection) -> GroundPlane:
    """The plane of a section.

    Raises:
        RuleError: The points or people make none; says why.
    """
    people = section.people
    if people is None:
        return from_points(
            [point.picture for point in section.points],
            [point.metres for point in section.points],
        )
    try:
        boxes = [Box(*corners) for corners in people.boxes]
    except ValueError as error:
        raise RuleError(str(error)) from error
    width, height = people.picture_px
    if min(width, height) < 1:
        raise RuleError("picture_px must be positive")
    return from_people(boxes, people.height_m, width / height, people.fov_deg)
