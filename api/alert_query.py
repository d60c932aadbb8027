"""The query string of `GET /alerts`, strict: an unknown parameter is an error.

A filter that is silently ignored shows somebody the wrong list.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from alerts.alert import AlertFilter, AlertId
from alerts.pack import PackState
from api.taken import MOST_NAME, Words
from base.ids import CameraId, ZoneName
from cases.blind_rows import SampleOutcome
from cases.life import ReviewState
from cases.queue import SampledAs, both, reviewed_as, sampled_as
from cases.verdict import Reason
from rules.catalogue import CODE
from rules.violation import Life, Phase, Severity
from sites.schema import NAME

MOST_VALUES = 100
"""Values of one filter: more is a list of everything."""

MOST_NAMES = 10
"""People asked for at once: each is a list of its own."""

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times a camera can mean."""


def _meant(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        msg = "lies between the years 2000 and 2200"
        raise ValueError(msg)
    return at


Name = Annotated[str, Field(pattern=NAME)]
Code = Annotated[str, Field(pattern=CODE)]
Beginning = Annotated[
    str, Field(pattern=r"^([0-9a-f]{4,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
]
PersonName = Annotated[Words, Field(min_length=1, max_length=MOST_NAME)]
Time = Annotated[AwareDatetime, AfterValidator(_meant)]


class AlertChoice(BaseModel):
    """Which alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[
        list[Code], Field(max_length=MOST_VALUES, description="catalogue codes")
    ] = []
    camera: Annotated[
        list[Name], Field(max_length=MOST_VALUES, description="any source is of these")
    ] = []
    zone: Annotated[
        list[Name], Field(max_length=MOST_VALUES, description="zones, by name")
    ] = []
    id: Annotated[
        list[Beginning],
        Field(max_length=MOST_VALUES, description="the id or its beginning, hex"),
    ] = []
    decided_by: Annotated[
        list[PersonName],
        Field(
            max_length=MOST_NAMES,
            description="login or full name of who gave a verdict, or its beginning",
        ),
    ] = []
    life: Annotated[list[Life], Field(description="where it stands")] = []
    phase: Annotated[list[Phase], Field(description="grace or due")] = []
    severity: Annotated[list[Severity], Field(description="S1 … S4")] = []
    evidence: Annotated[
        list[PackState], Field(description="pending, complete or partial")
    ] = []
    review: Annotated[
        list[ReviewState], Field(description="what people made of it")
    ] = []
    reason: Annotated[list[Reason], Field(description="of a rejection")] = []
    sample: Annotated[
        list[SampleOutcome], Field(description="what a blind look came to")
    ] = []
    sampled_since: Annotated[
        Time | None, Field(description="that look was drawn at or after")
    ] = None
    sampled_until: Annotated[
        Time | None, Field(description="that look was drawn before")
    ] = None
    since: Annotated[
        Time | None, Field(description="opened at or after, with a zone")
    ] = None
    until: Annotated[Time | None, Field(description="opened before, with a zone")] = (
        None
    )

    @model_validator(mode="after")
    def _in_order(self) -> "AlertChoice":
        if self.since and self.until and self.since >= self.until:
            msg = "since lies before until"
            raise ValueError(msg)
        return self

    def filter(self, blind: frozenset[AlertId]) -> AlertFilter:
        """The same as the store reads it, but for who decided (`api.alert_asked`).

        Args:
            blind: Alerts the caller holds a second look at: a filter must not tell
                what the first person said.
        """
        sampled = SampledAs(
            frozenset(self.sample), self.sampled_since, self.sampled_until
        )
        return AlertFilter(
            cameras=frozenset(CameraId(name) for name in self.camera),
            zones=frozenset(ZoneName(name) for name in self.zone),
            codes=frozenset(self.code),
            lives=frozenset(self.life),
            phases=frozenset(self.phase),
            severities=frozenset(self.severity),
            evidence=frozenset(self.evidence),
            opened_from=self.since,
            opened_until=self.until,
            beginnings=frozenset(one.replace("-", "") for one in self.id),
            within=both(
                reviewed_as(self.review, self.reason, blind),
                sampled_as(sampled, blind),
            ),
        )


class AlertQuery(AlertChoice):
    """Which alerts, and which part of their list."""

    cursor: Annotated[
        str | None, Field(max_length=200, description="`next` of the page before")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="alerts a page")] = 50
