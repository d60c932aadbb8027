/** The test of a shift's siren: three seconds of the real sound, and whether it came out here. */
import { isAudible, startSiren } from './siren';

const TEST_MS = 3_000;

let sounded = '';
const listeners = new Set<() => void>();

/** Sound the siren for a test; it counts as sounded where the browser let it through. */
export function soundTest(test: string): void {
  const stop = startSiren();
  window.setTimeout(() => {
    if (isAudible()) sounded = test;
    stop();
    for (const listener of listeners) listener();
  }, TEST_MS);
}

/** Id of the test that sounded here last; empty: none since the page was opened. */
export function soundedTest(): string {
  return sounded;
}

/** Subscribe to `soundedTest`, for `useSyncExternalStore`. */
export function subscribeTested(changed: () => void): () => void {
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
  };
}
