/** Which look of a clip stands at a second of it, and how its clauses stood then. */
import type { Schemas } from '../api/client';

type Boxes = Schemas['ShownClipBoxes'];
type Look = Boxes['looks'][number];

/** A frame may be shown a little before its own time: half a frame of 25 a second. */
const EARLY_S = 0.02;

/** The newest look that is not in the future. */
export function lookAt(boxes: Boxes | undefined, second: number): Look | undefined {
  return boxes?.looks.findLast((look) => look.second <= second + EARLY_S);
}

/** Clauses as the newest look told them that told any. */
export function clausesAt(boxes: Boxes | undefined, second: number): Look['clauses'] {
  const told = boxes?.looks.findLast(
    (look) => look.second <= second + EARLY_S && Object.keys(look.clauses).length > 0,
  );
  return told?.clauses ?? {};
}
