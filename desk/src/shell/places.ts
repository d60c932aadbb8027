/** The pages a person may open, in the order of the bar. */
import type { Key } from '../i18n/language';
import type { Right } from '../session/session';

export interface Place {
  path: string;
  title: Key;
  /** Whoever has one of these may open it. */
  rights: readonly Right[];
}

export const PLACES: readonly Place[] = [
  { path: '/review', title: 'page.review', rights: ['reviews.read'] },
  { path: '/blind', title: 'page.blind', rights: ['reviews.second'] },
  { path: '/alerts', title: 'page.alerts', rights: ['alerts.read'] },
  { path: '/cameras', title: 'page.cameras', rights: ['cameras.read'] },
  { path: '/shift', title: 'page.shift', rights: ['shift.work'] },
  { path: '/reports', title: 'page.reports', rights: ['reports.read'] },
  { path: '/officer', title: 'page.officer', rights: ['tasks.work'] },
  { path: '/misses', title: 'page.misses', rights: ['reviews.triage'] },
  { path: '/leads', title: 'page.leads', rights: ['leads.send', 'leads.read'] },
  { path: '/audit', title: 'page.audit', rights: ['audit.read'] },
  { path: '/delivery', title: 'page.delivery', rights: ['system.manage'] },
  { path: '/people', title: 'page.people', rights: ['people.manage'] },
];

/** Zones belong to the cameras page: they have no place in the bar of their own. */
export const HIDDEN: readonly Place[] = [
  { path: '/zones', title: 'page.zones', rights: ['site.read'] },
];
