"""A draft tried on past alerts, as the API tells and takes it."""

from typing import Annotated

from pydantic import Field

from api.alert_view import AlertSummary
from api.draft_view import Content, ShownProblem
from api.shown import Shown, ShownBox
from api.taken import Taken
from rules.recheck import Because, Fate

BECAUSE_ZH: dict[Because, str] = {
    Because.SAME: "配置未变",
    Because.INSIDE: "在区域内且时长足够",
    Because.NO_VIEW: "草稿中没有该视角",
    Because.NOT_JUDGED: "该处不再判定此规则",
    Because.OUTSIDE: "落在区域之外",
    Because.TOO_SHORT: "停留时长不足",
    Because.EXEMPT: "触及豁免区域，需看画面",
    Because.NEEDS_LOOKS: "需看画面才能判断",
}


class TakenTry(Taken):
    """A draft, and which camera's past it is tried on."""

    content: Content
    camera: Annotated[str, Field(max_length=64, description="name in the site file")]
    hours: Annotated[float, Field(gt=0, le=168, description="how far back")] = 24.0


class TriedAlert(Shown):
    """What would have become of one alert."""

    alert: Annotated[AlertSummary, Field(description="as it was")]
    box: Annotated[ShownBox, Field(description="where it stood, 0…1")]
    fate: Annotated[Fate, Field(description="kept, lost, or unknown without looks")]
    because: Annotated[Because, Field(description="closed list")]
    because_zh: Annotated[str, Field(description="the same, Chinese")]
    share: Annotated[float | None, Field(description="of its footprint in a zone")]
    min_overlap: Annotated[float | None, Field(description="what share is needed")]
    stood_s: Annotated[float | None, Field(description="how long it was seen")]
    dwell_s: Annotated[float | None, Field(description="how long is needed")]


class TriedDraft(Shown):
    """What a draft would have made of past alerts; of new ones it cannot tell."""

    problems: Annotated[
        tuple[ShownProblem, ...], Field(description="not empty: nothing was tried")
    ]
    alerts: Annotated[tuple[TriedAlert, ...], Field(description="newest first, 200")]
    kept: Annotated[int, Field(description="how many")]
    lost: Annotated[int, Field(description="how many")]
    unknown: Annotated[int, Field(description="how many")]
    is_cut: Annotated[bool, Field(description="there were more than 200")]
