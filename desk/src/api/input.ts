/**
 * Whether somebody has touched the page since the service was last told.
 *
 * The desk asks by itself every few seconds; only what follows a key or a touch counts as use of the
 * session, so that a desk left alone is closed after an hour.
 */
const TOUCHES = ['keydown', 'pointerdown', 'wheel'] as const;

let isTouched = true;

if (typeof window !== 'undefined') {
  for (const kind of TOUCHES) {
    window.addEventListener(kind, noteInput, { capture: true, passive: true });
  }
}

/** Somebody is there. */
export function noteInput(): void {
  isTouched = true;
}

/** Whether somebody was there since the last call. */
export function takeInput(): boolean {
  const was = isTouched;
  isTouched = false;
  return was;
}
