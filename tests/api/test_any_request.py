"""Whatever OpenAPI allows is sent to every route by each role: answered as described.

No 500, no status, form or media type that the document does not name. Few examples of
each, the same ones each time: this runs with every change; `NONSITE_ANY_REQUESTS=50`
tries more of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from api.app import openapi_document
from api.session_cookie import COOKIE
from base.clock import SystemClock
from cases.intake import ReviewIntake, adopt
from identity.right import Role
from tests.api.conftest import BASE
from tests.api.named import Named, add
from tests.api.stored import staged, store_alerts

if TYPE_CHECKING:
    from tests.api.conftest import Bench

EXAMPLES = int(os.environ.get("NONSITE_ANY_REQUESTS", "4"))
LASTING = ("/events", "/live.mp4")
"""Answers that last; their requests have tests of their own."""

ENDING = ("/logout", "/me/password")
"""What ends the session of the test itself."""

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    phases=(Phase.generate,),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def _headers(bench: Bench, role: Role | None) -> dict[str, str]:
    identity = bench.services.identity
    person = add(identity, Named("somebody", (role or Role.VIEWER,)))
    if role is None:
        return {}
    started = identity.sessions.start(person)
    return {
        "Cookie": f"{COOKIE}={started.secret}",
        "X-CSRF-Token": started.session.csrf,
    }


@pytest.fixture(scope="module")
def cases() -> list[Any]:
    """Requests the document allows, of every operation; made once for all roles."""
    schema = schemathesis.openapi.from_dict(openapi_document())
    found: list[Any] = []
    results: list[Any] = list(schema.get_all_operations())
    for operation in (result.ok() for result in results):
        if operation.path.endswith((*LASTING, *ENDING)):
            continue

        @hypothesis.given(case=operation.as_strategy())
        @SETTINGS
        def draw(case: Any) -> None:
            found.append(case)

        draw()
    assert len({case.operation.label for case in found}) >= 80
    return found


@pytest.mark.parametrize("role", [None, *Role])
def test_whatever_is_allowed_is_answered_as_described(
    bench: Bench, cases: list[Any], role: Role | None
) -> None:
    """Every operation, as this role."""
    store_alerts(bench.database, [staged(1)])
    adopt(bench.database, ReviewIntake(), SystemClock())
    headers = _headers(bench, role)
    client = TestClient(bench.app, base_url=BASE, raise_server_exceptions=False)
    wrong = []
    for case in cases:
        sent = case.as_transport_kwargs(base_url=BASE, headers=headers)
        sent.pop("cookies", None)
        if isinstance(sent.get("data"), bytes | str):
            sent["content"] = sent.pop("data")
        answer = client.request(**sent)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failed:
            wrong.append(f"{case.operation.label}: {failed.exceptions}")

    assert wrong == [], "\n".join(wrong)
