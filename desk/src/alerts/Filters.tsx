/** One control for each thing an alert can be looked for by. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { Key } from '../i18n/language';
import { REASONS } from '../review/reasons';
import type { ListName } from './filter';
import { LIVES, PACKS, PHASES, SAMPLES, SEVERITIES, STATES, changed, dayOf } from './filter';
import { SearchBox } from './SearchBox';

interface Props {
  params: URLSearchParams;
  onChange: (params: URLSearchParams) => void;
  onPlate: (plate: string) => void;
}

interface Choice {
  name: ListName;
  title: Key;
  options: { value: string; label: string }[];
}

/** What is typed: codes and names of zones. */
const TYPED: readonly { name: ListName; title: Key; spell: (typed: string) => string }[] = [
  { name: 'code', title: 'alerts.code', spell: (typed) => typed.trim().toUpperCase() },
  { name: 'zone', title: 'alert.zone', spell: (typed) => typed.trim().toLowerCase() },
];

export function Filters({ params, onChange, onPlate }: Props) {
  const { t } = useLanguage();
  const { data: cameras } = useQuery({
    queryKey: ['cameras'],
    queryFn: () => body(api.GET('/api/v1/cameras')),
    staleTime: 60_000,
  });
  const choices: Choice[] = [
    {
      name: 'camera',
      title: 'alert.where',
      options: (cameras?.cameras ?? []).map((one) => ({
        value: one.id,
        label: one.title || one.id,
      })),
    },
    {
      name: 'severity',
      title: 'alert.severity',
      options: SEVERITIES.map((one) => ({ value: one, label: `${one} ${t(`severity.${one}`)}` })),
    },
    {
      name: 'life',
      title: 'alert.life',
      options: LIVES.map((one) => ({ value: one, label: t(`life.${one}`) })),
    },
    {
      name: 'phase',
      title: 'alert.phase',
      options: PHASES.map((one) => ({ value: one, label: t(`phase.${one}`) })),
    },
    {
      name: 'review',
      title: 'alerts.review',
      options: STATES.map((one) => ({ value: one, label: t(`state.${one}`) })),
    },
    {
      name: 'reason',
      title: 'report.reasons',
      options: REASONS.map((one) => ({ value: one, label: t(`reason.${one}`) })),
    },
    {
      name: 'evidence',
      title: 'alerts.evidence',
      options: PACKS.map((one) => ({ value: one, label: t(`pack.${one}`) })),
    },
    {
      name: 'sample',
      title: 'report.sample',
      options: SAMPLES.map((one) => ({ value: one, label: t(`sample.${one}`) })),
    },
  ];
  return (
    <search className="filters" aria-label={t('alerts.filters')}>
      <SearchBox
        params={params}
        cameras={cameras?.cameras ?? []}
        onChange={onChange}
        onPlate={onPlate}
      />
      {TYPED.map(({ name, title, spell }) => (
        <Select
          key={name}
          mode="tags"
          aria-label={t(title)}
          placeholder={t(title)}
          className="filter"
          tokenSeparators={[',', ' ']}
          value={params.getAll(name)}
          onChange={(values: string[]) => {
            onChange(changed(params, name, values.map(spell)));
          }}
        />
      ))}
      {choices.map(({ name, title, options }) => (
        <Select
          key={name}
          mode="multiple"
          className="filter"
          maxTagCount={1}
          popupMatchSelectWidth={false}
          aria-label={t(title)}
          placeholder={t(title)}
          optionFilterProp="label"
          options={options}
          value={params.getAll(name)}
          onChange={(values: string[]) => {
            onChange(changed(params, name, values));
          }}
        />
      ))}
      {(['since', 'until'] as const).map((name) => (
        <Input
          key={name}
          type="date"
          className="filter-day"
          aria-label={t(name === 'since' ? 'alerts.from' : 'alerts.to')}
          value={dayOf(params.get(name))}
          onChange={(event) => {
            onChange(changed(params, name, [event.target.value]));
          }}
        />
      ))}
      <Button
        type="text"
        disabled={params.size === 0}
        onClick={() => {
          onChange(new URLSearchParams());
        }}
      >
        {t('alerts.clear')}
      </Button>
    </search>
  );
}
