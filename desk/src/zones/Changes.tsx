/** What differs, key by key, as people read it. */
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';

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
            <code>{one.path}</code>
            {one.before !== null && <del>{text(one.before)}</del>}
            {one.after !== null && <ins>{text(one.after)}</ins>}
          </li>
        ))}
      </ul>
      {changes.length > SHOWN && <p>{t('zone.more', { count: changes.length - SHOWN })}</p>}
    </div>
  );
}

function text(value: unknown): string {
  const whole = JSON.stringify(value);
  return whole.length > 90 ? `${whole.slice(0, 90)}…` : whole;
}
