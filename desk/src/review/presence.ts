/** Whether somebody sits here: a claim is not held for an empty chair. */
import { useEffect, useState } from 'react';

const AWAY_MS = 180_000;
const INPUTS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

/** True once there was no input for three minutes; false with the next. */
export function useIsAway(): boolean {
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    let leaving = 0;
    const stay = () => {
      window.clearTimeout(leaving);
      leaving = window.setTimeout(() => {
        setAway(true);
      }, AWAY_MS);
      setAway(false);
    };
    stay();
    for (const input of INPUTS) window.addEventListener(input, stay, { passive: true });
    return () => {
      window.clearTimeout(leaving);
      for (const input of INPUTS) window.removeEventListener(input, stay);
    };
  }, []);
  return isAway;
}

/** A reference that tells whether the component is still on the page. */
export function useIsShown(): React.RefObject<boolean> {
  const [shown] = useState(() => ({ current: true }));
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, [shown]);
  return shown;
}
