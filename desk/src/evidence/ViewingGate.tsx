/** Evidence that is not one's own to decide on is shown once its viewer has said why. */
import { Alert, Button, Input, Select } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';

const PURPOSES: readonly Schemas['Purpose'][] = [
  'complaint',
  'appeal',
  'supervision',
  'transfer',
  'training',
  'fault',
  'other',
];

interface Props {
  alert: string;
  /** Whoever decides on it looks for that, and is not asked. */
  isDeciding: boolean;
  /** Another gate beside it asks: show nothing until then. */
  isSilent?: boolean;
  children: ReactNode;
}

export function ViewingGate({ alert, isDeciding, isSilent = false, children }: Props) {
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [wasDeciding, setWasDeciding] = useState(isDeciding);
  if (isDeciding && !wasDeciding) setWasDeciding(true);
  const queryKey = ['alert', alert, 'viewing'];
  const path = { params: { path: { alert } } };
  const { data, error } = useQuery({
    queryKey,
    enabled: !isDeciding,
    refetchInterval: 60_000,
    queryFn: () => body(api.GET('/api/v1/alerts/{alert}/viewing', path)),
  });
  const stating = useMutation({
    mutationFn: (said: Schemas['TakenViewing']) =>
      body(api.POST('/api/v1/alerts/{alert}/viewing', { ...path, body: said })),
    onSuccess: (known) => {
      queries.setQueryData(queryKey, known);
    },
  });
  const isKnown = data === undefined ? wasDeciding : !data.is_reason_needed;
  if (isDeciding || isKnown) return children;
  if (isSilent) return null;
  if (data === undefined) {
    return error ? <Alert type="error" showIcon title={problemText(error)} /> : null;
  }
  return (
    <ReasonForm
      isSending={stating.isPending}
      problem={stating.error ? problemText(stating.error) : ''}
      onSaid={stating.mutate}
    />
  );
}

interface FormProps {
  isSending: boolean;
  problem: string;
  onSaid: (said: Schemas['TakenViewing']) => void;
}

function ReasonForm({ isSending, problem, onSaid }: FormProps) {
  const { t } = useLanguage();
  const [purpose, setPurpose] = useState<Schemas['Purpose'] | null>(null);
  const [text, setText] = useState('');
  const isSaid = purpose !== null && (purpose !== 'other' || text.trim() !== '');
  const send = () => {
    if (isSaid && !isSending) onSaid({ purpose, text: text.trim() });
  };
  return (
    <section className="viewing" aria-label={t('viewing.title')}>
      <h3>{t('viewing.title')}</h3>
      <p className="muted">{t('viewing.why')}</p>
      {problem !== '' && <Alert type="error" showIcon title={problem} />}
      <Select<Schemas['Purpose']>
        aria-label={t('viewing.purpose')}
        placeholder={t('viewing.purpose')}
        {...(purpose === null ? {} : { value: purpose })}
        onChange={setPurpose}
        options={PURPOSES.map((one) => ({ value: one, label: t(`purpose.${one}`) }))}
      />
      <Input
        aria-label={t('viewing.text')}
        placeholder={t(purpose === 'other' ? 'viewing.text' : 'viewing.text.free')}
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
        onPressEnter={send}
      />
      <Button type="primary" disabled={!isSaid} loading={isSending} onClick={send}>
        {t('viewing.look')}
      </Button>
    </section>
  );
}
