"""Evidence packs of a replay: what the live worker would have sealed, as folders.

In: the frames and looks of one case. Out: a folder an alert that `nonsite verify`
accepts, sealed with a key that lies beside them and is no bureau's. They are for
engineers and tests and no evidence: the manifest says who made them (`made_by`).
"""

import shutil
import tempfile
from functools import partial
from hashlib import sha256
from pathlib import Path

from alerts.evidence_keeper import EvidenceKeeper
from alerts.object_store import ObstoreEvidenceStore
from alerts.pack import Pack, PackId, PackState, Role
from alerts.pack_maker import MakerParts
from alerts.pack_manifest import stamp
from alerts.pack_scene import scenes_of
from alerts.pack_shelf import Shelf
from alerts.pack_verifier import MANIFEST, SEAL, SealText, seal_bytes
from alerts.service_key import open_service_key
from base.clock import Clock
from detector.look import Look
from nonsite.program import made_by
from nonsite.replay.load import LoadedCase
from nonsite.ring_cutter import RingCutter, clip_picture_at
from rules.violation import Violation
from streams.frame import Frame
from streams.ring import PacketRing
from streams.still import jpeg

KEY = "replay_key.pem"
MADE_BY = "nonsite replay"
SHELF_BYTES = 256 * 1024 * 1024


class CasePacks:
    """The evidence of one case; its looks must come in order.

    Args:
        folder: Where the packs of all cases go; made when missing.
        loaded: The case.
        ring: The packets of its recording, for clips.
        clock: For the moment a pack is sealed.

    Raises:
        StoreError: The folder cannot be used.
    """

    def __init__(
        self, folder: Path, loaded: LoadedCase, ring: PacketRing, clock: Clock
    ) -> None:
        self._key = open_service_key(folder / KEY)
        self._folder, self._name, self._clock = folder / loaded.name, loaded.name, clock
        self._room = tempfile.TemporaryDirectory(prefix="nonsite-packs-", dir=folder)
        room = Path(self._room.name)
        self._store = ObstoreEvidenceStore(room / "store")
        self._sealed: dict[PackId, Pack] = {}
        parts = MakerParts(
            shelf=Shelf(room / "shelf", SHELF_BYTES),
            store=self._store,
            sink=self,
            scene_of=scenes_of(loaded.site),
            clock=clock,
            made_by=made_by(MADE_BY),
            picture_at=clip_picture_at,
        )
        cutter = RingCutter(lambda _camera: ring)
        section = loaded.site.evidence
        self._keeper = EvidenceKeeper(parts, cutter, section, is_inline=True)

    def send_pack(self, pack: Pack) -> None:
        """Take a pack as the keeper tells of it."""
        if pack.state is not PackState.PENDING:
            self._sealed[pack.id] = pack

    def keep(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Note one judged look."""
        self._keeper.keep(look, partial(jpeg, frame.image), judged)

    def finish(self) -> int:
        """Seal what is open, write every pack down; how many.

        Raises:
            StoreError: The folder cannot be used.
        """
        self._keeper.close()
        for pack in self._sealed.values():
            self._write(pack)
        self._room.cleanup()
        return len(self._sealed)

    def _write(self, pack: Pack) -> None:
        """One pack; that of an earlier replay under the same id is replaced."""
        target = self._folder / str(pack.id)
        if (target / SEAL).is_file():
            shutil.rmtree(target)
        target.mkdir(parents=True, exist_ok=True)
        for file in pack.files:
            if file.role is not Role.MANIFEST:
                with (target / file.name).open("wb") as out:
                    out.writelines(self._store.open_range(file.stored.key))
        raw = self._store.manifest(pack.id)
        (target / MANIFEST).write_bytes(raw)
        text = SealText(
            files={MANIFEST: sha256(raw).hexdigest()},
            parents={},
            withheld=(),
            export={
                "actor": MADE_BY,
                "reason": f"case {self._name}",
                "at": stamp(self._clock.utc_now()),
            },
        )
        (target / SEAL).write_bytes(seal_bytes(self._key, text))
