/** One box for all one may look by: what is picked joins the filter in the address. */
import { Select } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { changed } from './filter';
import type { Finding } from './search';
import { findings } from './search';

interface Props {
  params: URLSearchParams;
  cameras: readonly Schemas['ShownCamera'][];
  onChange: (params: URLSearchParams) => void;
  /** What looks like a plate was typed. */
  onPlate: (plate: string) => void;
}

/** What stands in the box; cameras and zones stand in their own. */
const HELD = ['id', 'decided_by'] as const;

export function SearchBox({ params, cameras, onChange, onPlate }: Props) {
  const { t } = useLanguage();
  const { may } = useSession();
  const [typed, setTyped] = useState('');
  const labelled = ({ name, value }: Finding) => {
    const camera = name === 'camera' && cameras.find((one) => one.id === value)?.title;
    return {
      value: `${name}=${value}`,
      label: t(`search.${name}`, { what: camera || value }),
    };
  };
  const held = HELD.flatMap((name) => params.getAll(name).map((value) => ({ name, value })));
  const found = findings(typed, cameras, may('reviews.read')).filter(
    (one) => one.name !== 'plate' || may('reviews.confirm'),
  );
  return (
    <Select
      mode="multiple"
      labelInValue
      className="filter-search"
      aria-label={t('search.box')}
      placeholder={t('alerts.search')}
      filterOption={false}
      open={found.length > 0}
      searchValue={typed}
      onSearch={setTyped}
      onBlur={() => {
        setTyped('');
      }}
      options={found.map(labelled)}
      value={held.map(labelled)}
      onSelect={({ value }) => {
        setTyped('');
        const picked = found.find((one) => labelled(one).value === value);
        if (picked === undefined) return;
        if (picked.name === 'plate') onPlate(picked.value);
        else onChange(added(params, picked.name, picked.value));
      }}
      onDeselect={({ value }) => {
        const left = held.filter((one) => labelled(one).value !== value);
        onChange(
          HELD.reduce(
            (next, name) =>
              changed(
                next,
                name,
                left.filter((one) => one.name === name).map((one) => one.value),
              ),
            params,
          ),
        );
      }}
    />
  );
}

function added(params: URLSearchParams, name: string, value: string): URLSearchParams {
  return changed(params, name, [...new Set([...params.getAll(name), value])]);
}
