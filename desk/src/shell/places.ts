/** The pages a person may open, in the order of the bar. */
import type { Key } from '../i18n/language';
import type { Right } from '../session/session';

export interface Place {
  path: string;
  title: Key;
  right: Right;
}

export const PLACES: readonly Place[] = [
  { path: '/review', title: 'page.review', right: 'reviews.read' },
  { path: '/alerts', title: 'page.alerts', right: 'alerts.read' },
];
