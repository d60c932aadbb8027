"""Probes of addresses and lists of cameras, as the API tells and takes them."""

import json
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, JsonValue, ValidationError

from alerts.command import JobResult, JobState
from api.address import PROBES
from api.camera_view import FAULTS_ZH
from api.shown import Shown, UtcTime
from api.taken import Taken
from base.redact import redact
from streams.faults import FeedFault
from streams.settings import Transport


class TakenProbe(Taken):
    """An address to be tried; a password is named, never sent."""

    looks: Annotated[str, Field(max_length=2000, description="of the small stream")]
    evidence: Annotated[
        str | None, Field(max_length=2000, description="of the main stream")
    ] = None
    login: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z0-9_]{1,64}$",
            description="name of a login the machine has: NONSITE_LOGIN_<NAME>",
        ),
    ] = None
    transport: Annotated[Transport, Field(description="of RTSP")] = Transport.TCP
    timeout_s: Annotated[float, Field(ge=1, le=30, description="for each step")] = 10.0


class ProbedStream(Shown):
    """What one address sends."""

    codec: Annotated[str, Field(description="h264 or hevc")]
    width_px: Annotated[int, Field(description="of a decoded picture")]
    height_px: Annotated[int, Field(description="of a decoded picture")]
    fps: Annotated[float | None, Field(description="measured")]
    key_interval_s: Annotated[
        float | None, Field(description="longest seen; null: longer than watched")
    ]
    has_long_gop: Annotated[
        bool, Field(description="set the camera's key interval to 1 or 2 s")
    ]
    has_b_frames: Annotated[bool, Field(description="pictures out of order")]
    bitrate_kbps: Annotated[float, Field(description="measured")]
    carries_utc: Annotated[bool, Field(description="tells the camera's own clock")]
    watched_s: Annotated[float, Field(description="for how long it was watched")]


class ShownProbe(Shown):
    """How far a probe is, and what it found."""

    job: Annotated[UUID, Field(description="ask again under this id")]
    state: Annotated[
        JobState, Field(description="queued for long: no worker runs on this site")
    ]
    looks: Annotated[ProbedStream | None, Field(description="the small stream")]
    evidence: Annotated[ProbedStream | None, Field(description="the main one")]
    fault: Annotated[FeedFault | None, Field(description="why it failed")]
    fault_zh: Annotated[str, Field(description="its name, Chinese")]
    reason: Annotated[str, Field(description="what happened")]
    remedy: Annotated[str, Field(description="what to do about it")]
    picture_url: Annotated[str | None, Field(description="what it shows")]
    at: Annotated[UtcTime, Field(description="wall time")]


class LineProblem(Shown):
    """What is wrong in one line of a list."""

    line: Annotated[int, Field(description="from 1, the header is 1; 0: the whole")]
    column: Annotated[str, Field(description="empty: the line itself")]
    message: Annotated[str, Field(description="what is wrong and how to mend it")]


class ImportedCameras(Shown):
    """The site with the cameras of a list; nothing is kept: check, keep, apply it."""

    content: Annotated[dict[str, JsonValue], Field(description="the site as drawn")]
    added: Annotated[tuple[str, ...], Field(description="names of new cameras")]
    problems: Annotated[
        tuple[LineProblem, ...], Field(description="lines that were left out")
    ]


def probe_of(result: JobResult) -> ShownProbe:
    """One probe; what a worker told is taken as data."""
    told = _told(result.detail)
    fault = told.get("fault")
    known = FeedFault(fault) if fault in set(FeedFault) else None
    is_done = result.state is JobState.DONE
    return ShownProbe(
        job=result.job,
        state=result.state,
        looks=_stream(told.get("looks")),
        evidence=_stream(told.get("evidence")),
        fault=known,
        fault_zh="" if known is None else FAULTS_ZH[known],
        reason=redact(str(told.get("reason", "")))[:500],
        remedy=str(told.get("remedy", ""))[:500],
        picture_url=f"{PROBES}/{result.job}/picture.jpg" if is_done else None,
        at=result.at,
    )


def _told(detail: str) -> dict[str, Any]:
    try:
        told = json.loads(detail) if detail else {}
    except ValueError:
        return {"reason": detail}
    return told if isinstance(told, dict) else {}


def _stream(told: object) -> ProbedStream | None:
    if not isinstance(told, dict):
        return None
    try:
        width_px, height_px = told.pop("size_px")
        return ProbedStream(width_px=width_px, height_px=height_px, **told)
    except (KeyError, ValueError, TypeError, ValidationError):
        return None
