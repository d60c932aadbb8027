"""Several packs in one ZIP, written as it is read: never more than one pack in memory.

Each pack is the same ZIP a single export gives, so that `nonsite verify` takes each;
`contents.csv` says what is inside and what could not be let out, and why. What does not
hold is locked by the exporter and left out, the others go.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from alerts.alert import AlertId
from alerts.errors import EvidenceBrokenError, NotFoundError
from alerts.exporter import EPOCH, Exporter, ExportOrder

CONTENTS = "contents.csv"
HEAD = ("alert", "pack", "file", "sha256", "note")
SIGN = "\ufeff"
"""Tells spreadsheets that a CSV is UTF-8."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One alert of a selection; `order` is None where it has no pack yet."""

    alert: AlertId
    order: ExportOrder | None


def selection_zip(exporter: Exporter, wanted: Sequence[Wanted]) -> Iterator[bytes]:
    """The ZIP in chunks; the act as a whole is put on record by the caller before.

    Raises:
        StoreError: Store or database are away: the ZIP breaks off without its end, and
            no program opens it.
    """
    sink = _Sink()
    rows: list[tuple[str, ...]] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for one in wanted:
            rows.append(_written(archive, exporter, one))
            yield from sink.taken()
        archive.writestr(zipfile.ZipInfo(CONTENTS, EPOCH), _table(rows))
    yield from sink.taken()


def _written(
    archive: zipfile.ZipFile, exporter: Exporter, one: Wanted
) -> tuple[str, ...]:
    """Put one pack in; its row of the contents."""
    alert, order = str(one.alert), one.order
    if order is None:
        return alert, "", "", "", "no evidence yet"
    name = f"{order.pack}.zip"
    try:
        body = exporter.export(order)
    except (EvidenceBrokenError, NotFoundError) as error:
        return alert, str(order.pack), "", "", str(error)
    archive.writestr(zipfile.ZipInfo(name, EPOCH), body)
    return alert, str(order.pack), name, sha256(body).hexdigest(), ""


def _table(rows: Sequence[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(rows)
    return (SIGN + out.getvalue()).encode()


class _Sink(io.RawIOBase):
    """Takes what a ZIP writes; it cannot be gone back in."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, body: object) -> int:
        part = bytes(memoryview(body))  # type: ignore[arg-type]
        self._parts.append(part)
        return len(part)

    def taken(self) -> list[bytes]:
        """What was written since it was last asked."""
        parts, self._parts = self._parts, []
        return parts
