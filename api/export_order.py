"""What leaves with one pack of an alert, for a single export and a selection alike."""

from alerts.alert import Alert
from alerts.exporter import ExportOrder
from alerts.pack import Pack
from api.who import actor_of
from identity.person import Person
from identity.right import ROLES_ZH


def export_order(
    alert: Alert, pack: Pack, caller: Person, reason: str, *, is_masked: bool
) -> ExportOrder:
    """The order for `pack`, one of the packs of `alert`.

    The label is that of the source the pack is about, since it decides whose head is
    blurred; the standing is the alert's, so only its own pack has it.
    """
    labels = {one.violation.id: one.violation.label for one in alert.sources}
    return ExportOrder(
        pack=pack.id,
        actor=actor_of(caller),
        reason=reason,
        label=labels.get(pack.violation, alert.violation.label),
        standing=alert.standing if pack.id == alert.id else None,
        is_masked=is_masked,
        taker_zh=_printed(caller),
    )


def _printed(caller: Person) -> str:
    """Who takes it out, as a court reads it: name, login, roles, certificate."""
    roles = "、".join(ROLES_ZH[role] for role in sorted(caller.roles))
    held = caller.certificate
    certificate = f"执法证号 {held}" if held else "无执法证号"
    return f"{caller.full_name or caller.name}（{caller.name}，{roles}，{certificate}）"
