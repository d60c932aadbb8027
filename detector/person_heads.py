"""Asks the head classifier about the persons of one picture.

In: a picture and what the detector found in it. Out: a `Head` for each person, in the
order of the rows given. The only place where the detector's class names for heads are
known; a detector without them gives no hints, and the search finds heads alone.
"""

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.head_evidence import FoundHeads
from detector.heads import HeadClassifier
from detector.look import PERSON, Head
from streams.frame import ImageBGR

HELMET_CLASS = "helmet"
HEAD_CLASSES = frozenset({HELMET_CLASS, "bare_head"})


class PersonHeads:
    """A head classifier that knows one detector's classes."""

    def __init__(self, classifier: HeadClassifier, classes: tuple[str, ...]) -> None:
        """Keep both.

        Args:
            classifier: May serve other cameras too.
            classes: The detector's, in output order.
        """
        self._classifier = classifier
        self._is_person = np.array([name == PERSON for name in classes], np.bool_)
        self._is_helmet = np.array([name == HELMET_CLASS for name in classes], np.bool_)
        self._is_head = np.array([name in HEAD_CLASSES for name in classes], np.bool_)

    def of(
        self, image: ImageBGR, found: Detections, rows: NDArray[np.intp]
    ) -> list[Head | None]:
        """What the persons among some detections wear.

        Args:
            image: The picture looked at, shape (h, w, 3).
            found: Everything found in it.
            rows: Those asked about; weaker ones own no heads, since a second box on
                one person would take the first one's.

        Returns:
            One entry a row: None where it is no person.

        Raises:
            ModelError: The head network fails.
        """
        heads: list[Head | None] = [None] * len(rows)
        places = np.flatnonzero(self._is_person[found.class_ids[rows]])
        if not len(places):
            return heads
        hints = self.hints(found)
        persons = found.boxes_px[rows[places]]
        said = self._classifier.classify(image, persons, hints=hints)
        for place, head in zip(places, said, strict=True):
            heads[place] = head
        return heads

    def hints(self, found: Detections) -> FoundHeads:
        """The head boxes among some detections."""
        heads = found.take(np.flatnonzero(self._is_head[found.class_ids]))
        is_helmet = self._is_helmet[heads.class_ids]
        return FoundHeads(heads.boxes_px, heads.scores, is_helmet)
