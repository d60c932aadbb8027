/** What the evidence may be used as, and what keeps it from being more. */
import { Tag, Tooltip } from 'antd';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';

export function StandingTag({ standing }: { standing: Schemas['ShownStanding'] }) {
  const { t } = useLanguage();
  const why = standing.reasons.map((one) => t(`clue.${one.code}`));
  if (standing.is_locked) return <Tag color="error">{t('standing.locked')}</Tag>;
  if (why.length === 0) return <Tag color="success">{t('standing.evidence')}</Tag>;
  return (
    <Tooltip title={why.join(' · ')}>
      <Tag tabIndex={0}>
        {t('standing.clue')}
        <span className="unseen">{why.join(' · ')}</span>
      </Tag>
    </Tooltip>
  );
}
