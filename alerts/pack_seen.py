"""`seen.json`: what was seen, judged and configured, as canonical JSON.

In: the watch at its end and the scene in words. Out: bytes that are the same whenever
the same looks were judged under the same configuration. Original media are not needed
to read it; an officer or a court can follow each clause with its number and limit.
"""

from pydantic import TypeAdapter

from alerts.clause_words import clause_line
from alerts.pack_manifest import canonical, stamp
from alerts.pack_scene import Scene, number_of
from alerts.pack_watch import Watch
from detector.box import Box
from rules.violation import Violation

_VIOLATION = TypeAdapter(Violation)

NOTICE = "系统自动发现的疑似线索，未经执法人员审核不得作为依据。"


def seen_json(watch: Watch, scene: Scene) -> bytes:
    """The bytes of `seen.json`."""
    opened = watch.opened or watch.violation
    return canonical(
        {
            "version": 1,
            "notice": NOTICE,
            "number": number_of(opened),
            "camera_title": scene.camera_title,
            "act": f"疑似{scene.act}",
            "zone": [list(corner) for corner in scene.zone],
            "clauses": [clause_line(clause) for clause in opened.clauses],
            "opened": _VIOLATION.dump_python(opened, mode="json"),
            "newest": _VIOLATION.dump_python(watch.violation, mode="json"),
            "stills": [
                {
                    "role": role.value,
                    "at": stamp(still.at),
                    "box": None if still.box is None else _corners(still.box),
                }
                for role, still in watch.roles()
            ],
            "dwell": [
                {
                    "at": stamp(one.at),
                    "box": None if one.box is None else _corners(one.box),
                }
                for one in watch.thumbs
            ],
            "clip_wanted": {
                "start": None if watch.clip_start is None else stamp(watch.clip_start),
                "end": None if watch.clip_end is None else stamp(watch.clip_end),
            },
            "config": opened.config,
            "model": opened.model,
        }
    )


def _corners(box: Box) -> list[float]:
    return [box.x1, box.y1, box.x2, box.y2]
