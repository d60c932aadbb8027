/** Acts and subjects of the audit trail in words; what has none yet keeps its code. */
import type { Key, Translate } from '../i18n/language';
import { codesOf, wordOf } from '../shown/words';

const SUBJECTS: Readonly<Record<string, Key>> = {
  alert: 'page.alerts',
  camera: 'zone.camera',
  channel: 'channel.title',
  day: 'audit.day',
  job: 'audit.job',
  lead: 'page.leads',
  look: 'page.blind',
  pack: 'alerts.evidence',
  person: 'audit.head.actor',
  revision: 'audit.revision',
  shift: 'page.shift',
  task: 'task.title',
  token: 'people.tokens',
};
const DIGEST = /^[0-9a-f]{64}$|^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Every act that has a word. */
export const ACTS = codesOf('act');

/** `verdict.given` as people say it. */
export function actText(action: string, t: Translate): string {
  return wordOf('act', action, t);
}

/** `alert/9b1f7c1e-…` as people say it; the whole stands in the entry's details. */
export function subjectText(subject: string, t: Translate): string {
  const [kind = '', ...rest] = subject.split('/');
  const name = rest.join('/');
  const known = SUBJECTS[kind];
  const short = DIGEST.test(name) ? name.slice(0, 8) : name;
  return known === undefined ? subject : `${t(known)} ${short}`.trim();
}
