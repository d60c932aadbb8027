/** Looks that raised nothing, one at a time: is there something a rule should have seen? */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Empty, Select } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import { full } from '../shown/time';
import '../cameras/cameras.css';

export function MissesPage() {
  const { t } = useLanguage();
  const { data } = useQuery({
    queryKey: ['misses'],
    queryFn: () => body(api.GET('/api/v1/miss-looks')),
  });
  const look = data?.looks[0];
  return (
    <>
      <header className="page-head">
        <h1>{t('page.misses')}</h1>
        <span>{t('miss.waiting', { count: data?.waiting ?? 0 })}</span>
      </header>
      {look === undefined ? (
        <Empty description={t('miss.none')} />
      ) : (
        <OneLook key={look.id} look={look} />
      )}
    </>
  );
}

function OneLook({ look }: { look: Schemas['MissLook'] }) {
  const { t, language } = useLanguage();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [codes, setCodes] = useState<string[]>([]);
  const [isSeen, setSeen] = useState(false);
  const answering = useMutation({
    mutationFn: (seen: string[]) =>
      body(
        api.POST('/api/v1/miss-looks/{look}/answer', {
          params: { path: { look: look.id } },
          body: { codes: seen, comment: '' },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['misses'] }),
  });
  const nothing = () => {
    // of a picture that is not there yet nobody can say that there is nothing
    if (isSeen && !answering.isPending) answering.mutate([]);
  };
  useKeys({ 1: nothing });
  return (
    <div className="miss">
      <p>
        {look.camera_title || look.camera} · {full(look.at)}
      </p>
      <img
        className="look"
        src={look.picture_url}
        alt={look.camera_title || look.camera}
        onLoad={() => {
          setSeen(true);
        }}
      />
      {answering.error && <Alert type="error" showIcon title={problemText(answering.error)} />}
      <p className="muted">{t('miss.why')}</p>
      <div className="buttons">
        <Button type="primary" disabled={!isSeen} loading={answering.isPending} onClick={nothing}>
          <kbd>1</kbd> {t('miss.nothing')}
        </Button>
        <Select
          mode="multiple"
          className="miss-codes"
          aria-label={t('miss.seen')}
          placeholder={t('miss.seen')}
          value={codes}
          onChange={setCodes}
          options={look.rules.map((rule) => ({
            value: rule.code,
            label: `${rule.code} ${language === 'zh' ? rule.name_zh : rule.name_en}`,
          }))}
        />
        <Button
          disabled={codes.length === 0 || !isSeen || answering.isPending}
          onClick={() => {
            answering.mutate(codes);
          }}
        >
          {t('verdict.send')}
        </Button>
      </div>
    </div>
  );
}
