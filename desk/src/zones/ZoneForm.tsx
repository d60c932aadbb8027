/** Name, purpose and thresholds of one zone. */
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useLanguage } from '../i18n/language';
import type { Zone } from './content';
import { PURPOSES } from './content';
import { Thresholds } from './Thresholds';

const NAME = /^[a-z][a-z0-9_]{0,63}$/;

interface Props {
  name: string;
  zone: Zone;
  taken: readonly string[];
  onRename: (name: string) => void;
  onChange: (zone: Zone) => void;
  onRemove: () => void;
}

export function ZoneForm({ name, zone, taken, onRename, onChange, onRemove }: Props) {
  const { t } = useLanguage();
  const [typed, setTyped] = useState(name);
  const isFree = typed === name || (NAME.test(typed) && !taken.includes(typed));
  const rename = () => {
    if (isFree && typed !== name) onRename(typed);
    else setTyped(name);
  };
  return (
    <div className="zone-form">
      <label htmlFor="zone-name">{t('zone.name')}</label>
      <Input
        id="zone-name"
        value={typed}
        status={isFree ? '' : 'error'}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onBlur={rename}
        onPressEnter={rename}
      />
      <label htmlFor="zone-purpose">{t('zone.purpose')}</label>
      <Select
        id="zone-purpose"
        value={zone.purpose}
        onChange={(purpose: string) => {
          onChange({ ...zone, purpose });
        }}
        options={PURPOSES.map((one) => ({ value: one, label: t(`purpose.${one}`) }))}
      />
      <Thresholds zone={zone} onChange={onChange} />
      <Button danger onClick={onRemove}>
        {t('zone.remove')}
      </Button>
    </div>
  );
}
