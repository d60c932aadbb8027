/** What leaves the house: the list as it is filtered, the evidence of what was chosen; on record. */
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { AskReason } from '../shown/AskReason';
import type { queryOf } from './filter';
import { saveFile } from './save';

const MOST_PACKS = 50;

interface ListProps {
  query: ReturnType<typeof queryOf>;
  isDisabled: boolean;
}

/** The list as CSV. */
export function ExportList({ query, isDisabled }: ListProps) {
  const { t } = useLanguage();
  return (
    <Export
      title={t('alerts.export')}
      isDisabled={isDisabled}
      fetchFile={(reason) =>
        api.POST('/api/v1/exports/alerts', { body: { reason, choice: query }, parseAs: 'blob' })
      }
    />
  );
}

/** The packs of the alerts chosen as one ZIP, blurred but for what was suspected. */
export function ExportEvidence({ rows }: { rows: readonly Schemas['AlertSummary'][] }) {
  const { t } = useLanguage();
  return (
    <Export
      title={t('alerts.zip')}
      isDisabled={rows.length > MOST_PACKS}
      fetchFile={(reason) =>
        api.POST('/api/v1/exports/evidence', {
          body: { reason, alerts: rows.map((row) => row.id), is_masked: true },
          parseAs: 'blob',
        })
      }
    />
  );
}

interface Props {
  title: string;
  isDisabled?: boolean;
  fetchFile: (reason: string) => Promise<{ data?: unknown; response: Response }>;
}

function Export({ title, isDisabled = false, fetchFile }: Props) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [isOpen, setOpen] = useState(false);
  const taking = useMutation({
    mutationFn: async (reason: string) => {
      const { data, response } = await fetchFile(reason);
      saveFile(data as Blob, response);
    },
    onSuccess: () => {
      setOpen(false);
      void message.success(t('alerts.taken'));
    },
  });
  return (
    <>
      <Button
        disabled={isDisabled}
        onClick={() => {
          taking.reset();
          setOpen(true);
        }}
      >
        {title}
      </Button>
      <AskReason
        isOpen={isOpen}
        title={title}
        isPending={taking.isPending}
        error={taking.error}
        onReason={taking.mutate}
        onCancel={() => {
          setOpen(false);
        }}
      />
    </>
  );
}
