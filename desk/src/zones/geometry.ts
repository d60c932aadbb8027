/** Corners of zones on a picture, 0…1 from the top left: move, snap, insert, remove. */
export type Point = readonly [number, number];
export type Corners = readonly Point[];

/** How near a corner or an edge draws a point to itself, as a share of the picture. */
export const SNAP = 0.012;
const DIGITS = 4;

/** How far an arrow key moves a point, and with Shift. */
export const STEP = 0.002;
export const FAR = 0.02;
export const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A number a site file can be read with: no more digits than a 4K picture has pixels. */
export function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}

/** Inside the picture. */
export function inside([x, y]: Point): Point {
  return [rounded(Math.min(1, Math.max(0, x))), rounded(Math.min(1, Math.max(0, y)))];
}

/** `point`, or the corner, edge or border of the picture it is near to; corners win. */
export function snapped(point: Point, others: readonly Corners[], reach = SNAP): Point {
  const corner = nearest(point, others.flat(), reach);
  if (corner !== null) return corner;
  const feet = others.flatMap((corners) =>
    corners.map((from, place) => foot(point, from, corners[(place + 1) % corners.length] ?? from)),
  );
  const onEdge = nearest(point, feet, reach);
  return inside(onEdge ?? [border(point[0], reach), border(point[1], reach)]);
}

function border(value: number, reach: number): number {
  if (value < reach) return 0;
  return value > 1 - reach ? 1 : value;
}

function nearest(point: Point, among: readonly Point[], reach: number): Point | null {
  let found: Point | null = null;
  let least = reach;
  for (const one of among) {
    const away = Math.hypot(one[0] - point[0], one[1] - point[1]);
    if (away <= least) {
      least = away;
      found = one;
    }
  }
  return found;
}

function foot(point: Point, from: Point, to: Point): Point {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  if (length === 0) return from;
  const along = ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return [from[0] + share * dx, from[1] + share * dy];
}

/** The corners with one of them elsewhere. */
export function moved(corners: Corners, place: number, to: Point): Corners {
  return corners.map((one, at) => (at === place ? inside(to) : one));
}

/** A new corner in the middle of the edge after `place`. */
export function split(corners: Corners, place: number): Corners {
  const from = corners[place];
  const to = corners[(place + 1) % corners.length];
  if (from === undefined || to === undefined) return corners;
  const middle = inside([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
  return [...corners.slice(0, place + 1), middle, ...corners.slice(place + 1)];
}

/** Without one corner; a zone keeps three. */
export function without(corners: Corners, place: number): Corners {
  return corners.length <= 3 ? corners : corners.filter((_, at) => at !== place);
}

/** Whether a click at `point` closes what is drawn. */
export function closes(point: Point, drawn: Corners): boolean {
  const first = drawn[0];
  if (first === undefined || drawn.length < 3) return false;
  return Math.hypot(first[0] - point[0], first[1] - point[1]) <= SNAP * 1.5;
}
