/** Saved filters: choose one, keep the present one under a name, drop one. */
import { Button, Dropdown, Input } from 'antd';
import { useState } from 'react';
import { useLanguage } from '../i18n/language';
import { dropView, keepView, savedViews } from './views';

interface Props {
  params: URLSearchParams;
  onChoose: (params: URLSearchParams) => void;
}

export function Views({ params, onChoose }: Props) {
  const { t } = useLanguage();
  const [views, setViews] = useState(savedViews);
  const [name, setName] = useState<string | null>(null);
  const keep = () => {
    if (name !== null && name.trim() !== '') {
      setViews(keepView({ name: name.trim(), query: params.toString() }));
    }
    setName(null);
  };
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
            if (act === 'drop') setViews(dropView(found.name));
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
            setName(event.target.value);
          }}
          onPressEnter={keep}
          onBlur={keep}
        />
      )}
    </>
  );
}
