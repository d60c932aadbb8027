/**
 * Tones made here: no sound file, no network.
 *
 * One audio context a page: it tells at any time whether the browser would let an alarm be heard,
 * and the first click or key anywhere lets it.
 */

/** A context needs a moment to begin even where it may. */
const BEGINS_MS = 1_000;

let audio: AudioContext | null = null;
let isBeginning = true;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function context(): AudioContext {
  if (audio === null) {
    audio = new AudioContext();
    audio.onstatechange = tell;
    window.setTimeout(() => {
      isBeginning = false;
      tell();
    }, BEGINS_MS);
    for (const act of ['pointerdown', 'pointerup', 'keydown']) {
      window.addEventListener(act, unlock);
    }
    document.addEventListener('visibilitychange', unlock);
  }
  return audio;
}

/** Ask the browser to let sound through; it does from a click or a key on. */
export function unlock(): void {
  // refused until somebody touched the page: what is shown then says so
  if (context().state !== 'running')
    context()
      .resume()
      .catch(() => undefined);
}

/** Whether an alarm would be heard now. */
export function isAudible(): boolean {
  return context().state === 'running' || isBeginning;
}

/** Subscribe to `isAudible`, for `useSyncExternalStore`. */
export function subscribeAudible(changed: () => void): () => void {
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
  };
}

/** Two tones in turn for an alarm, one that comes and goes where alarms cannot be heard of. */
export function startSiren(kind: 'alarm' | 'deaf' = 'alarm'): () => void {
  const sound = context();
  unlock();
  const tone = sound.createOscillator();
  const turn = sound.createOscillator();
  const depth = sound.createGain();
  const loud = sound.createGain();
  tone.type = 'triangle';
  turn.type = 'square';
  tone.connect(loud).connect(sound.destination);
  if (kind === 'alarm') {
    tone.frequency.value = 750;
    turn.frequency.value = 1 / 1.2;
    depth.gain.value = 130;
    loud.gain.value = 0.4;
    turn.connect(depth).connect(tone.frequency);
  } else {
    tone.frequency.value = 440;
    turn.frequency.value = 0.5;
    depth.gain.value = 0.15;
    loud.gain.value = 0.15;
    turn.connect(depth).connect(loud.gain);
  }
  tone.start();
  turn.start();
  return () => {
    tone.stop();
    turn.stop();
    loud.disconnect();
  };
}
