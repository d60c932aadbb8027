/** Words being written: kept while their writer looks at something else, until they are sent. */
import { useState } from 'react';
import { useSession } from '../session/session';

const kept = new Map<string, string>();

/** Words about `matter` for one `form` of it; they are the person's own. */
export function useWords(matter: string, form: string): [string, (words: string) => void] {
  const { me } = useSession();
  const key = keyOf(me.name, matter, form);
  const [words, setWords] = useState(() => kept.get(key) ?? '');
  return [
    words,
    (typed) => {
      setWords(typed);
      if (typed === '') kept.delete(key);
      else kept.set(key, typed);
    },
  ];
}

/** The matter is decided: nothing of it need be kept. */
export function forgetWords(person: string, matter: string): void {
  for (const key of kept.keys()) {
    if (key.startsWith(keyOf(person, matter, ''))) kept.delete(key);
  }
}

function keyOf(person: string, matter: string, form: string): string {
  return `${person} ${matter} ${form}`;
}
