/**
 * What the phone remembers, so that the page opens where there is no network: who was here and
 * their tasks as last told, until the session's end; and words that were typed and not sent.
 */
import type { Schemas } from '../api/client';

interface Remembered {
  me: Schemas['Me'];
  tasks: Schemas['ShownTask'][];
}

const KEPT = 'nonsite.officer';
const WORDS = 'nonsite.officer.words.';
const BY_LINK = 'nonsite.officer.link';

/** Who was here last; null: nobody, or their session is over. */
export function remembered(): Remembered | null {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Remembered | null;
    const ends = found?.me.expires_at ?? null;
    return ends === null || Date.parse(ends) > Date.now() ? found : null;
  } catch {
    return null;
  }
}

/** Remember; the session's token is not kept. */
export function remember(me: Schemas['Me'], tasks: Schemas['ShownTask'][]): void {
  write(KEPT, JSON.stringify({ me: { ...me, csrf: '' }, tasks }));
}

/** Nobody is logged in here any more. */
export function forget(): void {
  localStorage.removeItem(KEPT);
}

/** Whether whoever is here came by a link, and may have no password. */
export function isByLink(): boolean {
  return localStorage.getItem(BY_LINK) !== null;
}

/** They came by a link: told at its end how to get another. */
export function cameByLink(): void {
  write(BY_LINK, '1');
}

/** They have a password. */
export function hasPassword(): void {
  localStorage.removeItem(BY_LINK);
}

/** Words typed for a task by `person`. */
export function wordsOf(person: string, task: string): string {
  return localStorage.getItem(`${WORDS}${person}.${task}`) ?? '';
}

/** Keep words while they are typed; empty ones are forgotten. */
export function keepWords(person: string, task: string, words: string): void {
  const name = `${WORDS}${person}.${task}`;
  if (words === '') localStorage.removeItem(name);
  else write(name, words);
}

/** What does not fit is done without: it is a comfort, never the only copy of a step. */
function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    localStorage.removeItem(name);
  }
}
