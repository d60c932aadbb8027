/** People who stand in a picture, as the ground is calibrated by them: placed by feet and head. */
import type { StandingBox, StandingPeople } from './content';
import type { Point } from './geometry';
import { rounded } from './geometry';

/** How high a person is drawn until the head is moved, as a share of the picture. */
const FIRST_HEIGHT = 0.25;
const LEAST_HEIGHT = 0.01;
/** A body's width over its height, in a picture of 16 : 9. */
const SLIMNESS = 0.18;

export const MOST_PEOPLE = 20;

/** Nobody yet: heights of adults, a usual lens. */
export function nobody(picture_px: readonly [number, number]): StandingPeople {
  return { boxes: [], height_m: 1.7, fov_deg: 70, picture_px };
}

export function feetOf([left, , right, bottom]: StandingBox): Point {
  return [rounded((left + right) / 2), bottom];
}

export function headOf([left, top, right]: StandingBox): Point {
  return [rounded((left + right) / 2), top];
}

/** Somebody at these feet, as high as those around are drawn. */
export function placed(feet: Point, others: readonly StandingBox[]): StandingBox {
  return boxOf(feet, feet[1] - guessedHeight(feet[1], others));
}

/** The height the others have at this row: along the line through the lowest and the highest. */
function guessedHeight(row: number, others: readonly StandingBox[]): number {
  const sorted = [...others].sort((one, other) => one[3] - other[3]);
  const [far, near] = [sorted[0], sorted.at(-1)];
  if (far === undefined || near === undefined) return FIRST_HEIGHT;
  const [small, large] = [far[3] - far[1], near[3] - near[1]];
  if (near[3] === far[3]) return small;
  const share = (row - far[3]) / (near[3] - far[3]);
  return Math.max(LEAST_HEIGHT * 2, small + share * (large - small));
}

/** With the feet elsewhere: the whole person moves. */
export function withFeet(box: StandingBox, feet: Point): StandingBox {
  return boxOf(feet, feet[1] - (box[3] - box[1]));
}

/** With the head higher or lower; people stand upright. */
export function withHead(box: StandingBox, head: Point): StandingBox {
  return boxOf(feetOf(box), head[1]);
}

function boxOf([x, bottom]: Point, top: number): StandingBox {
  const low = Math.max(bottom, LEAST_HEIGHT);
  const head = Math.min(low - LEAST_HEIGHT, Math.max(0, top));
  const half = Math.max(0.001, ((low - head) * SLIMNESS) / 2);
  const middle = Math.min(1 - half, Math.max(half, x));
  return [rounded(middle - half), rounded(head), rounded(middle + half), rounded(low)];
}
