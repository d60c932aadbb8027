/** The list as it is filtered, as CSV; why it was taken out stands in its first line. */
import { useMutation } from '@tanstack/react-query';
import { App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { full } from '../shown/time';
import { csvOf, save } from './csv';
import type { queryOf } from './filter';

const MOST = 5_000;
const PAGE = 200;

export function Export({ query }: { query: ReturnType<typeof queryOf> }) {
  const { t } = useLanguage();
  const { me } = useSession();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const taking = useMutation({
    mutationFn: async () => {
      const rows = await everything(query);
      const now = full(new Date().toISOString());
      const head = [t('alerts.taken', { name: me.full_name || me.name, at: now, reason })];
      const titles = [
        'id',
        t('alert.severity'),
        t('alerts.code'),
        t('alert.what'),
        t('alert.where'),
        t('alert.since'),
        t('alerts.opened'),
        t('alert.life'),
        t('alerts.evidence'),
      ];
      const lines = rows.map((row) => [
        row.id,
        row.severity,
        row.code,
        row.text_zh,
        row.camera_title || row.camera,
        full(row.occupied_since),
        full(row.opened_at),
        t(`life.${row.life}`),
        t(`pack.${row.evidence}`),
      ]);
      save(`nonsite-${now.slice(0, 10).replaceAll('/', '')}.csv`, csvOf([head, titles, ...lines]));
      return rows.length;
    },
    onSuccess: (count) => {
      setOpen(false);
      setReason('');
      void message.success(t('alerts.exported', { count }));
    },
    onError: (error) => {
      void message.error(problemText(error));
    },
  });
  return (
    <>
      <Button
        onClick={() => {
          setOpen(true);
        }}
      >
        {t('alerts.export')}
      </Button>
      <Modal
        open={isOpen}
        title={t('alerts.export')}
        okText={t('alerts.export')}
        cancelText={t('form.cancel')}
        okButtonProps={{ disabled: reason.trim() === '', loading: taking.isPending }}
        onCancel={() => {
          setOpen(false);
        }}
        onOk={() => {
          taking.mutate();
        }}
      >
        <label htmlFor="export-reason">{t('alerts.reason')}</label>
        <Input
          id="export-reason"
          maxLength={200}
          value={reason}
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
      </Modal>
    </>
  );
}

async function everything(query: ReturnType<typeof queryOf>): Promise<Schemas['AlertSummary'][]> {
  const found: Schemas['AlertSummary'][] = [];
  let cursor: string | null = '';
  while (cursor !== null && found.length < MOST) {
    const page: Schemas['AlertPage'] = await body(
      api.GET('/api/v1/alerts', {
        params: { query: { ...query, limit: PAGE, ...(cursor === '' ? {} : { cursor }) } },
      }),
    );
    found.push(...page.alerts);
    cursor = page.next;
  }
  return found;
}
