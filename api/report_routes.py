"""`/reports`: figures whose every number opens its rows."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query

from api.access import ReportReader, Triager
from api.address import REPORTS
from api.alert_query import Time
from api.openapi import answers
from api.report_examples import QUALITY, REPORT, WORK
from api.report_shown import quality_of, report_of, work_of
from api.report_view import MyWork, Quality, Report
from api.services import StateDep

router = APIRouter(prefix=REPORTS, tags=["reports"])
Since = Annotated[Time, Query(description="opened at or after, with a zone")]
Until = Annotated[Time, Query(description="opened before, with a zone")]


class By(StrEnum):
    """What a row of a report is."""

    RULE = "rule"
    CAMERA = "camera"


@router.get("", responses=answers(REPORT, 401, 403, 422, 503))
def report(
    caller: ReportReader,
    state: StateDep,
    since: Since,
    until: Until,
    by: Annotated[By, Query(description="a row is a rule, or a camera")] = By.RULE,
) -> Report:
    """Raised, confirmed, rejected by reason, precision, time to review, backlog."""
    return report_of(state, caller, (since, until), by.value)


@router.get("/quality", responses=answers(QUALITY, 401, 403, 422, 503))
def quality(
    caller: ReportReader, state: StateDep, since: Since, until: Until
) -> Quality:
    """Second looks and miss looks: agreement, kappa, precision, miss rate."""
    return quality_of(state, caller, since, until)


@router.get("/me", responses=answers(WORK, 401, 403, 503))
def my_work(caller: Triager, state: StateDep) -> MyWork:
    """One's own pace and spell; there is no such page about others."""
    return work_of(state, caller)
