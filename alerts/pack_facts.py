"""Facts of a pack about to be sealed: watch, scene and files in, `PackFacts` out."""

from collections.abc import Iterable

from alerts.evidence_facts import PackFacts
from alerts.pack import EvidenceFile
from alerts.pack_floors import floors_of
from alerts.pack_scene import Scene
from alerts.pack_watch import Watch
from base.clock import beijing_day
from rules.catalogue import shipped_catalogue


def facts_of(watch: Watch, scene: Scene, files: Iterable[EvidenceFile]) -> PackFacts:
    """What decides whether the pack may be more than a clue."""
    opened = watch.opened or watch.violation
    row = shipped_catalogue().rules.get(opened.code)
    dossier = scene.dossier
    if dossier is None:
        lacks: tuple[str, ...] = ("no_dossier",)
    else:
        lacks = tuple(
            gap.value for gap in dossier.evidence_gaps(beijing_day(opened.at))
        )
    needs = None if row is None else row.evidence
    return PackFacts(
        clock=watch.clock,
        device_lacks=lacks,
        floors=() if watch.recheck is not None else floors_of(files, needs),
        has_view_moved=watch.has_view_moved,
        is_clock_stepped=watch.is_clock_stepped,
    )
