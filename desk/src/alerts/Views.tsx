/** Saved filters of a person, kept by the service: choose one, keep the present one, drop one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown, Input } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { takeLocalViews } from './views';

interface Props {
  params: URLSearchParams;
  onChoose: (params: URLSearchParams) => void;
}

const KEY = ['me', 'views'];

export function Views({ params, onChoose }: Props) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const [name, setName] = useState<string | null>(null);
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: async () => {
      for (const view of takeLocalViews()) await keepView(view.name, view.query);
      return body(api.GET('/api/v1/me/views'));
    },
  });
  const changing = useMutation({
    mutationFn: ({ name: of, query }: { name: string; query: string | null }) =>
      query === null ? dropView(of) : keepView(of, query),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
    onError: (error) => void message.error(problemText(error)),
  });
  const keep = () => {
    const typed = name?.trim() ?? '';
    if (typed !== '') changing.mutate({ name: typed, query: params.toString() });
    setName(null);
  };
  const views = data?.views ?? [];
  const items = views.flatMap((view) => [
    { key: `open ${view.name}`, label: view.name },
    { key: `drop ${view.name}`, label: t('alerts.drop', { name: view.name }), danger: true },
  ]);
  return (
    <>
      <Dropdown
        trigger={['click']}
        disabled={views.length === 0}
        menu={{
          items,
          onClick: ({ key }) => {
            const [act, ...rest] = key.split(' ');
            const found = views.find((view) => view.name === rest.join(' '));
            if (found === undefined) return;
            if (act === 'drop') changing.mutate({ name: found.name, query: null });
            else onChoose(new URLSearchParams(found.query));
          },
        }}
      >
        <Button>{t('alerts.views')}</Button>
      </Dropdown>
      {name === null ? (
        <Button
          disabled={params.size === 0}
          onClick={() => {
            setName('');
          }}
        >
          {t('alerts.save')}
        </Button>
      ) : (
        <Input
          className="filter"
          aria-label={t('alerts.name')}
          placeholder={t('alerts.name')}
          maxLength={60}
          value={name}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the button that led here asks for a name
          autoFocus
          onChange={(event) => {
            setName(event.target.value.replaceAll('/', ''));
          }}
          onPressEnter={keep}
          onBlur={keep}
        />
      )}
    </>
  );
}

function keepView(name: string, query: string): Promise<unknown> {
  return body(api.PUT('/api/v1/me/views/{name}', { params: { path: { name } }, body: { query } }));
}

async function dropView(name: string): Promise<unknown> {
  return body(api.DELETE('/api/v1/me/views/{name}', { params: { path: { name } } }));
}
