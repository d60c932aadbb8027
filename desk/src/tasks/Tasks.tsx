/** Who was sent about this alert and how far they are; whom to send, on whose phone. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input, Popconfirm, Typography } from 'antd';
import { useState } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { moment } from '../shown/time';
import { useOnce } from '../shown/useOnce';
import { OfficerSelect } from './OfficerSelect';
import './tasks.css';

type Task = Schemas['ShownTask'];

type State = Schemas['ShownReview']['state'];

/** Handling follows a verdict (art. 41); somebody to look may be sent at any time. */
const HANDLED: readonly State[] = ['confirmed', 'evidence'];

interface TasksProps {
  alert: string;
  state: State;
}

export function Tasks({ alert, state }: TasksProps) {
  const { t } = useLanguage();
  const { may } = useSession();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['tasks', alert],
    queryFn: () => body(api.GET('/api/v1/tasks', { params: { query: { alert } } })),
  });
  const again = () => queries.invalidateQueries({ queryKey: ['tasks', alert] });
  useEvents((event) => {
    if (event.name === 'task.changed' || event.name === 'review.changed') void again();
  });
  const tasks = data?.tasks ?? [];
  const mayAssign = may('tasks.assign');
  if (tasks.length === 0 && !mayAssign) return null;
  return (
    <>
      <h3>{t('task.title')}</h3>
      <ul className="tasks">
        {tasks.map((task) => (
          <Line key={task.id} task={task} mayAssign={mayAssign} again={again} />
        ))}
      </ul>
      {mayAssign && <Send alert={alert} mayHandle={HANDLED.includes(state)} again={again} />}
    </>
  );
}

interface LineProps {
  task: Task;
  mayAssign: boolean;
  again: () => Promise<void>;
}

function Line({ task, mayAssign, again }: LineProps) {
  const { t, language } = useLanguage();
  const problemText = useProblemText();
  const [isMoving, setMoving] = useState(false);
  const params = { path: { task: task.id } };
  const assigning = useMutation({
    networkMode: 'always',
    mutationFn: (officer: string) =>
      body(api.POST('/api/v1/tasks/{task}/assign', { params, body: { officer } })),
    onSuccess: () => {
      setMoving(false);
    },
    onSettled: again,
  });
  const cancelling = useMutation({
    networkMode: 'always',
    mutationFn: () => body(api.POST('/api/v1/tasks/{task}/cancel', { params })),
    onSettled: again,
  });
  const linking = useMutation({
    networkMode: 'always',
    mutationFn: () => body(api.POST('/api/v1/tasks/{task}/link', { params })),
  });
  const isOpen = task.state !== 'done' && task.state !== 'cancelled';
  const mayMove = isOpen && task.state !== 'arrived';
  const error = assigning.error ?? cancelling.error ?? linking.error;
  return (
    <li>
      <b>{t(`task.state.${task.state}`)}</b>{' '}
      {task.officer === '' ? t('task.anybody') : task.officer} {moment(task.changed_at)} {task.note}{' '}
      {task.result !== null && (
        <b>{language === 'zh' ? task.result_zh : t(`task.${task.result}`)}</b>
      )}{' '}
      {task.remark}
      {task.photos.map((photo) => (
        <a key={photo.id} href={photo.url} target="_blank" rel="noreferrer">
          {t('task.photo')}
        </a>
      ))}
      {mayAssign && isOpen && (
        <div className="task-acts">
          {mayMove && (
            <Button
              size="small"
              onClick={() => {
                setMoving(!isMoving);
              }}
            >
              {t(task.officer === '' ? 'task.assign' : 'task.reassign')}
            </Button>
          )}
          {task.officer !== '' && (
            <Button
              size="small"
              loading={linking.isPending}
              onClick={() => {
                linking.mutate();
              }}
            >
              {t('task.makelink')}
            </Button>
          )}
          <Popconfirm
            title={t('task.cancel.sure')}
            okText={t('task.cancel')}
            cancelText={t('verdict.back')}
            onConfirm={() => {
              cancelling.mutate();
            }}
          >
            <Button size="small" loading={cancelling.isPending}>
              {t('task.cancel')}
            </Button>
          </Popconfirm>
        </div>
      )}
      {isMoving && (
        <OfficerSelect
          value={task.officer}
          mayBeAnybody={false}
          onChange={(officer) => {
            assigning.mutate(officer);
          }}
        />
      )}
      {error && <Alert type="error" title={problemText(error)} />}
      {linking.data && task.officer !== '' && (
        <p>
          {t('task.copy')}{' '}
          <Typography.Text copyable code>
            {`${window.location.origin}${linking.data.url}`}
          </Typography.Text>
        </p>
      )}
    </li>
  );
}

interface SendProps {
  alert: string;
  mayHandle: boolean;
  again: () => Promise<void>;
}

/** A new task: whom, and what to look at. */
function Send({ alert, mayHandle, again }: SendProps) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const once = useOnce();
  const kinds = mayHandle ? (['handle', 'check'] as const) : (['check'] as const);
  const [officer, setOfficer] = useState('');
  const [note, setNote] = useState('');
  const sending = useMutation({
    networkMode: 'always',
    mutationFn: (kind: Schemas['TaskKind']) =>
      body(api.POST('/api/v1/tasks', { body: { alert, kind, officer, note: note.trim() } })),
    onSuccess: () => {
      setNote('');
      setOfficer('');
    },
    // an answer lost on the way may have been a task: the list tells
    onSettled: again,
  });
  return (
    <div className="task-send">
      <OfficerSelect value={officer} onChange={setOfficer} />
      <Input
        aria-label={t('task.note')}
        placeholder={t('task.note')}
        maxLength={2000}
        value={note}
        onChange={(event) => {
          setNote(event.target.value);
        }}
      />
      <div className="task-acts">
        {kinds.map((kind) => (
          <Button
            key={kind}
            size="small"
            disabled={sending.isPending}
            loading={sending.isPending && sending.variables === kind}
            onClick={() => {
              once(() => sending.mutateAsync(kind));
            }}
          >
            {t(`task.send.${kind}`)}
          </Button>
        ))}
      </div>
      {sending.error && <Alert type="error" title={problemText(sending.error)} />}
    </div>
  );
}
