/** What the next shift must know, the siren's test, and both signatures. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, List, Statistic } from 'antd';
import { useSyncExternalStore } from 'react';
import { Link } from 'react-router';
import { soundedTest, subscribeTested } from '../alarms/siren_test';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { Severity } from '../shown/Severity';
import { full, moment } from '../shown/time';
import { useOnce } from '../shown/useOnce';
import { wordOf } from '../shown/words';
import './shift.css';

export function ShiftPage() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const { data: now } = useQuery({
    queryKey: ['shift'],
    queryFn: () => body(api.GET('/api/v1/shift')),
    refetchInterval: 15_000,
  });
  useEvents(() => void queries.invalidateQueries({ queryKey: ['shift'] }));
  const head = (
    <header className="page-head">
      <h1>{t('shift.title')}</h1>
    </header>
  );
  if (now === undefined) return head;
  const figures = [
    [t('shift.openS1'), now.open_s1.length, true],
    [t('shift.unacknowledged'), now.unacknowledged, true],
    [t('shift.overdue'), now.overdue.length, true],
    [t('shift.waiting'), now.waiting, false],
    [t('shift.feeds'), now.feeds_down.length, true],
    [t('shift.downgraded'), now.downgraded.length, false],
    [t('shift.undelivered'), now.undelivered, true],
    [t('shift.tasks'), now.open_tasks, false],
  ] as const;
  return (
    <>
      {head}
      <div className="figures">
        {figures.map(([title, value, isBad]) => (
          <Card size="small" key={title}>
            <Statistic
              title={title}
              value={value}
              className={isBad && value > 0 ? 'figure-bad' : ''}
            />
          </Card>
        ))}
      </div>
      <div className="shift">
        <OpenThings now={now} />
        <div>
          <Siren test={now.last_siren_test} />
          <Handover />
        </div>
      </div>
    </>
  );
}

function OpenThings({ now }: { now: Schemas['ShiftNow'] }) {
  const { t, language } = useLanguage();
  const alerts = [...now.open_s1, ...now.overdue.map((item) => item.alert)];
  return (
    <Card size="small" title={`${t('shift.openS1')} · ${t('shift.overdue')}`}>
      <List
        size="small"
        dataSource={alerts}
        locale={{ emptyText: t('shift.none') }}
        renderItem={(alert) => (
          <List.Item>
            <Severity of={alert.severity} />
            <Link to={`/review/${alert.id}`}>
              {language === 'zh' ? alert.text_zh : alert.text_en}
            </Link>
            <span>{alert.camera_title || alert.camera}</span>
            <time>{moment(alert.opened_at)}</time>
          </List.Item>
        )}
      />
      {now.feeds_down.map((feed) => (
        <p key={feed.camera}>
          <b className="warn">{t('shift.feeds')}</b> {feed.title || feed.camera}{' '}
          {feed.faults
            .map((fault) => wordOf('fault', fault, t))
            .join(language === 'zh' ? '、' : ', ')}
        </p>
      ))}
      {now.downgraded.map((rule) => (
        <p key={rule.code}>
          <b>{t('shift.downgraded')}</b> {rule.code}{' '}
          {language === 'zh' ? rule.text_zh : rule.text_en} {rule.confirmed}/{rule.reviewed}
        </p>
      ))}
    </Card>
  );
}

function Siren({ test }: { test: Schemas['SirenTest'] | null }) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const sounded = useSyncExternalStore(subscribeTested, soundedTest);
  const again = () => queries.invalidateQueries({ queryKey: ['shift'] });
  const begin = useMutation({
    mutationFn: () => body(api.POST('/api/v1/shift/siren-tests', { body: {} })),
    onSuccess: again,
  });
  const hear = useMutation({
    mutationFn: (id: string) =>
      api.POST('/api/v1/shift/siren-tests/{test}/heard', { params: { path: { test: id } } }),
    onSuccess: again,
  });
  const error = begin.error ?? hear.error;
  const said =
    test === null
      ? t('shift.nosiren')
      : t('shift.lastsiren', {
          at: moment(test.at),
          who: test.heard_by.join(', ') || t('shift.none'),
        });
  return (
    <Card size="small" title={t('shift.siren')} className="gap-below">
      <p>{said}</p>
      {error && <Alert type="error" showIcon title={problemText(error)} className="gap-below" />}
      <div className="buttons">
        <Button
          loading={begin.isPending}
          onClick={() => {
            begin.mutate();
          }}
        >
          {t('shift.siren')}
        </Button>
        {test !== null && sounded === test.id && (
          <Button
            type="primary"
            loading={hear.isPending}
            onClick={() => {
              hear.mutate(test.id);
            }}
          >
            {t('shift.heard')}
          </Button>
        )}
      </div>
      {test !== null && sounded !== test.id && <p className="muted">{t('shift.silent')}</p>}
    </Card>
  );
}

function Handover() {
  const { t } = useLanguage();
  const { me } = useSession();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ['handovers'] });
  const { data } = useQuery({
    queryKey: ['handovers'],
    queryFn: () => body(api.GET('/api/v1/shift/handovers')),
  });
  const once = useOnce();
  const [form] = Form.useForm<Schemas['TakenHandover']>();
  const leave = useMutation({
    networkMode: 'always',
    mutationFn: (typed: Schemas['TakenHandover']) =>
      body(api.POST('/api/v1/shift/handovers', { body: typed })),
    onSuccess: () => {
      form.resetFields();
    },
    // an answer lost on the way may have been a signature: the list tells
    onSettled: again,
  });
  const take = useMutation({
    mutationFn: (handover: string) =>
      body(api.POST('/api/v1/shift/handovers/{handover}/sign', { params: { path: { handover } } })),
    onSettled: again,
  });
  const error = leave.error ?? take.error;
  return (
    <Card size="small" title={t('shift.handovers')}>
      {error && <Alert type="error" showIcon title={problemText(error)} className="gap-below" />}
      <Form<Schemas['TakenHandover']>
        form={form}
        layout="vertical"
        onFinish={(typed) => {
          once(() => leave.mutateAsync(typed));
        }}
      >
        <Form.Item name="incoming" label={t('shift.incoming')} rules={[{ required: true }]}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="note" label={t('shift.note')}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={leave.isPending}>
          {t('shift.sign')}
        </Button>
      </Form>
      <List
        size="small"
        dataSource={data?.handovers ?? []}
        locale={{ emptyText: t('shift.none') }}
        renderItem={(one) => (
          <List.Item>
            <span>
              {one.outgoing} → {one.incoming} · {full(one.signed_out_at)}
              {one.note !== '' && <em> {one.note}</em>}
            </span>
            {one.signed_in_at === null && one.incoming === me.name ? (
              <Button
                type="primary"
                size="small"
                loading={take.isPending}
                onClick={() => {
                  take.mutate(one.id);
                }}
              >
                {t('shift.signin')}
              </Button>
            ) : (
              <span>
                {one.signed_in_at === null
                  ? t('shift.waitsign', { who: one.incoming })
                  : t('shift.signed')}
              </span>
            )}
          </List.Item>
        )}
      />
    </Card>
  );
}
