"""How much of a pavement's width is left beside a thing that stands on it."""

import numpy as np
import shapely

from detector.box import Box
from rules.geometry import FOOT_SHARE, Points
from rules.ground_plane import GroundPlane


def free_width_m(box: Box, zone: Points, ground: GroundPlane) -> float | None:
    """The widest free stretch across the pavement at the thing, metres.

    Measured along the line across the pavement's length through the thing's foot; None
    where the zone or the foot lies off the ground.
    """
    outline = ground.to_metres(zone)
    top = box.y2 - FOOT_SHARE * (box.y2 - box.y1)
    corners = [(box.x1, box.y2), (box.x2, box.y2), (box.x2, top), (box.x1, top)]
    foot = ground.to_metres(corners)
    if not (np.isfinite(outline).all() and np.isfinite(foot).all()):
        return None
    pavement, thing = shapely.Polygon(outline), shapely.MultiPoint(foot).convex_hull
    if not pavement.is_valid or pavement.area <= 0:
        return None
    centred = outline - outline.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    reach = 2 * float(np.hypot(*centred.T).max())
    middle = np.array([thing.centroid.x, thing.centroid.y])
    ends = [middle - reach * axes[1], middle + reach * axes[1]]
    across = shapely.LineString(ends).intersection(pavement)
    free = across.difference(thing)
    parts = getattr(free, "geoms", [free])
    return max((float(part.length) for part in parts), default=0.0)
