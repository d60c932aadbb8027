/** Alerts of one plate: asked with a reason that goes on record, the plate in no address. */
import { useMutation } from '@tanstack/react-query';
import { App, Input } from 'antd';
import { useId } from 'react';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { AskReason } from '../shown/AskReason';

/** So many ids a filter takes. */
const MOST = 100;

interface Props {
  /** As typed so far; null: closed. */
  plate: string | null;
  onType: (plate: string | null) => void;
  /** Ids of the alerts there are. */
  onFound: (alerts: readonly string[]) => void;
}

export function PlateSearch({ plate, onType, onFound }: Props) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const id = useId();
  const searching = useMutation({
    mutationFn: (asked: { plate: string; reason: string }) =>
      body(api.POST('/api/v1/plate-searches', { body: asked })),
    onSuccess: ({ alerts, shown, is_cut }) => {
      onType(null);
      if (alerts.length === 0) void message.info(t('plate.nobody', { shown }));
      else onFound(alerts.slice(0, MOST));
      if (is_cut || alerts.length > MOST) void message.warning(t('plate.cut'));
    },
  });
  return (
    <AskReason
      isOpen={plate !== null}
      title={t('plate.search')}
      isPending={searching.isPending}
      error={searching.error}
      onReason={(reason) => {
        searching.mutate({ plate: (plate ?? '').trim(), reason });
      }}
      onCancel={() => {
        searching.reset();
        onType(null);
      }}
    >
      <label htmlFor={id}>{t('plate.add')}</label>
      <Input
        id={id}
        maxLength={20}
        value={plate ?? ''}
        onChange={(event) => {
          onType(event.target.value);
        }}
      />
    </AskReason>
  );
}
