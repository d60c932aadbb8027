/** A value of the site as people read it: keys by their words, what is not set left out. */
import type { Translate } from '../i18n/language';
import { wordOf } from '../shown/words';
import { PURPOSES } from './content';

const LONGEST = 90;

export function valueText(value: unknown, t: Translate): string {
  const whole = textOf(value, t);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

function textOf(value: unknown, t: Translate): string {
  if (typeof value === 'boolean') return t(value ? 'zone.yes' : 'zone.no');
  if (typeof value === 'string') return purposeOf(value, t);
  if (Array.isArray(value)) return value.map((one) => textOf(one, t)).join(', ');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Object.entries(value)
    .filter(([, inner]) => isSet(inner))
    .map(([key, inner]) => `${wordOf('key', key, t)} ${textOf(inner, t)}`)
    .join(' · ');
}

function isSet(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.values(value).some(isSet);
}

function purposeOf(text: string, t: Translate): string {
  const purpose = PURPOSES.find((one) => one === text);
  return purpose === undefined ? text : t(`purpose.${purpose}`);
}
