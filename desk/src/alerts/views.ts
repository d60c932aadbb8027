/** Saved filters of this browser: a name and an address. */
const STORED = 'nonsite.views';
const MOST = 30;

export interface SavedView {
  name: string;
  query: string;
}

export function savedViews(): SavedView[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(read) ? read.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(one: unknown): one is SavedView {
  const view = one as Partial<SavedView> | null;
  return typeof view?.name === 'string' && typeof view.query === 'string';
}

/** Keep one under its name; the same name again replaces it. */
export function keepView(view: SavedView): SavedView[] {
  const kept = [view, ...savedViews().filter((one) => one.name !== view.name)].slice(0, MOST);
  localStorage.setItem(STORED, JSON.stringify(kept));
  return kept;
}

export function dropView(name: string): SavedView[] {
  const kept = savedViews().filter((one) => one.name !== name);
  localStorage.setItem(STORED, JSON.stringify(kept));
  return kept;
}
