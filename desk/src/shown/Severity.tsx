/** How grave, by shape and by colour: neither alone carries it. */
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';

const SHAPES: Readonly<Record<Schemas['Severity'], string>> = {
  S1: 'M8 0.8 15.2 8 8 15.2 0.8 8z',
  S2: 'M8 1.5 15 14H1z',
  S3: 'M2.5 2.5h11v11h-11z',
  S4: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z',
};

export function Severity({ of }: { of: Schemas['Severity'] }) {
  const { t } = useLanguage();
  return (
    <span className={`severity severity-${of}`} title={t(`severity.${of}`)}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={SHAPES[of]} />
      </svg>
      {of}
      <span className="unseen">{t(`severity.${of}`)}</span>
    </span>
  );
}
