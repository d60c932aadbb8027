"""Examples of ground points, for OpenAPI."""

from api.ground_view import ShownGround

GROUND = ShownGround(
    problem=None,
    off_m=(0.08, 0.11, 0.05, 0.09, 0.14),
    step_m=1.0,
    grid=(((0.31, 0.52), (0.22, 0.94)), ((0.31, 0.52), (0.62, 0.5))),
)
