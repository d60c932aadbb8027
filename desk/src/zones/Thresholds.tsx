/** Thresholds of the rules of one zone, from the catalogue's own list of what may be set. */
import { useQuery } from '@tanstack/react-query';
import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { RuleSettings, Zone } from './content';
import type { Threshold, Value } from './thresholds';
import { keyOf, shownOf, titleOf, valueOf, withValue, without, wrongWith } from './thresholds';

interface Props {
  zone: Zone;
  onChange: (zone: Zone) => void;
}

export function Thresholds({ zone, onChange }: Props) {
  const { t, language } = useLanguage();
  const { data } = useQuery({
    queryKey: ['rules'],
    staleTime: Infinity,
    queryFn: () => body(api.GET('/api/v1/site/rules')),
  });
  const known = data?.rules ?? [];
  const rules = zone.rules ?? {};
  const offered = known.filter(
    (rule) => rules[rule.code] === undefined && rule.zones.some((one) => one === zone.purpose),
  );
  const put = (code: string, settings: RuleSettings | null) => {
    const set = settings === null ? without(rules, code) : { ...rules, [code]: settings };
    onChange({ ...zone, rules: set });
  };
  return (
    <>
      {Object.entries(rules).map(([code, settings]) => (
        <RuleThresholds
          key={code}
          code={code}
          rule={known.find((rule) => rule.code === code)}
          isKnown={data === undefined || known.some((rule) => rule.code === code)}
          settings={settings}
          onChange={(changed) => {
            put(code, changed);
          }}
        />
      ))}
      <Select<string>
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('zone.addrule')}
        placeholder={t('zone.addrule')}
        value={null}
        disabled={offered.length === 0}
        onChange={(code) => {
          put(code, {});
        }}
        options={offered.map((rule) => ({
          value: rule.code,
          label: `${rule.code} ${language === 'zh' ? rule.name_zh : rule.name_en}`,
        }))}
      />
    </>
  );
}

interface RuleProps {
  code: string;
  rule: Schemas['ShownRule'] | undefined;
  isKnown: boolean;
  settings: RuleSettings;
  onChange: (settings: RuleSettings | null) => void;
}

function RuleThresholds({ code, rule, isKnown, settings, onChange }: RuleProps) {
  const { t, language } = useLanguage();
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const all = rule?.thresholds ?? [];
  const shown = shownOf(all, settings, asked);
  const name = language === 'zh' ? rule?.name_zh : rule?.name_en;
  return (
    <fieldset className="rule-thresholds">
      <legend>
        {code} {name}
      </legend>
      <Button
        size="small"
        type="text"
        aria-label={t('zone.droprule', { code })}
        onClick={() => {
          onChange(null);
        }}
      >
        ×
      </Button>
      {!isKnown && <p className="warn">{t('zone.unknowncode')}</p>}
      {shown.map((threshold) => (
        <Field
          key={keyOf(threshold.path)}
          code={code}
          threshold={threshold}
          value={valueOf(settings, threshold.path)}
          onChange={(value) => {
            onChange(withValue(settings, threshold.path, value));
          }}
        />
      ))}
      {shown.length < all.length && (
        <Select<string>
          className="threshold"
          size="small"
          popupMatchSelectWidth={false}
          aria-label={`${code} ${t('zone.addthreshold')}`}
          placeholder={t('zone.addthreshold')}
          value={null}
          onChange={(key) => {
            setAsked(new Set([...asked, key]));
          }}
          options={all
            .filter((one) => !shown.includes(one))
            .map((one) => ({ value: keyOf(one.path), label: titleOf(one, language, t) }))}
        />
      )}
    </fieldset>
  );
}

interface FieldProps {
  code: string;
  threshold: Threshold;
  value: Value | null;
  onChange: (value: Value | null) => void;
}

/** One threshold: empty holds what the catalogue says, which stands in it. */
function Field({ code, threshold, value, onChange }: FieldProps) {
  const { t, language } = useLanguage();
  const title = titleOf(threshold, language, t);
  const wrong = wrongWith(threshold, value, t);
  const word = (one: Value) =>
    typeof one === 'number' ? String(one) : t(one ? 'zone.yes' : 'zone.no');
  const standard = t('zone.default', { value: word(threshold.default) });
  return (
    <div className="threshold">
      <span title={threshold.meaning}>{title}</span>
      {threshold.kind === 'boolean' ? (
        <Select<string>
          allowClear
          size="small"
          aria-label={`${code} ${title}`}
          placeholder={standard}
          value={value === null ? null : String(value)}
          onChange={(chosen?: string) => {
            onChange(chosen === undefined ? null : chosen === 'true');
          }}
          options={[
            { value: 'true', label: t('zone.yes') },
            { value: 'false', label: t('zone.no') },
          ]}
        />
      ) : (
        <InputNumber<number>
          size="small"
          aria-label={`${code} ${title}`}
          placeholder={standard}
          status={wrong === '' ? '' : 'error'}
          {...(threshold.kind === 'integer' ? { precision: 0 } : {})}
          value={typeof value === 'number' ? value : null}
          onChange={onChange}
        />
      )}
      {wrong !== '' && <em role="alert">{wrong}</em>}
    </div>
  );
}
