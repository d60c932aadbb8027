/** A flood from one camera shown as one alert: many places stand behind it. */
import { Tag, Tooltip } from 'antd';
import { useLanguage } from '../i18n/language';

export function GroupTag() {
  const { t } = useLanguage();
  return (
    <Tooltip title={t('group.why')}>
      <Tag color="warning">{t('group.tag')}</Tag>
    </Tooltip>
  );
}
