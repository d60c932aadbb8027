/** A list of cameras as CSV: what would be added, what is wrong by line, then all at once. */
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { putInForce } from '../zones/draft';
import { messageOf } from '../zones/problem_words';

export function ImportList() {
  const { t, language } = useLanguage();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [name, setName] = useState('');
  const reading = useMutation({
    mutationFn: async (file: File) =>
      body(
        api.POST('/api/v1/site/cameras', {
          body: (await file.text()) as never,
          bodySerializer: (text: unknown) => text as string,
          headers: { 'Content-Type': 'text/csv' },
        }),
      ),
  });
  const taking = useMutation({
    mutationFn: async (read: Schemas['ImportedCameras']) => {
      const held = await body(api.GET('/api/v1/site'));
      const note = t('import.note', { count: read.added.length });
      const kept = await body(
        api.POST('/api/v1/site/drafts', { body: { content: read.content, note } }),
      );
      return putInForce(kept.revision, held.revision, note);
    },
    onSuccess: () => {
      void message.success(t('zone.applied'));
      void navigate('/cameras');
    },
  });
  const read = reading.data;
  const error = reading.error ?? taking.error;
  return (
    <Card size="small" title={t('import.title')}>
      <p className="muted">{t('import.why')}</p>
      <label className="import-file">
        <span>{t('import.file')}</span>
        <span className="muted">{name === '' ? t('import.nofile') : name}</span>
        <input
          type="file"
          className="unseen"
          accept=".csv,text/csv"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) {
              setName(file.name);
              reading.mutate(file);
            }
          }}
        />
      </label>
      {error && <Alert type="error" showIcon title={problemText(error)} />}
      {read && (
        <>
          <p>
            {t('import.added', { count: read.added.length })} {read.added.join('、')}
          </p>
          <ul className="zone-problems">
            {read.problems.map((one) => (
              <li key={`${String(one.line)} ${one.column}`}>
                {t('import.line', { line: one.line })} <code>{one.column}</code>{' '}
                {messageOf(one.message, language)}
              </li>
            ))}
          </ul>
          <Button
            type="primary"
            disabled={read.added.length === 0}
            loading={taking.isPending}
            onClick={() => {
              taking.mutate(read);
            }}
          >
            {t('import.take')}
          </Button>
        </>
      )}
    </Card>
  );
}
