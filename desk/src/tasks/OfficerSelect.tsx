/** Whom to send: one officer, or whoever is near. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';

interface Props {
  value: string;
  onChange: (officer: string) => void;
  /** Whether nobody in particular may be chosen: whoever sees the camera takes it. */
  mayBeAnybody?: boolean;
}

export function OfficerSelect({ value, onChange, mayBeAnybody = true }: Props) {
  const { t } = useLanguage();
  const { data } = useQuery({
    queryKey: ['officers'],
    queryFn: () => body(api.GET('/api/v1/officers')),
    staleTime: 60_000,
  });
  const officers = (data?.officers ?? []).map(({ name, full_name }) => ({
    value: name,
    label: `${full_name} ${name}`,
  }));
  const anybody = { value: '', label: t('task.anybody') };
  return (
    <Select
      className="officer-select"
      aria-label={t('task.officer')}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('task.officer')}
      value={mayBeAnybody || value !== '' ? value : null}
      options={mayBeAnybody ? [anybody, ...officers] : officers}
      onChange={onChange}
    />
  );
}
