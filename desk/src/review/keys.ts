/** Keys of a page: one map from key to act, silent while somebody types. */
import { useLayoutEffect, useRef } from 'react';

export type Keys = Readonly<Record<string, (() => void) | undefined>>;

/** The alarm is answered from anywhere: it does not wait until a dialog is closed. */
const THROUGH_DIALOGS = new Set(['a']);

const DIALOGS = '.ant-modal-wrap, .ant-drawer-open, .ant-image-preview';
const PRESSED_BY_KEY = 'button, a, summary, [role=button], [role=slider]';
/** Whether the focus was last moved by Tab; who came by mouse goes on with the page's keys. */
let isTabbing = false;
window.addEventListener('keydown', ({ key }) => (isTabbing ||= key === 'Tab'), true);
window.addEventListener('pointerdown', () => (isTabbing = false), true);

const TICKS = new Set(['checkbox', 'radio']);

/**
 * Act on single keys while `isOn`; texts being typed, controls and held modifiers keep theirs.
 *
 * A key held down acts once: what it would act on next, nobody has looked at. Keys mean what
 * is shown from the moment it is shown, not once the browser is idle.
 */
export function useKeys(keys: Keys, isOn = true): void {
  const newest = useRef(keys);
  useLayoutEffect(() => {
    newest.current = keys;
  });
  useLayoutEffect(() => {
    if (!isOn) return undefined;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const act = newest.current[name];
      if (act === undefined || isTaken(name, event.target)) return;
      event.preventDefault();
      if (!event.repeat || name.startsWith('Arrow')) act();
    };
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener('keydown', press);
    };
  }, [isOn]);
}

/** Whether the key belongs to what has the focus, or to a dialog over the page. */
function isTaken(name: string, target: EventTarget | null): boolean {
  if (isCovered() && !THROUGH_DIALOGS.has(name)) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('.ant-select') !== null) return true;
  if (target instanceof HTMLInputElement) {
    return !TICKS.has(target.type) || name === ' ' || name.startsWith('Arrow');
  }
  if (['TEXTAREA', 'SELECT'].includes(target.tagName)) return true;
  if (name.startsWith('Arrow')) return target.closest('[role=slider]') !== null;
  const isPressing = name === ' ' || name === 'Enter';
  return isPressing && isTabbing && target.closest(PRESSED_BY_KEY) !== null;
}

function isCovered(): boolean {
  return [...document.querySelectorAll(DIALOGS)].some((dialog) => dialog.checkVisibility());
}
