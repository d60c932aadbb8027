/** Thresholds of a rule in a zone: read, set and dropped by the keys the catalogue names. */
import type { Schemas } from '../api/client';
import type { Language, Translate } from '../i18n/language';
import { hasWord, wordOf } from '../shown/words';
import type { RuleSettings } from './content';

export type Threshold = Schemas['ShownThreshold'];
export type Value = number | boolean;

/** What a zone is mostly set by: offered without asking. */
const USUAL = new Set(['dwell_s', 'grace_s']);

/** What the zone sets itself; null: as camera, site and catalogue say. */
export function valueOf(settings: RuleSettings, path: readonly string[]): Value | null {
  let found: unknown = settings;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return null;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return typeof found === 'number' || typeof found === 'boolean' ? found : null;
}

/** The same without one key. */
export function without<T>(from: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([one]) => one !== key));
}

/** The settings with one of them set; null: dropped. */
export function withValue(
  settings: RuleSettings,
  path: readonly string[],
  value: Value | null,
): RuleSettings {
  const [first = '', clause, name] = path;
  if (clause === undefined || name === undefined) return { ...settings, [first]: value };
  const others = without(settings.clauses?.[clause] ?? {}, name);
  const inner = value === null ? others : { ...others, [name]: value };
  const clauses = without(settings.clauses ?? {}, clause);
  const kept = Object.keys(inner).length === 0 ? clauses : { ...clauses, [clause]: inner };
  return { ...settings, clauses: kept };
}

/** Those shown for a rule: the usual ones, what the zone sets, what somebody asked for. */
export function shownOf(
  thresholds: readonly Threshold[],
  settings: RuleSettings,
  asked: ReadonlySet<string>,
): readonly Threshold[] {
  return thresholds.filter(
    ({ path }) =>
      USUAL.has(path[0] ?? '') || asked.has(keyOf(path)) || valueOf(settings, path) !== null,
  );
}

export function keyOf(path: readonly string[]): string {
  return path.join('.');
}

/** What a threshold is, in the reader's words. */
export function titleOf(threshold: Threshold, language: Language, t: Translate): string {
  const last = threshold.path.at(-1) ?? '';
  const name = hasWord('key', last) ? wordOf('key', last, t) : threshold.meaning;
  const clause = language === 'zh' ? threshold.clause_zh : threshold.clause_en;
  return clause === '' ? name : `${clause} · ${name}`;
}

/** Why a value is not taken; empty: it is. */
export function wrongWith(threshold: Threshold, value: Value | null, t: Translate): string {
  if (typeof value !== 'number') return '';
  const { least, most, is_least_excluded: isOpen } = threshold;
  const isLow = least !== null && (isOpen ? value <= least : value < least);
  const isHigh = most !== null && value > most;
  if (!isLow && !isHigh) return '';
  if (most === null) return t('zone.above', { least: least ?? 0 });
  return t('zone.between', { least: least ?? 0, most });
}
