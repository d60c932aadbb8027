"""Codes with the thresholds a zone may override, over HTTP."""

import httpx
import pytest

from api.rule_view import rule_of
from rules.catalogue import shipped_catalogue
from tests.api.conftest import Bench
from tests.api.named import as_person
from tests.api.test_live_routes import ENGINEER

pytestmark = pytest.mark.anyio


async def test_every_code_is_told_with_its_thresholds(
    client: httpx.AsyncClient, bench: Bench
) -> None:
    """By code, with names in both languages, defaults and bounds."""
    as_person(client, bench.services.identity, ENGINEER)

    answer = await client.get("/api/v1/site/rules")

    told = answer.json()["rules"]
    codes = [one["code"] for one in told]
    assert codes == sorted(codes)
    assert set(shipped_catalogue().rules) <= set(codes)
    row = shipped_catalogue().rules["SW-01"]
    shown = next(one for one in told if one["code"] == "SW-01")
    assert shown == rule_of("SW-01", row).model_dump(mode="json")
    dwell = next(one for one in shown["thresholds"] if one["path"] == ["dwell_s"])
    assert (dwell["default"], dwell["least"]) == (row.defaults.dwell_s, 0)
    assert dwell["is_least_excluded"]
