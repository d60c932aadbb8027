"""Who is where in a view and who went in: one memory of people for all zone rules.

Looks in; out come the persons in each zone, when somebody was last seen in it, and the
crossings of each opening. It belongs to the view, not to a rule, so that two rules
never count two different numbers of people in one pit. Saved and restored with them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from msgspec import Struct, structs

from base.ids import ZoneName
from detector.look import PERSON, Look, Posture, Track
from rules.following import Following, at_openings
from rules.gear import Gear
from rules.geometry import Floats, ZoneAreas, boxes_of
from rules.passage import IN, NOWHERE, Inside, Passage
from rules.presence import Near, Presence, zones_near
from rules.seen_in_zones import Seen, SeenInZones
from rules.settings import Purpose
from rules.state_text import Time, read, text_of
from rules.view_scene import ViewScene
from rules.walker import Walker, persons_in, soles
from rules.way import crossed_at
from rules.zone_cover import ZoneCover

PEOPLE_ZONES = (
    Purpose.OPENING,
    Purpose.ATTENDANT_RING,
    Purpose.WORK_AREA,
    Purpose.HEIGHT_ZONE,
    Purpose.EDGE,
    Purpose.DROP_ZONE,
    Purpose.LADDER_BASE,
)
"""Zones in which people matter one by one."""

SEEN_S = 600.0
"""How long it is remembered who was seen in an attendant ring."""
ATTENDS_S = 5.0
"""An attendant stays in the ring (domain.md CS-01, CS-02): who walks through one of 3 m
at 1.25 m/s is out of it sooner, and so are a flash of the detector and the entrant's
own earlier boxes. Who is missed at the entry is seen soon after it."""
DOWN_S = 5.0
"""Lying still this long is no stumble."""


class _State(Struct):
    version: Literal[1]
    began: Time | None
    last_person: Time | None
    next_number: int
    walkers: list[Walker]
    passages: list[Passage]
    seen: list[Seen]
    down: tuple[Time, Time] | None = None
    gear: Gear | None = None


@dataclass(slots=True)
class People:
    """The people of one view.

    Attributes:
        scene: The view.
        is_watching: Whether anybody asks; if not, nobody is followed.
        began: First look judged.
        last_person: Newest look that showed anybody.
        down: Since when, and until when, somebody was last seen lying still.
        presence: Who is in which zone in this look.
        gear: When gear was last seen in each zone.
        gear_classes: Classes of gear some clause asks the past of.
    """

    scene: ViewScene
    is_watching: bool = True
    gear_classes: frozenset[str] = frozenset()
    began: datetime | None = None
    last_person: datetime | None = None
    down: tuple[datetime, datetime] | None = None
    gear: Gear = field(default_factory=Gear)
    presence: Presence = field(default_factory=Presence)
    _passages: dict[ZoneName, Passage] = field(default_factory=dict)
    _seen: SeenInZones = field(default_factory=SeenInZones)
    _proven: set[int] | None = None
    _entered: dict[ZoneName, tuple[Inside, ...]] = field(default_factory=dict)
    _following: Following = field(default_factory=Following)
    _names: tuple[ZoneName, ...] = ()
    _areas: ZoneAreas | None = None
    _hidden: dict[ZoneName, float] | None = None
    _look: Look | None = None
    _cover: ZoneCover = field(init=False)
    _rings: tuple[ZoneName, ...] = ()

    def __post_init__(self) -> None:
        self._cover = ZoneCover(self.scene, self.scene.of(*PEOPLE_ZONES))
        self._names = self.scene.of(*PEOPLE_ZONES)
        if self._names:
            outlines = [self.scene.zones[name].points for name in self._names]
            self._areas = ZoneAreas(outlines)
        self._passages = {n: Passage(n) for n in self.scene.of(Purpose.OPENING)}
        self._rings = self.scene.of(Purpose.ATTENDANT_RING)

    @property
    def walkers(self) -> Sequence[Walker]:
        """Everybody followed."""
        return self._following.walkers

    @property
    def now(self) -> Mapping[int, Track]:
        """The person of each walker seen in this look, by number."""
        return self._following.now

    def watch(self, look: Look, at: datetime, *, is_blind: bool) -> None:
        """One more look; a blind one moves nothing on.

        Args:
            look: The look.
            at: Its media time, UTC.
            is_blind: Whether it is worth nothing.
        """
        self._look, self._hidden, self._following.now = look, None, {}
        self.presence, self._proven, self._entered = Presence(), None, {}
        if is_blind or not self.is_watching:
            return
        if self._areas is None and self.scene.ground is None:
            if any(track.label == PERSON for track in look.tracks):
                self.last_person = at
            return
        persons = _sized(persons_in(look), look, self.scene)
        if persons:
            self.last_person = at
        if self._areas is None:
            return
        if self.gear_classes:
            self.gear.watch(look, at, self.scene, self.gear_classes)
        self.began = self.began or at
        openings = at_openings(self._passages.values(), at)
        self._following.follow(persons, look, at, openings)
        self._place(at, openings.below)
        self.down = _down_since(self.down, persons, at)

    def seen_in(
        self, zone: ZoneName, without: Iterable[int] = (), lasting_s: float = 0.0
    ) -> Seen | None:
        """The proven person seen in a ring last, over at least `lasting_s`."""
        proven = self._proven
        if proven is None:
            proven = self._proven = {w.number for w in self.walkers if w.is_steady}
        return self._seen.newest_in(zone, proven, without, lasting_s)

    def passage(self, opening: ZoneName) -> Passage:
        """Who is inside `opening`, and the crossings."""
        return self._passages[opening]

    def entered(self, opening: ZoneName) -> tuple[Inside, ...]:
        """Those inside `opening` who are known to have entered, told once a look."""
        if opening not in self._entered:
            self._entered[opening] = self._passages[opening].entered
        return self._entered[opening]

    def hidden_share(self, zone: ZoneName) -> float:
        """Share of `zone` that vehicles or unseen areas hide in this look, 0…1."""
        if self._hidden is None:
            look = self._look
            self._hidden = {} if look is None else self._cover.measure(look)
        return self._hidden.get(zone, 0.0)

    def state(self) -> bytes:
        """Everything remembered, as canonical JSON."""
        return text_of(
            _State(
                1,
                self.began,
                self.last_person,
                self._following.next_number,
                self._following.walkers,
                list(self._passages.values()),
                self._seen.all(),
                self.down,
                self.gear,
            )
        )

    def restore(self, raw: bytes) -> None:
        """Take up a state made by `state()`; openings drawn since begin empty.

        Raises:
            RuleError: It is damaged or of another version.
        """
        state = read(raw, _State, "the saved people")
        self.began, self.last_person = state.began, state.last_person
        self.down, self.gear = state.down, state.gear or Gear()
        self._following = Following(state.walkers, next_number=state.next_number)
        self._passages |= {p.zone: p for p in state.passages if p.zone in self._names}
        self._seen.restore(one for one in state.seen if one.zone in self._names)

    def _place(self, at: datetime, below: Collection[int]) -> None:
        """The zones of everybody seen, and the openings; `below` are out of sight."""
        walkers, now = self._following.walkers, self._following.now
        sides = self._note_zones([w for w in walkers if w.number in now], at)
        for walker in walkers:
            if walker.number not in now and walker.number not in below:
                for zone in walker.still_in(at):
                    self.presence.missed[zone].append(walker)
        for name, passage in self._passages.items():
            column = self._names.index(name)
            passage.watch(walkers, sides[name], at, partial(self._crossed_at, column))
            self._note_attended(passage)
        self._seen.forget(at - timedelta(seconds=SEEN_S))

    def _note_zones(
        self, seen: Sequence[Walker], at: datetime
    ) -> dict[ZoneName, dict[int, tuple[float, float]]]:
        """Note in which zones they are; for each opening, on which side of it."""
        numbers = [walker.number for walker in seen]
        sides = {name: dict.fromkeys(numbers, NOWHERE) for name in self._passages}
        in_rings: dict[ZoneName, list[Walker]] = {ring: [] for ring in self._rings}
        there: list[list[ZoneName]] = [[] for _ in seen]
        edges: list[list[ZoneName]] = [[] for _ in seen]
        for index, name, share, is_near in self._zones_near(seen):
            if name in sides:
                sides[name][numbers[index]] = (share, float(is_near))
            if share >= IN or (is_near and name in sides):
                there[index].append(name)
                if name in in_rings:
                    in_rings[name].append(seen[index])
            elif is_near:
                edges[index].append(name)
        for walker, names, beside in zip(seen, there, edges, strict=True):
            walker.edges = walker.jittered(beside) if beside else ()
            walker.zones = (*names, *walker.edges)
            for zone in walker.zones:
                self.presence.shown[zone].append(walker)
        for ring, attendants in in_rings.items():
            self._seen.note(ring, attendants, at)
        return sides

    def _zones_near(self, seen: Sequence[Walker]) -> Iterator[Near]:
        if self._areas is None or self._look is None:
            return iter(())
        wide_px, high_px = self._look.size_px
        return zones_near(seen, self._names, self._areas, high_px / wide_px)

    def _crossed_at(self, column: int, walker: Walker) -> datetime:
        """When one seen outside an opening and inside it now crossed its outline."""
        areas, look = self._areas, self._look
        if areas is None or look is None:
            return walker.last
        aspect = look.size_px[0] / look.size_px[1]

        def inside(boxes: Floats) -> Floats:
            return areas.shares(boxes)[:, column]

        before = self._following.before[walker.number]
        again = self._following.again.get(walker.number)
        if again is not None and inside(soles(boxes_of([again[0]])))[0] >= IN:
            # was in by then
            walker = structs.replace(walker, box=again[0], last=again[1])
        return crossed_at(walker, before, inside, aspect)

    def _note_attended(self, passage: Passage) -> None:
        """Whether somebody else was in the ring when each one entered, or since."""
        if not passage.inside:
            return
        rings = self.scene.related(passage.zone, Purpose.ATTENDANT_RING)
        inside = passage.followed_as()
        seen = [self.seen_in(ring, inside, lasting_s=ATTENDS_S) for ring in rings]
        last = max((one.last for one in seen if one is not None), default=None)
        for one in passage.inside:
            if rings and not one.is_attended:
                one.is_attended = last is not None and last >= one.at


def _down_since(
    known: tuple[datetime, datetime] | None, persons: Sequence[Track], at: datetime
) -> tuple[datetime, datetime] | None:
    """Since when, and until when, somebody was last seen lying still."""
    bodies = [person.body for person in persons if person.body is not None]
    lying = [b.still_s for b in bodies if b.posture is Posture.LYING]
    if not lying or max(lying) < DOWN_S:
        return known
    began = at - timedelta(seconds=max(lying))
    if known is not None and known[1] >= began:
        began = min(known[0], began)
    return began, at


def _sized(persons: list[Track], look: Look, scene: ViewScene) -> list[Track]:
    """Without shadows and posters, where the ground tells how high a person is."""
    ground, aspect = scene.ground, look.size_px[0] / look.size_px[1]
    if ground is None:
        return persons
    return [p for p in persons if ground.is_person_sized(p.box, aspect)]
