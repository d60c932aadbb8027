/** Keeps the screen on while the page is shown: a phone that sleeps hears no alarm. */
import { useEffect, useState } from 'react';

/** Whether the screen stays on; not on plain http, nor where the phone saves power. */
export function useAwake(): boolean {
  const [isAwake, setAwake] = useState(true);
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let isGone = false;
    const hold = async () => {
      if (document.visibilityState !== 'visible') return;
      try {
        const held = await (navigator as Partial<Navigator>).wakeLock?.request('screen');
        if (isGone) void held?.release();
        lock = held ?? null;
        setAwake(held !== undefined);
      } catch {
        setAwake(false);
      }
    };
    const shown = () => void hold();
    shown();
    document.addEventListener('visibilitychange', shown);
    return () => {
      isGone = true;
      document.removeEventListener('visibilitychange', shown);
      void lock?.release();
    };
  }, []);
  return isAwake;
}
