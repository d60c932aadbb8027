"""Cameras of a worker's share that are not at work, and why.

No valid basis today, or what they are made of cannot be used: both are told as faults
with what to do about it, like those of a feed.
"""

import structlog

from base.clock import Clock, beijing_day
from base.errors import NonsiteError
from base.ids import CameraId
from sites.dossier_section import BasisProblem, basis_problem
from sites.schema import Site
from streams.faults import REMEDIES, FeedFault
from streams.feed_status import FeedState, FeedStatus

AGAIN_S = 60.0
"""A camera that could not be put to work is tried again after so long."""

_log = structlog.get_logger()


class RefusedCameras:
    """Written by the thread that applies revisions, read by any."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._without_basis: dict[CameraId, FeedStatus] = {}
        self._unusable: dict[CameraId, FeedStatus] = {}
        self._reasons: dict[CameraId, str] = {}
        self._tried_s = clock.monotonic_s()

    def with_basis(
        self, site: Site, mine: tuple[CameraId, ...]
    ) -> tuple[CameraId, ...]:
        """The cameras that may be pulled today; the others are told as a fault."""
        refused: dict[CameraId, FeedStatus] = {}
        for camera in mine:
            problem = self._problem(site, camera)
            if problem is None:
                continue
            known = self._without_basis.get(camera)
            if known is None:
                _tell(camera, problem.value, FeedFault.NO_BASIS)
            refused[camera] = known or self._status(FeedFault.NO_BASIS)
        self._without_basis = refused
        lawful = tuple(camera for camera in mine if camera not in refused)
        for camera in self._unusable.keys() - set(lawful):
            self.is_at_work(camera)
        self._tried_s = self._clock.monotonic_s()
        return lawful

    def has_basis(self, site: Site, camera: CameraId) -> bool:
        """Whether somebody may pull it today: it is of the site, with a valid basis."""
        return camera in site.cameras and self._problem(site, camera) is None

    def is_unusable(self, camera: CameraId, error: NonsiteError) -> None:
        """It cannot be put to work as configured; each reason is logged once."""
        if self._reasons.get(camera) != str(error):
            _tell(camera, str(error), FeedFault.UNUSABLE)
        self._reasons[camera] = str(error)
        known = self._unusable.get(camera) or self._status(FeedFault.UNUSABLE)
        self._unusable = self._unusable | {camera: known}

    def is_at_work(self, camera: CameraId) -> None:
        """It is put to work, or no longer wanted: nothing more is told of it."""
        self._reasons.pop(camera, None)
        self._unusable = {c: s for c, s in self._unusable.items() if c != camera}

    def are_due(self) -> bool:
        """Whether one should be tried again: a model or picture may be there now."""
        passed_s = self._clock.monotonic_s() - self._tried_s
        return bool(self._unusable) and passed_s >= AGAIN_S

    def statuses(self) -> dict[CameraId, FeedStatus]:
        """What is told of each."""
        return self._unusable | self._without_basis

    def _problem(self, site: Site, camera: CameraId) -> BasisProblem | None:
        today = beijing_day(self._clock.utc_now())
        return basis_problem(site.cameras[camera].dossier, today)

    def _status(self, fault: FeedFault) -> FeedStatus:
        return FeedStatus(FeedState.WAITING, self._clock.utc_now(), fault=fault)


def _tell(camera: CameraId, reason: str, fault: FeedFault) -> None:
    _log.error(
        "camera.refused", camera_id=camera, reason=reason, remedy=REMEDIES[fault]
    )
