"""Examples of the audit trail, for OpenAPI."""

from alerts.audit import GENESIS, AuditEntry, Deed, entry_hash
from api import examples
from api.audit_view import AuditPage, ShownChain, ShownEntry

_AT = examples.SUMMARY.changed_at
_DEED = Deed(
    "wang",
    "verdict.given",
    f"alert/{examples.SUMMARY.id}",
    {"act": "confirm_clue", "roles": ["reviewer"], "certificate": "33040200123"},
)
_HASH = entry_hash(1, _AT, _DEED, GENESIS)

PAGE = AuditPage(
    entries=(
        ShownEntry.of(
            AuditEntry(
                seq=1,
                at=_AT,
                actor=_DEED.actor,
                action=_DEED.action,
                subject=_DEED.subject,
                detail=_DEED.detail,
                previous=GENESIS,
                hash=_HASH,
            )
        ),
    ),
    next=None,
)
CHAIN = ShownChain(
    after=0, reached=1, first_break=None, head=1, head_hash=_HASH, is_end=True
)
