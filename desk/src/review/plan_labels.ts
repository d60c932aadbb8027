/** Where the names of cameras stand on a plan: none over another, one's own first. */
export interface Dot {
  id: string;
  title: string;
  x: number;
  y: number;
}

export interface Label {
  text: string;
  x: number;
  y: number;
}

const LINE = 13;
const AWAY = 10;
const MOST_SIGNS = 22;
/** Of a letter and of a Chinese sign at the plan's size of letters, in its units. */
const LETTER = 6;
const SIGN = 11;

function widthOf(text: string): number {
  return [...text].reduce((sum, one) => sum + (one > '\u2e80' ? SIGN : LETTER), 0);
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function boxOf({ text, x, y }: Label): Box {
  const half = widthOf(text) / 2;
  return { left: x - half, right: x + half, top: y - LINE + 2, bottom: y + 2 };
}

function meets(one: Box, other: Box): boolean {
  return (
    one.left < other.right &&
    one.right > other.left &&
    one.top < other.bottom &&
    one.bottom > other.top
  );
}

/**
 * A label for each dot that has room for one: above it, else below it, else none.
 *
 * The first dots come first; `width` and `height` bound the plan, and what lies in its lowest line
 * is the scale's.
 */
export function labelsOf(
  dots: readonly Dot[],
  width: number,
  height: number,
): ReadonlyMap<string, Label> {
  const taken: Box[] = dots.map(({ x, y }) => ({
    left: x - 6,
    right: x + 6,
    top: y - 6,
    bottom: y + 6,
  }));
  const labels = new Map<string, Label>();
  for (const { id, title, x, y } of dots) {
    const text = title.length > MOST_SIGNS ? `${title.slice(0, MOST_SIGNS - 1)}…` : title;
    const half = widthOf(text) / 2;
    const inside = Math.min(width - half - 2, Math.max(half + 2, x));
    const free = [y - AWAY, y + AWAY + LINE - 3]
      .map((at) => ({ text, x: inside, y: at }))
      .find((one) => {
        const box = boxOf(one);
        const isInside = box.top >= 0 && box.bottom <= height - LINE;
        return isInside && !taken.some((other) => meets(box, other));
      });
    if (free === undefined) continue;
    labels.set(id, free);
    taken.push(boxOf(free));
  }
  return labels;
}
