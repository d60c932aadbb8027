"""The OpenAPI document: an example of every answer, and problems as they really are.

FastAPI describes its own form of a malformed request, which this service never sends;
here it is replaced by the problem document of `api/errors.py`.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.errors import HTTP_KINDS, MEDIA_TYPE, TABLE, FieldProblem, Kind, Problem

Answers = dict[int | str, dict[str, Any]]
"""The framework's own form of a route's `responses`."""

TITLE = "Nonsite"
ABOUT = (
    "Alerts of off-site enforcement (非现场执法) video monitoring, their evidence and "
    "the cameras they come from. Times are UTC; what an alert says is a suspicion "
    "(疑似…线索) until a named person has reviewed it."
)
_UNWANTED = ("HTTPValidationError", "ValidationError")


def _kinds() -> dict[int, Kind]:
    known = {kind.status: kind for _, kind in reversed(TABLE)}
    return HTTP_KINDS | known


def problem_example(kind: Kind) -> dict[str, Any]:
    """What a problem of this kind looks like."""
    errors = (
        (FieldProblem(field="query.limit", message="should be at most 200"),)
        if kind.status == 422
        else ()
    )
    return Problem(
        type=kind.type,
        title=kind.title,
        title_zh=kind.title_zh,
        status=kind.status,
        detail=kind.title.lower(),
        instance="urn:uuid:0d0f8e7a-3f0c-4a53-9d5a-0b5f6f1c2d3e",
        errors=errors,
    ).model_dump(mode="json")


def problems(*statuses: int) -> Answers:
    """The problems a route may answer with; unexpected failure is always one."""
    kinds = _kinds()
    return {
        status: {
            "description": kinds[status].title,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": problem_example(kinds[status]),
                }
            },
        }
        for status in (*statuses, 500)
    }


def answers(example: BaseModel, *statuses: int) -> Answers:
    """A JSON answer with its example, and the problems beside it."""
    good = {"application/json": {"example": example.model_dump(mode="json")}}
    return {200: {"content": good}, **problems(*statuses)}


def accepted(example: BaseModel, *statuses: int) -> Answers:
    """The same for what is done later: 202."""
    good = {"application/json": {"example": example.model_dump(mode="json")}}
    return {202: {"content": good}, **problems(*statuses)}


def bytes_answers(media_type: str, *statuses: int) -> Answers:
    """An answer of bytes, and the problems beside it."""
    schema = {"type": "string", "format": "binary"}
    content = {media_type: {"schema": schema, "example": "(bytes)"}}
    told: Answers = {200: {"description": "the bytes", "content": content}}
    if 416 in statuses:
        told[206] = {"description": "the range asked for", "content": content}
    return {**told, **problems(*statuses)}


def text_answers(media_type: str, example: str, *statuses: int) -> Answers:
    """An answer of text with its example, and the problems beside it."""
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {200: {"content": content}, **problems(*statuses)}


def picture_body() -> dict[str, Any]:
    """A picture as the body of a request."""
    schema = {"type": "string", "format": "binary"}
    kinds = ("image/jpeg", "image/png")
    content = {kind: {"schema": schema} for kind in kinds}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI) -> None:
    """Let `app` describe itself as it is."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=TITLE,
                version=app.version,
                description=ABOUT,
                routes=app.routes,
            )
            _mend(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _mend(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _UNWANTED:
        schemas.pop(name, None)
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    for operations in document["paths"].values():
        for operation in operations.values():
            _without_frameworks_own(operation["responses"])


def _without_frameworks_own(responses: dict[str, Any]) -> None:
    """Drop the framework's form of 422, and 422 where no parameter can cause it."""
    malformed = responses.get("422", {}).get("content", {})
    malformed.pop("application/json", None)
    if "422" in responses and not malformed:
        del responses["422"]
