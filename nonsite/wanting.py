"""What a camera still wants before its rules can see, in words, for `nonsite check`."""

from collections.abc import Mapping

from rich.console import Console

from base.ids import CameraId, ViewName
from nonsite.lines import watched_views
from rules.blindness import Blind
from rules.clause import Why
from sites.schema import CameraSection

REMEDIES: Mapping[Why, str] = {
    Why.NO_SUCH_CLASS: "the model has no such class; another: detector.model",
    Why.NO_PERMIT_FEED: "name a permits file: inputs.permits",
    Why.NO_WEATHER_FEED: "name a weather file: inputs.weather",
    Why.NO_REGISTER: "name an entry register: inputs.entries",
    Why.NO_CALENDAR: "permits bound to working days or holidays need a working "
    "calendar: inputs.calendar: china, kept up by pip install -U chinesecalendar",
    Why.NOT_DRAWN: "draw the attendant_ring of the opening",
    Why.NO_REFERENCE: "take a reference picture: nonsite reference",
}


def tell_wanted(
    console: Console, camera: CameraId, wanted: Mapping[ViewName, tuple[Blind, ...]]
) -> None:
    """One line for each rule, zone and clause that stays unknown, and what would help.

    Those that hold a violation back for ever come first.
    """
    for view, blinds in wanted.items():
        for blind in sorted(blinds, key=lambda one: not one.holds_back):
            remedy = REMEDIES.get(blind.why, "")
            held = "" if blind.holds_back else " [dim](not held back by it)[/]"
            console.print(
                f"[yellow]未观测[/] {camera}/{view}/{blind.zone}: {blind.code} "
                f"{blind.clause} {blind.why.value}; {remedy}{held}",
                soft_wrap=True,
            )


def with_reference(section: CameraSection) -> frozenset[ViewName]:
    """Views of a camera that have a reference picture."""
    return frozenset(
        ViewName(name)
        for name, view in section.views.items()
        if view.reference is not None
    )


def unwatched_views(section: CameraSection) -> tuple[str, ...]:
    """Views that are drawn but never looked at: which one is shown cannot be told."""
    watched = watched_views(section)
    return tuple(name for name in section.views if ViewName(name) not in watched)
