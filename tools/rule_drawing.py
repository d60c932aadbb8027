"""A drawn example of a rule as SVG: its zones and the things its clauses speak of."""

from rules.catalogue import CatalogueRow
from rules.settings import Purpose

ZONES = {
    Purpose.PAVEMENT: ("人行道 pavement", "#4c8bf5", (40, 150, 400, 90)),
    Purpose.BLIND_PATH: ("盲道 blind path", "#f2b705", (40, 180, 400, 26)),
    Purpose.FIRE_LANE: ("消防通道 fire lane", "#d93025", (300, 150, 140, 90)),
    Purpose.PARKING_BAY: ("泊位 bay", "#8a8f98", (330, 160, 100, 60)),
    Purpose.SHOPFRONT: ("店外 shopfront strip", "#9c5bd6", (40, 120, 400, 34)),
    Purpose.OPENING: ("开口 opening", "#d93025", (205, 165, 70, 50)),
    Purpose.ATTENDANT_RING: ("监护区 attendant ring", "#f2b705", (120, 120, 240, 130)),
    Purpose.WORK_AREA: ("作业区 work area", "#4c8bf5", (60, 90, 360, 165)),
    Purpose.HEIGHT_ZONE: ("高处 height zone", "#4c8bf5", (60, 50, 360, 70)),
    Purpose.EDGE: ("临边 edge", "#d93025", (60, 108, 360, 14)),
    Purpose.DROP_ZONE: ("坠落区 drop zone", "#f2b705", (90, 180, 300, 70)),
    Purpose.LADDER_BASE: ("梯脚 ladder base", "#f2b705", (200, 200, 90, 50)),
}
WITH = {
    "ring_empty": Purpose.ATTENDANT_RING,
    "ring_unseen": Purpose.ATTENDANT_RING,
    "entered_unattended": Purpose.ATTENDANT_RING,
    "person_above": Purpose.HEIGHT_ZONE,
    "overlaps_purpose": Purpose.BLIND_PATH,
}
"""Zones a clause needs besides the row's own."""
RED, GREY = "#202124", "#9aa0a6"


def drawing(code: str, row: CatalogueRow) -> str:
    """The example as an SVG document, 480 × 270."""
    zones = list(dict.fromkeys([*row.zones[:1], *_others(row)]))
    zones.sort(key=lambda zone: -ZONES[zone][2][2] * ZONES[zone][2][3])
    clauses = {(use.clause, use.negate) for use in row.clauses}
    parts = [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 270" '
            'font-family="sans-serif" font-size="12">'
        ),
        f"<title>{code} {row.name.zh} {row.name.en}</title>",
        '<rect width="480" height="270" fill="#f1f3f4"/>',
        *[_zone(zone) for zone in zones],
        *_figures(row, clauses),
        (
            f'<text x="16" y="24" font-size="15" font-weight="bold">{code} '
            f"{row.name.zh}</text>"
        ),
        (
            f'<text x="16" y="40" fill="#5f6368">{row.name.en}; '
            f"{row.defaults.dwell_s:g} s, {row.severity.value}</text>"
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _others(row: CatalogueRow) -> list[Purpose]:
    uses = [*row.clauses, *(step.when for step in row.severity_when)]
    return [WITH[use.clause] for use in uses if use.clause in WITH]


def _zone(purpose: Purpose) -> str:
    name, colour, (x, y, wide, high) = ZONES[purpose]
    return (
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="{colour}" '
        f'fill-opacity="0.18" stroke="{colour}" stroke-dasharray="6 3"/>'
        f'<text x="{x + 4}" y="{y + high - 5}" fill="{colour}">{name}</text>'
    )


def _figures(row: CatalogueRow, clauses: set[tuple[str, bool]]) -> list[str]:
    has = {name for name, is_negated in clauses if not is_negated}
    found = _things(row, has, clauses)
    if has & {"inside_at_least", "entered_unattended", "entered_after_fall"}:
        found.append(_person(240, 198, RED) + _arrow(185, 160, 228, 186))
    if has & {"ring_empty", "entered_unattended"}:
        found.append(_ghost(330, 220))
    if "ring_unseen" in has:
        found.append(_car(270, 190))
    if has & {"approached", "sole_person"}:
        found.append(_person(180, 205, RED))
    return found + _people_in(row, has, clauses)


def _people_in(
    row: CatalogueRow, has: set[str], clauses: set[tuple[str, bool]]
) -> list[str]:
    x, y = _spot(row.zones[0])
    found = []
    if "person_in_zone" in has or "head_bare" in has:
        found.append(_person(x, y, RED, bare="head_bare" in has))
    if ("person_in_zone", True) in clauses:
        found.append(_ghost(x, y))
    if "person_above" in has:
        found.append(_person(150, 100, RED))
    if has & {"person_lying", "person_fell"}:
        found.append(f'<g transform="rotate(90 {x} {y})">{_person(x, y, RED)}</g>')
    if "entered_after_fall" in has:
        found.append(f'<g transform="rotate(90 330 220)">{_person(330, 220, GREY)}</g>')
    if has & {"bad_weather", "wind_from"}:
        found.append(f'<text x="400" y="40" font-size="28" fill="{RED}">≋ ϟ</text>')
    if "thing_fell" in has:
        found.append(_arrow(x, y, x, y + 90))
        found.append(f'<circle cx="{x}" cy="{y + 60}" r="6" fill="{RED}"/>')
    return found


def _things(
    row: CatalogueRow, has: set[str], clauses: set[tuple[str, bool]]
) -> list[str]:
    x, y = _spot(row.zones[0])
    found = []
    if row.place in {"standing_vehicle", "standing_anything"}:
        found.append(_car(x, y))
    if row.place == "standing_thing":
        found.append(_heap(x, y))
    if "attended" in has or "permit_exceeded" in has:
        found.append(_person(x + 52, y, RED))
    if "vehicle_gone_for" in has:
        found.append(
            f'<g opacity="0.35">{_car(x - 120, y)}</g>' + _arrow(x - 160, y, 40, y)
        )
    if "permit_exceeded" in has:
        found.append(
            f'<rect x="{x - 10}" y="{y - 40}" width="70" height="50" fill="none" '
            'stroke="#188038" stroke-width="2"/>'
        )
    if "bicycles_together" in has:
        found += [_bicycle(120 + 45 * n, y) for n in range(5)]
    if not {"none_seen", "none_seen_before_entry"}.isdisjoint(n for n, _ in clauses):
        found.append(
            f'<text x="470" y="262" text-anchor="end" fill="{GREY}">'
            "所需设施未见 not seen; 模型不识别时未观测 else unknown</text>"
        )
    return found


def _spot(purpose: Purpose) -> tuple[int, int]:
    x, y, wide, high = ZONES[purpose][2]
    return x + wide // 2, y + min(high // 2 + 18, high)


def _person(x: int, y: int, colour: str, *, bare: bool = False) -> str:
    hat = (
        "" if bare else f'<path d="M{x - 8} {y - 38}a8 8 0 0 1 16 0z" fill="#f2b705"/>'
    )
    return (
        f'<circle cx="{x}" cy="{y - 36}" r="7" fill="{colour}"/>{hat}'
        f'<path d="M{x} {y - 29}v17m0 0l-7 12m7-12l7 12m-14-22h14" '
        f'stroke="{colour}" stroke-width="4" fill="none"/>'
    )


def _ghost(x: int, y: int) -> str:
    return (
        f'<g opacity="0.5" stroke-dasharray="3 2">{_person(x, y, GREY)}</g>'
        f'<path d="M{x - 14} {y - 44}l28 46m0-46l-28 46" stroke="#d93025" '
        'stroke-width="2"/>'
    )


def _car(x: int, y: int) -> str:
    return (
        f'<path d="M{x - 48} {y - 8}v-16l16-4 12-16h36l14 16 18 6v14z" fill="#3c4043"/>'
        f'<circle cx="{x - 28}" cy="{y - 8}" r="9" fill="#000"/>'
        f'<circle cx="{x + 28}" cy="{y - 8}" r="9" fill="#000"/>'
    )


def _heap(x: int, y: int) -> str:
    return (
        f'<path d="M{x - 34} {y}h30v-24h-30zm34 0h28v-20h-28zm-20-26h28v-18h-28z" '
        'fill="#a56a2a" stroke="#5f3b12"/>'
    )


def _bicycle(x: int, y: int) -> str:
    return (
        f'<g fill="none" stroke="#3c4043" stroke-width="3"><circle cx="{x - 11}" '
        f'cy="{y - 9}" r="9"/><circle cx="{x + 11}" cy="{y - 9}" r="9"/>'
        f'<path d="M{x - 11} {y - 9}l8-14h10l4 14m-14-14l6 14"/></g>'
    )


def _arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    return (
        f'<path d="M{x1} {y1}L{x2} {y2}" stroke="#d93025" stroke-width="3"/>'
        f'<circle cx="{x2}" cy="{y2}" r="5" fill="#d93025"/>'
    )
