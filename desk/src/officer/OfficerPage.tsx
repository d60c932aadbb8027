/** The officer's phone: what to do, where, and one tap for what came of it; works offline. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Input, Result, Spin, Tag } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { api, body, setCsrf } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useLanguage } from '../i18n/language';
import { SessionProvider } from '../session/session';
import { Preferences } from '../shell/Preferences';
import { Severity } from '../shown/Severity';
import { moment } from '../shown/time';
import { keep, send, waiting } from './outbox';
import type { Step } from './outbox';
import './officer.css';

type Task = Schemas['ShownTask'];

const RETRY_MS = 5_000;

export function OfficerPage() {
  const { t } = useLanguage();
  const [link, setLink] = useState<'none' | 'opening' | 'broken'>(() =>
    window.location.hash.length > 1 ? 'opening' : 'none',
  );
  useEffect(() => {
    const token = window.location.hash.slice(1);
    if (token === '') return;
    window.history.replaceState(null, '', '/officer');
    api.POST('/api/v1/task-links/session', { body: { token } }).then(
      ({ data }) => {
        if (data !== undefined && 'csrf' in data) setCsrf(String(data.csrf));
        setLink('none');
      },
      () => {
        setLink('broken');
      },
    );
  }, []);
  if (link === 'opening') return <Spin fullscreen />;
  if (link === 'broken') return <Result status="warning" title={t('task.link')} />;
  return (
    <SessionProvider>
      <Tasks />
    </SessionProvider>
  );
}

function Tasks() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const { steps, add } = useOutbox();
  const { data } = useQuery({
    queryKey: ['my-tasks'],
    queryFn: () => body(api.GET('/api/v1/tasks/mine')),
    refetchInterval: 20_000,
    gcTime: Infinity,
  });
  useEvents((event) => {
    if (event.name === 'task.changed') void queries.invalidateQueries({ queryKey: ['my-tasks'] });
  });
  const refused = steps.filter((step) => step.refused !== undefined);
  const held = steps.length - refused.length;
  return (
    <main className="officer">
      <header className="officer-head">
        <h1>{t('page.officer')}</h1>
        <span role="status">
          {held > 0 ? (
            <Tag color="warning">{t('task.queued', { count: held })}</Tag>
          ) : (
            <Tag color="success">{t('task.sent')}</Tag>
          )}
          {refused.length > 0 && (
            <Tag color="error" title={refused.map((step) => step.refused).join('\n')}>
              {t('task.refused', { count: refused.length })}
            </Tag>
          )}
        </span>
        <span className="bar-space" />
        <Preferences />
      </header>
      {data?.tasks.length === 0 && <Result status="success" title={t('task.none')} />}
      {(data?.tasks ?? []).map((task) => (
        <TaskCard
          key={task.id}
          task={task}
          steps={steps.filter((step) => step.task === task.id)}
          onStep={add}
        />
      ))}
    </main>
  );
}

type NewStep = Parameters<typeof keep>[0];

function useOutbox() {
  const queries = useQueryClient();
  const [steps, setSteps] = useState<Step[]>([]);
  const flush = useCallback(async () => {
    const before = await waiting();
    setSteps(before);
    if (before.length === 0) return;
    await send();
    setSteps(await waiting());
    await queries.invalidateQueries({ queryKey: ['my-tasks'] });
  }, [queries]);
  useEffect(() => {
    const go = () => void flush();
    const first = window.setTimeout(go, 0);
    const retrying = window.setInterval(go, RETRY_MS);
    window.addEventListener('online', go);
    return () => {
      window.clearTimeout(first);
      window.clearInterval(retrying);
      window.removeEventListener('online', go);
    };
  }, [flush]);
  const add = (step: NewStep) => {
    void keep(step).then(flush);
  };
  return { steps, add };
}

interface CardProps {
  task: Task;
  steps: Step[];
  onStep: (step: NewStep) => void;
}

const RESULTS: readonly Schemas['Result'][] = ['left', 'corrected', 'unable'];
const FINDINGS: readonly Schemas['Result'][] = ['found', 'not_found', 'unable'];

function TaskCard({ task, steps, onStep }: CardProps) {
  const { t, language } = useLanguage();
  const [remark, setRemark] = useState('');
  const has = (kind: Step['kind']) => steps.some((step) => step.kind === kind);
  const isSeen = task.acknowledged_at !== null || has('acknowledge');
  const isThere = task.arrived_at !== null || has('arrive');
  const isDone = task.done_at !== null || has('result');
  const { alert } = task;
  const still = task.stills.at(-1);
  const photos = task.photos.length + steps.filter((step) => step.kind === 'photo').length;
  return (
    <Card size="small" className="task">
      <header>
        <Severity of={alert.severity} />
        <h2>{language === 'zh' ? alert.text_zh : alert.text_en}</h2>
        <Tag>{t(`task.state.${task.state}`)}</Tag>
      </header>
      <p>
        {alert.camera_title || alert.camera} · {moment(alert.opened_at)}
      </p>
      {task.note !== '' && <p className="task-note">{task.note}</p>}
      {still !== undefined && <img src={still} alt={alert.camera_title || alert.camera} />}
      {task.lat !== null && task.lon !== null && (
        <Button block size="large" href={`geo:${String(task.lat)},${String(task.lon)}`}>
          {t('task.navigate')}
        </Button>
      )}
      {!isDone && (
        <>
          <div className="task-row">
            <Button
              size="large"
              type={isSeen ? 'default' : 'primary'}
              disabled={isSeen}
              onClick={() => {
                onStep({ task: task.id, kind: 'acknowledge' });
              }}
            >
              {t('task.acknowledge')}
            </Button>
            <Button
              size="large"
              type={isSeen && !isThere ? 'primary' : 'default'}
              disabled={!isSeen || isThere}
              onClick={() => {
                onStep({ task: task.id, kind: 'arrive' });
              }}
            >
              {t('task.arrive')}
            </Button>
            <label className="task-photo">
              <input
                type="file"
                accept="image/jpeg,image/png"
                capture="environment"
                onChange={(event) => {
                  const photo = event.target.files?.[0];
                  if (photo) onStep({ task: task.id, kind: 'photo', photo });
                  event.target.value = '';
                }}
              />
              {t('task.photo')} {photos > 0 && `(${String(photos)})`}
            </label>
          </div>
          <Input.TextArea
            rows={2}
            maxLength={2000}
            aria-label={t('task.remark')}
            placeholder={t('task.remark')}
            value={remark}
            onChange={(event) => {
              setRemark(event.target.value);
            }}
          />
          <div className="task-row">
            {(task.kind === 'check' ? FINDINGS : RESULTS).map((result) => (
              <Button
                key={result}
                size="large"
                disabled={!isSeen}
                onClick={() => {
                  onStep({ task: task.id, kind: 'result', result, remark });
                }}
              >
                {t(`task.${result}`)}
              </Button>
            ))}
          </div>
        </>
      )}
      {task.result !== null && (
        <p>
          <b>{t(`task.${task.result}`)}</b> {task.remark} {t('task.photos', { count: photos })}
        </p>
      )}
    </Card>
  );
}
