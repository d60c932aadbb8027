"""An evidence file as the API tells it, and the list of an alert's files."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from pydantic import Field

from alerts.alert import AlertId
from alerts.pack import EvidenceFile, Pack, PackId, PackState, Role
from api.address import ALERTS
from api.shown import Shown, ShownBox, UtcTime

ROLES_ZH: dict[Role, str] = {
    Role.FIRST: "首见",
    Role.MID: "过程",
    Role.OPENING: "触发",
    Role.LAST: "最近",
    Role.PANORAMA: "全景",
    Role.PARTY: "目标特写",
    Role.RECHECK: "复查",
    Role.DWELL: "停留过程",
    Role.ARRIVAL: "到达录像",
    Role.CLIP: "录像",
    Role.BOXES: "逐帧目标框",
    Role.SEEN: "记录",
    Role.MANIFEST: "清单",
}


class ShownEvidence(Shown):
    """One file of an alert's evidence."""

    source: Annotated[
        UUID,
        Field(description="pack it belongs to: the violation's, or a look again's"),
    ]
    name: Annotated[str, Field(description="file name, unique within its pack")]
    role: Annotated[Role, Field(description="what it shows")]
    role_zh: Annotated[str, Field(description="what it shows, Chinese")]
    media_type: Annotated[str, Field(description="of the bytes behind `url`")]
    size: Annotated[int, Field(description="number of bytes")]
    sha256: Annotated[str, Field(description="of the bytes, hex; also the ETag")]
    sm3: Annotated[str, Field(description="of the bytes, hex")]
    captured_at: Annotated[
        UtcTime, Field(description="media time of the picture or the clip's true start")
    ]
    ended_at: Annotated[UtcTime | None, Field(description="true end of a clip")]
    parent: Annotated[
        str | None, Field(description="file it is derived from; null: an original")
    ]
    box: Annotated[ShownBox | None, Field(description="the thing in it, 0…1")]
    url: Annotated[str, Field(description="where the bytes are, on this service")]


class EvidenceList(Shown):
    """What is kept of one alert."""

    alert: Annotated[UUID, Field(description="id of the alert")]
    state: Annotated[PackState, Field(description="pending, complete or partial")]
    reasons: Annotated[tuple[str, ...], Field(description="why it is partial, codes")]
    files: Annotated[tuple[ShownEvidence, ...], Field(description="the files")]


def files_of(alert: AlertId, packs: Sequence[Pack]) -> tuple[ShownEvidence, ...]:
    """All files of an alert, pack after pack; none of a pack retention has deleted."""
    return tuple(
        _file_of(alert, pack.id, file)
        for pack in packs
        if not pack.is_erased
        for file in pack.files
    )


def _file_of(alert: AlertId, pack: PackId, file: EvidenceFile) -> ShownEvidence:
    url = f"{ALERTS}/{alert}/evidence/{quote(file.name, safe='')}"
    return ShownEvidence(
        source=pack,
        name=file.name,
        role=file.role,
        role_zh=ROLES_ZH[file.role],
        media_type=file.media_type,
        size=file.stored.size,
        sha256=file.stored.key,
        sm3=file.stored.sm3,
        captured_at=file.captured_at,
        ended_at=file.ended_at,
        parent=file.parent,
        box=ShownBox.of(file.box) if file.box is not None else None,
        url=url if pack == alert else f"{url}?source={pack}",
    )
