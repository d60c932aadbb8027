"""Domain error in, problem details out: the one table error -> status.

Every answer that is no success is `application/problem+json` (RFC 9457). Domain errors
know no HTTP, so the mapping stands here and nowhere else. 422 is kept for payloads and
queries that are malformed; what is merely absent, busy or refused has its own status.
What nobody expected is caught by `api/boundary.py`, never shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from alerts.errors import (
    EvidenceBrokenError,
    NoAlarmError,
    NotFoundError,
    OvertakenError,
    ReasonMissingError,
    StoreError,
    StoreUnavailableError,
)
from base.errors import ConfigError, NonsiteError, StoppedError
from base.redact import redact
from cases.errors import (
    CaseError,
    ClaimedError,
    ConflictError,
    GateError,
    IllegalStepError,
    LeaseLostError,
    TooLateError,
)
from identity.errors import (
    ForgedRequestError,
    LockedOutError,
    PasswordPolicyError,
    ProviderError,
    RolesError,
    TakenNameError,
    UnknownCallerError,
    WrongLoginError,
)
from sites.draft import KeyProblem

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
"""How long a client is asked to wait when a store is away: the forwarder's first
retries fall into that time."""


class RangeError(NonsiteError):
    """A range of a file was asked for that cannot be given.

    Attributes:
        size: Number of bytes the file has.
    """

    def __init__(self, text: str, size: int) -> None:
        super().__init__(text)
        self.size = size


class QueryError(NonsiteError):
    """A parameter is well formed by itself and still means nothing.

    Attributes:
        field: Path of the parameter, `query.cursor`.
    """

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class DraftError(NonsiteError):
    """A draft of the site cannot be kept.

    Attributes:
        problems: By key path.
    """

    def __init__(self, problems: Sequence[KeyProblem]) -> None:
        super().__init__("the draft has problems, see errors")
        self.problems = tuple(problems)


class NoPictureError(NonsiteError):
    """No worker holds the camera now, or too many look at it; ask again."""


class TooMuchError(NonsiteError):
    """More was asked for at once than one answer carries."""


class RefusedError(NonsiteError):
    """The caller may not do this."""


class MediaTypeError(NonsiteError):
    """A body of a kind that is not taken."""


class FieldProblem(BaseModel):
    """What is wrong with one field of a payload or query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Annotated[str, Field(description="path of the field, `query.limit`")]
    message: Annotated[str, Field(description="what is wrong with it")]


class Problem(BaseModel):
    """An error as RFC 9457 problem details."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[str, Field(description="names the kind of problem, stable")]
    title: Annotated[str, Field(description="the kind in English, stable")]
    title_zh: Annotated[str, Field(description="the kind in Chinese, stable")]
    status: Annotated[int, Field(description="the HTTP status, repeated")]
    detail: Annotated[str, Field(description="what happened this time")]
    instance: Annotated[
        str, Field(description="names this occurrence; the log has it as `name`")
    ]
    errors: Annotated[
        tuple[FieldProblem, ...],
        Field(description="one entry a malformed field; empty for other kinds"),
    ] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name, status and titles."""

    name: str
    status: int
    title: str
    title_zh: str

    @property
    def type(self) -> str:
        """The URI that names the kind; it is a name, nothing lies behind it."""
        return f"urn:nonsite:problem:{self.name}"


UNEXPECTED = Kind("unexpected", 500, "Unexpected failure", "服务内部错误")
MALFORMED = Kind("malformed", 422, "Malformed request", "请求格式有误")
NOT_FOUND = Kind("not_found", 404, "Not found", "未找到")
NO_WORKER = Kind("no_worker", 503, "No picture now", "暂无画面")
NOT_READY = Kind("not_ready", 503, "Not ready", "服务未就绪")
UNAVAILABLE = Kind("unavailable", 503, "Store unavailable", "存储暂不可用")
BAD_RANGE = Kind("range", 416, "Range not satisfiable", "请求范围无效")
REFUSED = Kind("refused", 403, "Refused", "无权访问")
UNKNOWN_CALLER = Kind("unknown_caller", 401, "Log in", "请先登录")
WRONG_HOST = Kind("wrong_host", 421, "Wrong host", "主机名不被接受")
TOO_LARGE = Kind("too_large", 413, "Request too large", "请求过大")

TABLE: tuple[tuple[type[NonsiteError], Kind], ...] = (
    (NotFoundError, NOT_FOUND),
    (NoAlarmError, Kind("no_alarm", 409, "No alarm", "没有需要知悉的告警")),
    (StoreUnavailableError, UNAVAILABLE),
    (OvertakenError, Kind("overtaken", 409, "Changed meanwhile", "已被他人修改")),
    (EvidenceBrokenError, Kind("broken", 409, "Evidence is locked", "证据已锁定")),
    (ReasonMissingError, Kind("reason", 422, "A reason is missing", "须填写事由")),
    (StoreError, Kind("store", 500, "Store failed", "存储故障")),
    (RangeError, BAD_RANGE),
    (QueryError, MALFORMED),
    (DraftError, MALFORMED),
    (RefusedError, REFUSED),
    (TooMuchError, TOO_LARGE),
    (NoPictureError, NO_WORKER),
    (UnknownCallerError, UNKNOWN_CALLER),
    (WrongLoginError, Kind("login", 401, "Login refused", "用户名或密码不正确")),
    (LockedOutError, Kind("locked", 429, "Too many tries", "尝试次数过多")),
    (ForgedRequestError, Kind("forged", 403, "Not from the desk", "请求来源不可信")),
    (PasswordPolicyError, Kind("password", 422, "Weak password", "密码强度不足")),
    (RolesError, Kind("roles", 409, "Roles refused", "角色不能兼任")),
    (TakenNameError, Kind("name_taken", 409, "Name taken", "名称已存在")),
    (ProviderError, Kind("provider", 403, "Login service refused", "统一登录失败")),
    (GateError, Kind("gate", 409, "A legal gate is closed", "不满足法定条件")),
    (ClaimedError, Kind("claimed", 409, "Claimed by another", "他人正在审核")),
    (LeaseLostError, Kind("lease_lost", 409, "Lease lost", "领取已过期")),
    (IllegalStepError, Kind("step", 409, "Not from here", "当前状态不允许")),
    (TooLateError, Kind("too_late", 409, "Too late", "已超过时限")),
    (ConflictError, Kind("conflict", 409, "Already done otherwise", "已另行处理")),
    (CaseError, Kind("case", 409, "Refused", "无法办理")),
    (MediaTypeError, Kind("media_type", 415, "Wrong media type", "文件类型不支持")),
    (StoppedError, Kind("stopping", 503, "Service is stopping", "服务正在停止")),
    (ConfigError, Kind("config", 409, "Configuration refused", "配置不被接受")),
    (NonsiteError, UNEXPECTED),
)
"""Domain error -> kind; the first row that fits counts, so subclasses stand first."""

HTTP_KINDS: dict[int, Kind] = {
    kind.status: kind
    for kind in (
        Kind("bad_request", 400, "Bad request", "请求有误"),
        Kind("method", 405, "Method not allowed", "方法不被允许"),
        NOT_FOUND,
        TOO_LARGE,
    )
}
"""What the framework itself answers, in the same words."""


def kind_of(error: NonsiteError) -> Kind:
    """The kind of problem a domain error is."""
    return next(kind for known, kind in TABLE if isinstance(error, known))


def problem(
    kind: Kind, detail: str, instance: str, errors: Sequence[FieldProblem] = ()
) -> Response:
    """The answer that tells `kind`; credentials are taken out of `detail`."""
    body = Problem(
        type=kind.type,
        title=kind.title,
        title_zh=kind.title_zh,
        status=kind.status,
        detail=redact(detail),
        instance=instance,
        errors=tuple(
            FieldProblem(field=redact(one.field), message=redact(one.message))
            for one in errors
        ),
    )
    headers = {"Cache-Control": "no-store"}
    if kind.status == UNAVAILABLE.status:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return Response(
        body.model_dump_json(),
        status_code=kind.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def request_id(request: Request) -> str:
    """The name `api/boundary.py` gave this request, `urn:uuid:…`."""
    return str(request.scope.get("nonsite.request_id", ""))


def install(app: FastAPI) -> None:
    """Let every error of `app` be told as problem details."""
    app.add_exception_handler(NonsiteError, _domain)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)


def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, NonsiteError)
    _record(request, error)
    kind = kind_of(error)
    detail = str(error) if kind is not UNEXPECTED else "see the log of the service"
    errors: list[FieldProblem] = []
    if isinstance(error, QueryError):
        errors = [FieldProblem(field=error.field, message=str(error))]
    elif isinstance(error, DraftError):
        errors = [
            FieldProblem(field=f"content.{one.path}".rstrip("."), message=one.message)
            for one in error.problems[:MOST_FIELDS]
        ]
    response = problem(kind, detail, request_id(request), errors)
    if isinstance(error, LockedOutError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, RangeError):
        response.headers["Content-Range"] = f"bytes */{error.size}"
    return response


def _record(request: Request, error: NonsiteError) -> None:
    """A closed legal gate and a wrong upload leave a mark, with whose they are."""
    caller = getattr(request.state, "caller", None)
    if caller is None or not isinstance(error, GateError | MediaTypeError):
        return
    is_gate = isinstance(error, GateError)
    action = "gate.refused" if is_gate else "upload.refused"
    why = error.gate if isinstance(error, GateError) else "media type"
    refusals = request.app.state.nonsite.services.identity.refusals
    refusals.note(caller, action, request.url.path, why)


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldProblem(
            field=".".join(str(part)[:100] for part in found["loc"]),
            message=_message(found["type"], found["msg"]),
        )
        for found in error.errors()[:MOST_FIELDS]
    ]
    return problem(
        MALFORMED, "the request is malformed, see errors", request_id(request), errors
    )


MOST_FIELDS = 20
"""A query of ten thousand unknown keys needs no answer of ten thousand lines."""


def _message(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no such parameter"
    return message.removeprefix("Value error, ")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = HTTP_KINDS.get(
        error.status_code,
        Kind("http", error.status_code, "Request refused", "请求被拒绝"),
    )
    response = problem(kind, str(error.detail), request_id(request))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response
