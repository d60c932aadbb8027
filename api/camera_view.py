"""A camera as the API tells it: its title, how its feed is, what to do about it.

The cameras are those of the configuration in force; a feed nobody reports on is shown
as unknown, never left out.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from alerts.live import LiveCamera
from api.address import CAMERAS
from api.shown import Shown, UtcTime
from sites.schema import CameraSection
from streams.faults import HEALTH_FAULTS, REMEDIES, FeedFault
from streams.feed_status import FeedState, FeedStatus

UNKNOWN: Literal["unknown"] = "unknown"
"""State of a feed no worker tells of."""

FAULTS_ZH: dict[FeedFault, str] = {
    FeedFault.AUTH: "登录被拒",
    FeedFault.NOT_FOUND: "地址不存在",
    FeedFault.REFUSED: "连接被拒",
    FeedFault.UNREACHABLE: "网络不可达",
    FeedFault.TIMEOUT: "连接超时",
    FeedFault.STALLED: "码流中断",
    FeedFault.CORRUPT: "数据损坏",
    FeedFault.UNSUPPORTED: "编码不支持",
    FeedFault.EMPTY: "没有画面",
    FeedFault.ENDED: "播放结束",
    FeedFault.UNRESOLVED: "网关未给出地址",
    FeedFault.FAILED: "意外故障",
    FeedFault.NO_BASIS: "无有效接入依据",
    FeedFault.UNUSABLE: "配置无法使用",
    FeedFault.FROZEN: "画面冻结",
    FeedFault.BLACK: "画面全黑",
    FeedFault.BLURRED: "画面模糊",
    FeedFault.MOVED: "视角偏移",
    FeedFault.LONG_GOP: "关键帧间隔过长",
    FeedFault.CLOCK_JUMP: "时间跳变",
    FeedFault.CLOCK_STEPPED: "主机时钟被调整",
    FeedFault.OVERLOAD: "算力不足",
    FeedFault.RULE_BROKEN: "规则失效",
}


class ShownFault(Shown):
    """One thing wrong with a feed, and what helps."""

    code: Annotated[FeedFault, Field(description="closed list")]
    text_zh: Annotated[str, Field(description="its name, Chinese")]
    is_health: Annotated[bool, Field(description="true: pictures still arrive")]
    remedy: Annotated[str, Field(description="what to do about it")]


class ShownCamera(Shown):
    """One camera of the configuration in force."""

    id: Annotated[str, Field(description="name in the site file")]
    title: Annotated[str, Field(description="shown to people; may be empty")]
    area: Annotated[str, Field(description="district or street team")]
    lat: Annotated[float | None, Field(description="WGS-84, degrees")]
    lon: Annotated[float | None, Field(description="WGS-84, degrees")]
    views: Annotated[tuple[str, ...], Field(description="presets with zones")]
    zones: Annotated[tuple[str, ...], Field(description="names of all its zones")]
    state: Annotated[
        FeedState | Literal["unknown"],
        Field(description="unknown: no worker reports on it"),
    ]
    faults: Annotated[tuple[ShownFault, ...], Field(description="what is wrong now")]
    last_look_at: Annotated[
        UtcTime | None, Field(description="media time of the newest look")
    ]
    seconds_since_last_look: Annotated[
        float | None, Field(description="wall seconds since; null: none in a week")
    ]
    looks: Annotated[int, Field(description="looks counted so far")]
    looks_missed: Annotated[int, Field(description="due and not made, this worker")]
    reconnects: Annotated[int, Field(description="connections after the first")]
    retry_in_s: Annotated[float | None, Field(description="until the next attempt")]
    codec: Annotated[str | None, Field(description="video codec, once known")]
    key_interval_s: Annotated[
        float | None, Field(description="measured interval of key frames, seconds")
    ]
    ring_bytes: Annotated[int, Field(description="encoded packets held, bytes")]
    picture_url: Annotated[
        str | None, Field(description="the newest look's picture, where there is one")
    ]


class CameraList(Shown):
    """All cameras, by name."""

    cameras: Annotated[tuple[ShownCamera, ...], Field(description="the cameras")]


def camera_of(
    name: str, section: CameraSection, live: LiveCamera, now: datetime
) -> ShownCamera:
    """One camera.

    Args:
        name: Its key in the site file.
        section: What stands there.
        live: What its worker last told.
        now: Wall time.
    """
    status = live.status
    look_at = None if live.look is None else live.look.at
    return ShownCamera(
        id=name,
        title=section.title,
        area=section.area,
        lat=section.position.lat if section.position else None,
        lon=section.position.lon if section.position else None,
        views=tuple(section.views),
        zones=tuple(
            sorted({zone for view in section.views.values() for zone in view.zones})
        ),
        state=UNKNOWN if status is None else status.state,
        faults=() if status is None else tuple(map(_fault, faults_of(status))),
        last_look_at=look_at,
        seconds_since_last_look=seconds_since_look(live, now),
        looks=live.looks,
        looks_missed=0 if status is None else status.looks_missed,
        reconnects=0 if status is None else status.reconnects,
        retry_in_s=None if status is None else status.retry_in_s,
        codec=None if status is None else status.codec,
        key_interval_s=None if status is None else status.key_interval_s,
        ring_bytes=0 if status is None else status.ring_bytes,
        picture_url=f"{CAMERAS}/{name}/look.jpg" if look_at else None,
    )


def faults_of(status: FeedStatus) -> tuple[FeedFault, ...]:
    """What is wrong now: what ended the connection first, then health."""
    health = sorted(status.faults)
    return tuple(health) if status.fault is None else (status.fault, *health)


def seconds_since_look(live: LiveCamera, now: datetime) -> float | None:
    """Wall seconds since the newest look, never below 0; None: none in a week."""
    if live.looked_at is None:
        return None
    return round(max(0.0, (now - live.looked_at).total_seconds()), 3)


def _fault(code: FeedFault) -> ShownFault:
    return ShownFault(
        code=code,
        text_zh=FAULTS_ZH[code],
        is_health=code in HEALTH_FAULTS,
        remedy=REMEDIES[code],
    )
