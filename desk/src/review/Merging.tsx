/** Which alert stands for this one: an earlier one of the place, or one named by its id. */
import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import type { InputRef } from 'antd';
import { useRef, useState } from 'react';
import { beginningOf } from '../alerts/search';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { moment } from '../shown/time';
import { useKeys } from './keys';
import type { FormProps } from './VerdictPanel';
import { Back } from './Words';

const KEYS = 9;

/** 3, then a number; or 0, the beginning of an id, Enter, and a number. */
export function MergeForm({ matter, onVerdict, isSending, onBack, others }: FormProps) {
  const { t, language } = useLanguage();
  const problemText = useProblemText();
  const [typed, setTyped] = useState('');
  const field = useRef<InputRef>(null);
  const naming = useMutation({
    mutationFn: (id: string) =>
      body(api.GET('/api/v1/alerts', { params: { query: { id: [id], limit: KEYS + 1 } } })),
    onSuccess: ({ alerts }) => {
      // what is offered is taken by its number
      if (alerts.some(({ id }) => id !== matter)) field.current?.blur();
    },
  });
  const beginning = beginningOf(typed);
  const named = naming.data?.alerts.filter(({ id }) => id !== matter);
  const offered = (named ?? others.map(({ alert }) => alert)).slice(0, KEYS);
  const merge = (into: string) => {
    onVerdict({ kind: 'merge', into });
  };
  const keys = Object.fromEntries(
    offered.map(({ id }, place) => [
      String(place + 1),
      () => {
        merge(id);
      },
    ]),
  );
  const name = () => {
    field.current?.focus();
  };
  useKeys({ ...keys, '0': name }, !isSending);
  return (
    <div className="verdict-row">
      <b>{t('verdict.into')}</b>
      {offered.map((alert, place) => (
        <Button
          key={alert.id}
          disabled={isSending}
          title={alert.id}
          onClick={() => {
            merge(alert.id);
          }}
        >
          <kbd>{place + 1}</kbd> {language === 'zh' ? alert.text_zh : alert.text_en}{' '}
          {named !== undefined && `${alert.camera_title || alert.camera} `}
          {moment(alert.opened_at)}
        </Button>
      ))}
      {offered.length === 0 && <span className="muted">{t(nothing(naming.data, typed))}</span>}
      {(named?.length ?? 0) > KEYS && <span className="muted">{t('verdict.longer')}</span>}
      <label htmlFor="into">
        <kbd>0</kbd> {t('verdict.named')}
      </label>
      <Input
        id="into"
        ref={field}
        className="verdict-id"
        maxLength={40}
        value={typed}
        placeholder={t('verdict.signs')}
        {...(typed !== '' && beginning === null ? { status: 'error' as const } : {})}
        onChange={(event) => {
          setTyped(event.target.value);
          naming.reset();
        }}
        onPressEnter={() => {
          if (beginning !== null && !naming.isPending) naming.mutate(beginning);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.nativeEvent.isComposing) onBack();
        }}
      />
      {naming.error && <span className="muted">{problemText(naming.error)}</span>}
      <Back onBack={onBack} />
    </div>
  );
}

/** Why nothing is offered. */
function nothing(page: Schemas['AlertPage'] | undefined, typed: string) {
  if (page === undefined) return typed === '' ? 'verdict.nothing' : 'verdict.signs';
  return page.alerts.length > 0 ? 'verdict.itself' : 'verdict.unknown';
}
