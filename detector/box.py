"""An axis-aligned box: 0…1 from the top left, independent of resolution."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, right, bottom as shares of the picture's width and height.

    Raises:
        ValueError: The corners are not ordered or a value is no number.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not (self.x1 <= self.x2 and self.y1 <= self.y2):
            msg = f"a box needs x1 <= x2 and y1 <= y2, found {self}"
            raise ValueError(msg)

    @property
    def area(self) -> float:
        """Share of the picture covered."""
        return (self.x2 - self.x1) * (self.y2 - self.y1)

    @property
    def foot(self) -> tuple[float, float]:
        """Middle of the lower edge: where a standing thing meets the ground."""
        return ((self.x1 + self.x2) / 2, self.y2)

    def overlap(self, other: "Box") -> float:
        """Area shared with `other`, as a share of the picture."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return width * height if width > 0 and height > 0 else 0.0

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0…1; the same in pixels and in shares."""
        shared = self.overlap(other)
        return shared / (self.area + other.area - shared) if shared > 0 else 0.0

    def covered_by(self, other: "Box") -> float:
        """Share of this box that lies under `other`, 0…1."""
        return self.overlap(other) / self.area if self.area > 0 else 0.0
