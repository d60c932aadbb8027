"""Which cameras a site judges, and by which codes: what miss looks are drawn from."""

from base.ids import CameraId
from rules.catalogue import merge, shipped_catalogue
from sites.revision import RevisionStore
from sites.schema import CameraSection, Site


def judged_cameras(revisions: RevisionStore) -> dict[CameraId, tuple[str, ...]]:
    """Cameras of the revision in force with the codes judged there; empty before one.

    Raises:
        StoreError: The store cannot be read.
    """
    current = revisions.current()
    if current is None:
        return {}
    site = current.site
    found = {
        CameraId(name): _codes(site, camera) for name, camera in site.cameras.items()
    }
    return {name: codes for name, codes in found.items() if codes}


def _codes(site: Site, camera: CameraSection) -> tuple[str, ...]:
    judged = set()
    for code, row in shipped_catalogue().rules.items():
        for view in camera.views.values():
            for zone in view.zones.values():
                sections = (site.rules, camera.rules, zone.rules)
                merged = merge(row, (section.get(code) for section in sections))
                if zone.purpose in row.zones and merged.enabled:
                    judged.add(str(code))
    return tuple(sorted(judged))
