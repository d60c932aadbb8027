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
  { path: '/blind', title: 'page.blind', right: 'reviews.second' },
  { path: '/alerts', title: 'page.alerts', right: 'alerts.read' },
  { path: '/cameras', title: 'page.cameras', right: 'cameras.read' },
  { path: '/shift', title: 'page.shift', right: 'shift.work' },
  { path: '/reports', title: 'page.reports', right: 'reports.read' },
  { path: '/officer', title: 'page.officer', right: 'tasks.work' },
  { path: '/people', title: 'page.people', right: 'people.manage' },
];
