"""One camera's looker: a frame in, a look out; no pixel goes further.

The same frames in the same order give the same looks, to the last bit, on one
machine: nothing here reads a clock or a random number. One instance per camera and
view; it is called from one thread at a time, while the network is shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from base.ids import CameraId, ViewName
from detector.background_store import BackgroundStore, MemoryBackgroundStore
from detector.box import Box
from detector.coverage import Polygon, ZoneArea, areas_masked
from detector.crops import DEFAULT_MOST, CropLimits, CropPlan, plan_crops
from detector.detections import Detections
from detector.heads import HeadClassifier
from detector.hiding import shares_hidden
from detector.joining import join, kinds_of
from detector.look import (
    Head,
    Look,
    Naming,
    Track,
    TrackId,
    Unseen,
    UnseenArea,
    ViewMatch,
)
from detector.masks import blackened
from detector.network import Network
from detector.person_heads import PersonHeads
from detector.senses import MOVERS, NO_PICTURE, Senses, Sensing
from detector.settings import DetectorSection
from detector.sideways import Sideways
from detector.steadying import Steadying
from detector.thumbnail import signature_at
from detector.tracking import Tracking
from detector.view_fingerprint import Seen, ViewFingerprint, shifted_back
from streams.faults import FeedFault
from streams.frame import Frame, ImageBGR

SMALLEST_PICTURE_PX = 16
"""A picture with a shorter side shows nothing that could be judged."""

BODY = frozenset({"person", "helmet", "bare_head"})
"""Persons and parts of them: no signature is made of their pixels."""


@dataclass(frozen=True, slots=True)
class LookerSettings:
    """What a looker needs to know of its camera.

    Attributes:
        camera: Whose pictures.
        view: The preset the zones were drawn in.
        zones: Places that matter; none: the whole frame is looked at.
        masks: Polygons blacked out before anything looks at the picture.
        section: The camera's `detector:` section.
        worker_epoch: What tells this worker's track ids from an earlier worker's.
        senses: What the zones need beyond things with a class.
        reference: What the camera showed when the zones were drawn; None: not kept.
    """

    camera: CameraId
    view: ViewName
    zones: tuple[ZoneArea, ...] = ()
    masks: tuple[Polygon, ...] = ()
    section: DetectorSection = field(default_factory=DetectorSection)
    worker_epoch: int = 0
    senses: Senses = field(default_factory=Senses)
    reference: ImageBGR | None = None


class Looker:
    """Turns frames of one camera into looks."""

    def __init__(
        self,
        settings: LookerSettings,
        network: Network,
        heads: HeadClassifier | None = None,
        backgrounds: BackgroundStore | None = None,
    ) -> None:
        """Keep the networks; they may serve other cameras too.

        Args:
            settings: What to look at.
            network: What looks.
            heads: Tells what persons wear on their heads; None: nobody asks.
            backgrounds: Where the view's background is kept; None: in this object.
        """
        thresholds = network.thresholds
        self._settings = settings
        self._network = network
        self._kinds = kinds_of(network.classes)
        self._classes = frozenset(network.classes)
        scores = network.scores
        if settings.section.score is not None:
            scores = np.full_like(scores, settings.section.score)
        self._least = min(float(scores.min()), thresholds.track_low)
        self._naming = Naming(thresholds.named, thresholds.named_mean)
        self._steadying = Steadying(scores)
        self._tracking = Tracking(thresholds, settings.worker_epoch)
        self._fingerprint = ViewFingerprint(settings.masks, settings.reference)
        self._heads = PersonHeads(heads, network.classes) if heads else None
        store = backgrounds or MemoryBackgroundStore()
        self._sensing = Sensing(
            settings.senses, store, Sideways(network), settings.reference
        )
        movers = [name in MOVERS for name in network.classes]
        self._is_mover = np.array(movers, np.bool_)
        self._plan: CropPlan | None = None
        self._masked = tuple(
            area for polygon in settings.masks for area in areas_masked(polygon)
        )

    @property
    def by_view(self) -> Mapping[ViewName, "Looker"]:
        """Itself, by the view it looks at."""
        return {self._settings.view: self}

    def carry_on(self, before: "Looker") -> None:
        """Go on with the ids and standing things of a looker that ends.

        Args:
            before: What looked at the same view with the same network until now, with
                other zones, masks or reference.
        """
        self._tracking = before._tracking  # noqa: SLF001 - of the same class
        self._steadying = before._steadying  # noqa: SLF001
        self._sensing.carry_on(before._sensing)  # noqa: SLF001

    def crop_plan(self, size_px: tuple[int, int]) -> CropPlan:
        """How pictures of this size are looked at.

        Args:
            size_px: Width and height of the picture.

        Raises:
            ValueError: The picture is empty.
        """
        section = self._settings.section
        limits = CropLimits(
            self._network.input_px,
            section.smallest_person_px,
            section.crops or DEFAULT_MOST,
        )
        return plan_crops(size_px, self._settings.zones, limits)

    def look(self, frame: Frame, seen: Seen | None = None) -> Look:
        """Judge one frame.

        Args:
            frame: The frame.
            seen: Which view it shows, where somebody knows; None: this looker asks.

        Raises:
            ModelError: The network fails.
        """
        size_px = frame.width_px, frame.height_px
        if min(size_px) < SMALLEST_PICTURE_PX:
            nowhere = UnseenArea(Box(0, 0, 1, 1), Unseen.NOT_COVERED)
            return self._look(frame, (), (nowhere,))
        if self._plan is None or self._plan.size_px != size_px:
            self._plan = self.crop_plan(size_px)
        image = blackened(frame.image, self._settings.masks)
        seen = seen or self._seen(frame, image)
        if seen.shift is not None:
            image = shifted_back(image, seen.shift)
        found = self._detect(image, self._plan)
        kinds = self._kinds[found.class_ids]
        ids = self._tracking.update(frame.at, frame.epoch, found, kinds)
        counts = self._steadying.counting(frame.epoch, found, kinds)
        counts |= np.array([name is not None for name in ids], np.bool_)
        tracks = self._tracks(image, found, ids, np.flatnonzero(counts))
        look = self._look(frame, tracks, (*self._plan.unseen, *self._masked))
        look = _with_view(look, seen)
        movers = found.boxes_px[self._is_mover[found.class_ids]]
        return self._sensing.add(look, image, movers)

    def _seen(self, frame: Frame, image: ImageBGR) -> Seen:
        """What the picture says of the camera's only view."""
        match = self._fingerprint.match(
            frame.at, image, is_healthy=not (frame.faults & NO_PICTURE)
        )
        shift = None
        if match is ViewMatch.MATCHED:
            shift = self._fingerprint.sway(frame.at, image)
        return Seen(self._settings.view, match, match is ViewMatch.MOVED, shift)

    def _look(
        self,
        frame: Frame,
        tracks: tuple[Track, ...],
        unseen: tuple[UnseenArea, ...],
    ) -> Look:
        return Look(
            camera=self._settings.camera,
            view=self._settings.view,
            at=frame.at,
            size_px=(frame.width_px, frame.height_px),
            tracks=tracks,
            classes=self._classes,
            epoch=frame.epoch,
            faults=frame.faults,
            unseen=unseen,
            model=self._network.fingerprint,
            naming=self._naming,
            utc_offset_ms=frame.utc_offset_ms,
        )

    def _detect(self, image: ImageBGR, plan: CropPlan) -> Detections:
        crops = [image[c.y : c.bottom, c.x : c.right] for c in plan.crops]
        found = self._network.detect(crops, self._least)
        return join(plan, found, self._kinds, self._network.thresholds.nms_iou)

    def _tracks(
        self,
        image: ImageBGR,
        found: Detections,
        ids: list[TrackId | None],
        rows: NDArray[np.intp],
    ) -> tuple[Track, ...]:
        shown = found.take(rows)
        hidden = shares_hidden(shown.boxes_px)
        size = np.array([image.shape[1], image.shape[0]] * 2, np.float64)
        corners = np.clip(shown.boxes_px / size, 0.0, 1.0)
        heads: list[Head | None] = [None] * len(rows)
        if self._heads is not None:
            heads = self._heads.of(image, found, rows)
        tracks = []
        for row, box_px in enumerate(shown.boxes_px):
            label = self._network.classes[shown.class_ids[row]]
            track = Track(
                box=Box(*corners[row].tolist()),
                label=label,
                score=float(shown.scores[row]),
                height_px=float(box_px[3] - box_px[1]),
                id=ids[rows[row]],
                signature=None if label in BODY else signature_at(image, box_px),
                head=heads[row],
                covered=hidden[row],
            )
            tracks.append(track)
        return tuple(tracks)


def _with_view(look: Look, seen: Seen) -> Look:
    """The look with what is known of the camera's view."""
    lost = {FeedFault.MOVED} if seen.is_lost else set()
    return replace(look, view_match=seen.match, faults=look.faults | lost)
