/** Filters an earlier desk kept in this browser alone: handed over to the person's own, once. */
const STORED = 'nonsite.views';

export interface LocalView {
  name: string;
  query: string;
}

/** Those there are; they are here no longer then. */
export function takeLocalViews(): LocalView[] {
  const stored = localStorage.getItem(STORED);
  if (stored === null) return [];
  localStorage.removeItem(STORED);
  try {
    const read: unknown = JSON.parse(stored);
    return Array.isArray(read) ? read.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(one: unknown): one is LocalView {
  const view = one as Partial<LocalView> | null;
  return typeof view?.name === 'string' && view.name !== '' && typeof view.query === 'string';
}
