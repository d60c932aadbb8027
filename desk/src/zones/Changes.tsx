/** What differs, key by key, as people read it. */
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { valueText } from './change_words';
import { placeOf } from './problem_words';

const SHOWN = 12;

export function Changes({ changes }: { changes: readonly Schemas['ShownChange'][] }) {
  const { t } = useLanguage();
  if (changes.length === 0) return <p className="muted">{t('zone.nochange')}</p>;
  return (
    <div className="zone-changes">
      <b>{t('zone.changes')}</b>
      <ul>
        {changes.slice(0, SHOWN).map((one) => (
          <li key={one.path}>
            <span title={one.path}>{placeOf(one.path, t)}</span>
            {one.before !== null && <del>{valueText(one.before, t)}</del>}
            {one.after !== null && <ins>{valueText(one.after, t)}</ins>}
          </li>
        ))}
      </ul>
      {changes.length > SHOWN && <p>{t('zone.more', { count: changes.length - SHOWN })}</p>}
    </div>
  );
}
