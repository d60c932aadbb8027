"""Clauses on what no picture shows, or a class must show: permits, weather, rails."""

from collections.abc import Mapping

from pydantic import Field

from base.ids import ZoneName
from rules.clause import (
    ALWAYS,
    Outcome,
    Thing,
    Truth,
    Why,
    false,
    outcome,
    true,
    unknown,
)
from rules.clause_kind import AnyKind, ClauseKind, Params, Wants, Words
from rules.gear import AT_ZONE
from rules.geometry import boxes_of
from rules.moment import Area, Moment
from rules.permit import Activity
from rules.permit_match import in_force_at_zone, over_since
from rules.settings import Purpose
from rules.things import UNSEEN_WHY

LEVEL_6_MPS = 10.8
"""Wind of level 6, from which work at height stops (domain.md WH-06)."""
LEVEL_5_MPS = 8.0
"""Wind of level 5, a hazard at height: warned of, not yet stopped (domain.md WH-06)."""
HEAVY_RAIN_MM_H = 8.0
"""Heavy rain (大雨) begins about here; domain.md gives no figure, a site may."""


class ActivityParams(Params):
    """What a permit must allow."""

    activities: frozenset[Activity] = Field(
        default=frozenset(Activity), min_length=1, description="what it must allow"
    )


class ClassParams(Params):
    """Which things would make it lawful."""

    classes: frozenset[str] = Field(
        default=frozenset({"barrier"}), min_length=1, description="class names"
    )
    around: tuple[Purpose, ...] = Field(
        default=(), description="zones that belong to it, by purpose"
    )

    @property
    def named(self) -> frozenset[str]:
        """The classes it looks for."""
        return self.classes


class BeforeParams(ClassParams):
    """Which things must have been there, and how long before."""

    before_s: float = Field(
        default=600, ge=0, le=86400, description="from this long before the entry, s"
    )

    @property
    def remembered(self) -> frozenset[str]:
        """All of them."""
        return self.classes


class WeatherParams(Params):
    """From what weather on work must stop."""

    wind_mps: float = Field(
        default=LEVEL_6_MPS, gt=0, description="wind from which work stops, m/s"
    )
    rain_mm_h: float = Field(
        default=HEAVY_RAIN_MM_H, gt=0, description="rain from which work stops, mm/h"
    )


class WindParams(Params):
    """From what wind on."""

    wind_mps: float = Field(default=LEVEL_5_MPS, gt=0, description="wind from, m/s")


class HeightParams(Params):
    """How high."""

    height_m: float = Field(default=5.0, ge=0, description="higher than, metres")


def no_permit_in_force(area: Area, moment: Moment, params: ActivityParams) -> Outcome:
    """No permit allows the work here now; since the last one ended."""
    permits = moment.permits()
    if permits is None:
        return unknown(Why.NO_PERMIT_FEED)
    points = area.section.points
    allowed = in_force_at_zone(permits, params.activities, points, moment)
    if allowed is Truth.UNKNOWN:
        return unknown(Why.NO_CALENDAR)
    if allowed is Truth.TRUE:
        return false(1, 0)
    ended = over_since(permits, params.activities, points, moment.at)
    return true(0, 0, since=ended or ALWAYS)


def none_seen(area: Area, moment: Moment, params: ClassParams) -> Outcome:
    """Nothing of these classes is seen in the zone; unknown to a model without them."""
    if not params.classes & moment.look.classes:
        return unknown(Why.NO_SUCH_CLASS)
    tracks = [t for t in moment.look.tracks if t.label in params.classes]
    columns = [moment.scene.columns[zone] for zone in _around(area, moment, params)]
    shares = moment.scene.outlines.shares(boxes_of([track.box for track in tracks]))
    found = int((shares[:, columns].max(axis=1, initial=0.0) >= AT_ZONE).sum())
    return outcome(found == 0, found, 0)


def none_seen_before_entry(area: Area, moment: Moment, params: BeforeParams) -> Outcome:
    """Nothing of these classes was seen in the zone from before the entry until now.

    Unknown where nobody looked for so long before: the camera was switched on since.
    """
    if not params.classes & moment.look.classes:
        return unknown(Why.NO_SUCH_CLASS)
    entered = moment.people.entered(area.name)
    if not entered:
        return false(0, params.before_s)
    entry, gear = entered[0].at, moment.people.gear
    zones = _around(area, moment, params)
    last, watched = gear.last_seen(zones, params.classes), gear.since
    ago_s = None if last is None else max((entry - last).total_seconds(), 0.0)
    if ago_s is not None and ago_s <= params.before_s:
        return false(ago_s, params.before_s)
    watched_s = 0.0 if watched is None else (entry - watched).total_seconds()
    if watched_s < params.before_s:
        return unknown(Why.NOT_OBSERVED, max(watched_s, 0.0), params.before_s)
    return true(watched_s, params.before_s, since=entry)


def _around(area: Area, moment: Moment, params: ClassParams) -> list[ZoneName]:
    """The zone, and those that belong to it."""
    related = (moment.scene.related(area.name, p) for p in params.around)
    return [area.name, *(zone for zones in related for zone in zones)]


def bad_weather(area: Area, moment: Moment, params: WeatherParams) -> Outcome:
    """The station tells of wind, thunder, heavy rain or fog in which work must stop."""
    del area
    told = moment.context.weather.weather(moment.look.camera, moment.at)
    if told is None:
        return unknown(Why.NO_WEATHER_FEED)
    is_bad = (
        told.wind_mps >= params.wind_mps
        or told.rain_mm_h >= params.rain_mm_h
        or told.is_thunder
        or told.is_fog
    )
    return outcome(is_bad, told.wind_mps, params.wind_mps, since=told.at)


def wind_from(area: Area, moment: Moment, params: WindParams) -> Outcome:
    """The station tells of so much wind; what else the weather does is not asked."""
    del area
    told = moment.context.weather.weather(moment.look.camera, moment.at)
    if told is None:
        return unknown(Why.NO_WEATHER_FEED)
    is_windy = told.wind_mps >= params.wind_mps
    return outcome(is_windy, told.wind_mps, params.wind_mps, since=told.at)


def zone_higher_than(area: Area, moment: Moment, params: HeightParams) -> Outcome:
    """The zone was drawn with a greater height; no camera measures it."""
    del moment
    height_m = area.section.height_m
    if height_m is None:
        return unknown(Why.NOT_DRAWN)
    return outcome(height_m > params.height_m, height_m, params.height_m, since=ALWAYS)


def thing_fell(area: Area, moment: Moment, params: Params) -> Outcome:
    """A small thing was seen falling out of or through the zone."""
    del params
    look = moment.look
    fallen = [one for one in look.falling if one.zone == area.name]
    if fallen:
        one = fallen[0]
        thing = Thing(one.from_box, "thing", 1.0)
        return true(one.seen, since=one.began_at, thing=thing)
    if look.falling_unseen is not None:
        return unknown(UNSEEN_WHY[look.falling_unseen])
    return false(0)


CONTEXT_CLAUSES: Mapping[str, AnyKind] = {
    "no_permit_in_force": ClauseKind(
        Words("无有效作业许可", "no permit is in force", "许可数"),
        ActivityParams,
        on_zone=no_permit_in_force,
        wants=frozenset({Wants.PERMITS, Wants.CALENDAR}),
    ),
    "none_seen": ClauseKind(
        Words("未见所需设施或装备", "nothing of the wanted kind is seen", "数量"),
        ClassParams,
        on_zone=none_seen,
    ),
    "none_seen_before_entry": ClauseKind(
        Words(
            "进入前及进入后未见所需设备",
            "no gear was seen from before the entry",
            "观察时长",
            "秒",
        ),
        BeforeParams,
        on_zone=none_seen_before_entry,
    ),
    "bad_weather": ClauseKind(
        Words("恶劣天气", "the weather forbids it", "风速", "米/秒"),
        WeatherParams,
        on_zone=bad_weather,
        wants=frozenset({Wants.WEATHER}),
    ),
    "wind_from": ClauseKind(
        Words("风力达到", "the wind reaches", "风速", "米/秒"),
        WindParams,
        on_zone=wind_from,
        wants=frozenset({Wants.WEATHER}),
    ),
    "zone_higher_than": ClauseKind(
        Words("区域高度", "the zone is higher", unit="米"),
        HeightParams,
        on_zone=zone_higher_than,
    ),
    "thing_fell": ClauseKind(
        Words("有物体坠落", "a thing fell", "画面数"),
        Params,
        on_zone=thing_fell,
        wants=frozenset({Wants.EVERY_FRAME}),
    ),
}
