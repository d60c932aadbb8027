"""Examples of drafts and revisions, for OpenAPI."""

from api import examples
from api.draft_view import (
    AppliedRevision,
    ChangeList,
    CheckedDraft,
    PutInForce,
    RevisionList,
    RevisionSummary,
    ShownChange,
    ShownProblem,
)

SITE = examples.SITE
_AT = examples.SUMMARY.changed_at
_DIGEST = examples.SITE.revision
_BEFORE = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
_POINTS = "cameras.campus.views.home.zones.kerb.points"
_CHANGE = ShownChange(
    path=_POINTS,
    before=[[0.1, 0.5], [0.9, 0.5], [0.9, 0.9]],
    after=[[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]],
)

CHECKED = CheckedDraft(
    revision=None,
    problems=(ShownProblem(path=_POINTS, message="needs 3 points"),),
    changes=(),
)
KEPT = RevisionSummary(
    revision=_DIGEST, created_at=_AT, author="chen.gong", note="人行道区域改到路缘石"
)
REVISIONS = RevisionList(
    applied=(
        AppliedRevision(
            number=2,
            revision=_DIGEST,
            at=_AT,
            author="chen.gong",
            reason="人行道区域改到路缘石",
        ),
    ),
    drafts=(KEPT,),
)
CHANGES = ChangeList(revision=_DIGEST, against=_BEFORE, changes=(_CHANGE,))
APPLIED = PutInForce(revision=_DIGEST, is_new=True, is_told=True)
