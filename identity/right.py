"""What people may do: rights, roles, and the one table that joins them.

A right is what a route asks for; a role is what a person is given. Administration is
split in three, and none of the three sees alerts or evidence: who runs the machines,
who admits people and who reads the audit trail are different people.
"""

from enum import StrEnum


class Right(StrEnum):
    """What a caller may do."""

    READ_ALERTS = "alerts.read"
    READ_EVIDENCE = "evidence.read"
    EXPORT = "evidence.export"
    UNMASK = "evidence.unmask"
    HOLD = "evidence.hold"
    READ_CAMERAS = "cameras.read"
    READ_PICTURES = "pictures.read"
    READ_SITE = "site.read"
    EDIT_SITE = "site.edit"
    CAPTURE = "cases.capture"
    READ_EVENTS = "events.read"
    READ_REVIEWS = "reviews.read"
    WORK_REVIEWS = "reviews.work"
    TRIAGE = "reviews.triage"
    CONFIRM = "reviews.confirm"
    SECOND = "reviews.second"
    SETTLE = "reviews.settle"
    ACKNOWLEDGE = "alarms.acknowledge"
    SHIFT = "shift.work"
    READ_REPORTS = "reports.read"
    ASSIGN_TASKS = "tasks.assign"
    WORK_TASKS = "tasks.work"
    SEND_LEADS = "leads.send"
    READ_LEADS = "leads.read"
    MANAGE_PEOPLE = "people.manage"
    MANAGE_SYSTEM = "system.manage"
    READ_AUDIT = "audit.read"
    SELF = "self"


class Role(StrEnum):
    """What a person is at the bureau."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    SENIOR = "senior"
    LEGAL = "legal"
    OFFICER = "officer"
    AUXILIARY = "auxiliary"
    CONTACT = "contact"
    ENGINEER = "engineer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLES_ZH: dict[Role, str] = {
    Role.VIEWER: "查看员",
    Role.REVIEWER: "审核员",
    Role.SENIOR: "值班长",
    Role.LEGAL: "法制审核",
    Role.OFFICER: "执法队员",
    Role.AUXILIARY: "协辅人员",
    Role.CONTACT: "联系人",
    Role.ENGINEER: "工程师",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}

_LOOK = frozenset(
    {
        Right.SELF,
        Right.READ_ALERTS,
        Right.READ_EVIDENCE,
        Right.READ_CAMERAS,
        Right.READ_PICTURES,
        Right.READ_EVENTS,
        Right.READ_REVIEWS,
    }
)
_REVIEW = _LOOK | {
    Right.WORK_REVIEWS,
    Right.TRIAGE,
    Right.CONFIRM,
    Right.SECOND,
    Right.ACKNOWLEDGE,
    Right.SHIFT,
    Right.READ_REPORTS,
    Right.ASSIGN_TASKS,
    Right.READ_LEADS,
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _LOOK | {Right.READ_REPORTS},
    Role.REVIEWER: _REVIEW,
    Role.SENIOR: _REVIEW
    | {Right.SETTLE, Right.READ_SITE, Right.CAPTURE, Right.EXPORT, Right.HOLD},
    Role.LEGAL: _LOOK
    | {Right.READ_REPORTS, Right.WORK_REVIEWS, Right.SECOND, Right.SETTLE}
    | {Right.EXPORT, Right.UNMASK, Right.HOLD},
    Role.OFFICER: frozenset({Right.SELF, Right.WORK_TASKS}),
    # 浙江省综合行政执法条例 art. 30: auxiliaries help, they do not decide
    Role.AUXILIARY: _LOOK
    | {Right.WORK_REVIEWS, Right.TRIAGE, Right.ACKNOWLEDGE, Right.SHIFT},
    Role.CONTACT: frozenset({Right.SELF, Right.SEND_LEADS}),
    Role.ENGINEER: frozenset(
        {
            Right.SELF,
            Right.READ_CAMERAS,
            Right.READ_PICTURES,
            Right.READ_SITE,
            Right.EDIT_SITE,
            Right.CAPTURE,
            Right.READ_REPORTS,
        }
    ),
    Role.SYSTEM_ADMIN: frozenset(
        {Right.SELF, Right.READ_CAMERAS, Right.READ_SITE, Right.MANAGE_SYSTEM}
    ),
    Role.SECURITY_ADMIN: frozenset({Right.SELF, Right.MANAGE_PEOPLE}),
    Role.AUDIT_ADMIN: frozenset({Right.SELF, Right.READ_AUDIT}),
}
"""Role -> rights; a person with several roles has the rights of all of them."""

CONFLICTS: tuple[frozenset[Role], ...] = (
    frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
    frozenset({Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN}),
    frozenset({Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}),
)
"""Roles one person may not hold together (三员分立)."""
