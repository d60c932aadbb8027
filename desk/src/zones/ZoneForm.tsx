/** Name, purpose and thresholds of one zone. */
import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useLanguage } from '../i18n/language';
import type { RuleSettings, Zone } from './content';
import { PURPOSES } from './content';

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const CODE = /^[A-Z]{2}-\d{2}[A-Z]?$/;

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

/** Seconds of dwell and grace by code; empty: as the camera and the site say. */
function Thresholds({ zone, onChange }: Pick<Props, 'zone' | 'onChange'>) {
  const { t } = useLanguage();
  const [code, setCode] = useState('');
  const rules = zone.rules ?? {};
  const put = (of: string, changed: RuleSettings) => {
    onChange({ ...zone, rules: { ...rules, [of]: { ...rules[of], ...changed } } });
  };
  return (
    <table className="thresholds">
      <thead>
        <tr>
          <th scope="col">{t('alerts.code')}</th>
          <th scope="col">{t('zone.dwell')}</th>
          <th scope="col">{t('zone.grace')}</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(rules).map(([of, one]) => (
          <tr key={of}>
            <th scope="row">{of}</th>
            <td>
              <InputNumber
                aria-label={`${of} ${t('zone.dwell')}`}
                min={0}
                value={one.dwell_s ?? null}
                onChange={(dwell_s) => {
                  put(of, { dwell_s });
                }}
              />
            </td>
            <td>
              <InputNumber
                aria-label={`${of} ${t('zone.grace')}`}
                min={0}
                value={one.grace_s ?? null}
                onChange={(grace_s) => {
                  put(of, { grace_s });
                }}
              />
            </td>
          </tr>
        ))}
        <tr>
          <td colSpan={2}>
            <Input
              aria-label={t('alerts.code')}
              placeholder="SW-01"
              value={code}
              onChange={(event) => {
                setCode(event.target.value.toUpperCase());
              }}
            />
          </td>
          <td>
            <Button
              disabled={!CODE.test(code)}
              onClick={() => {
                put(code, {});
                setCode('');
              }}
            >
              {t('zone.addrule')}
            </Button>
          </td>
        </tr>
      </tbody>
    </table>
  );
}
