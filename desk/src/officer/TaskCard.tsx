/** One task: where, what was seen, and a tap for each step. */
import { Alert, Button, Card, Input, Tag } from 'antd';
import { useEffect, useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { Navigate } from '../shown/Navigate';
import { Severity } from '../shown/Severity';
import { moment } from '../shown/time';
import type { Step } from './outbox';
import { sendable } from './photo';
import { keepWords, wordsOf } from './remembered';
import { UNDO_MS } from './useOutbox';
import type { Outbox } from './useOutbox';

type Task = Schemas['ShownTask'];
type Result = Schemas['Result'];

const RESULTS: readonly Result[] = ['left', 'corrected', 'unable'];
const FINDINGS: readonly Result[] = ['found', 'not_found', 'unable'];

interface CardProps {
  task: Task;
  person: string;
  outbox: Outbox;
}

export function TaskCard({ task, person, outbox }: CardProps) {
  const { t, language } = useLanguage();
  const { alert } = task;
  const text = language === 'zh' ? alert.text_zh : alert.text_en;
  const camera = alert.camera_title || alert.camera;
  const mine = outbox.steps.filter((step) => step.task === task.id && !step.refused);
  const told = mine.find((step) => step.kind === 'result');
  const photos = task.photos.length + mine.filter((step) => step.kind === 'photo').length;
  const still = task.stills.at(-1);
  const result = task.result ?? told?.result ?? null;
  return (
    <Card size="small" className="task">
      <header>
        <Severity of={alert.severity} />
        <h2>{text}</h2>
        <Tag>{t(`task.state.${task.state}`)}</Tag>
      </header>
      <p>
        {camera} · {moment(alert.opened_at)}
      </p>
      {task.note !== '' && <p className="task-note">{task.note}</p>}
      {still !== undefined && <img src={still} alt={camera} />}
      {task.lat !== null && task.lon !== null && (
        <Navigate lat={task.lat} lon={task.lon} name={camera} />
      )}
      {result === null ? (
        <Acts
          task={task}
          about={`${camera} · ${text}`}
          steps={mine}
          photos={photos}
          person={person}
          outbox={outbox}
        />
      ) : (
        <p>
          <b>{t(`task.${result}`)}</b> {task.result === null ? told?.remark : task.remark}{' '}
          {t('task.photos', { count: photos })}
        </p>
      )}
      {told?.held_until !== undefined && (
        <Undo
          key={told.key}
          until={told.held_until}
          onUndo={() => {
            keepWords(person, task.id, told.remark ?? '');
            void outbox.takeBack(task.id);
          }}
        />
      )}
    </Card>
  );
}

/** A mis-tap is taken back before it is sent. */
function Undo({ until, onUndo }: { until: number; onUndo: () => void }) {
  const { t } = useLanguage();
  const [left, setLeft] = useState(() => until - Date.now());
  useEffect(() => {
    const counting = window.setInterval(() => {
      setLeft(until - Date.now());
    }, 500);
    return () => {
      window.clearInterval(counting);
    };
  }, [until]);
  if (left <= 0) return null;
  return (
    <Button block size="large" danger onClick={onUndo}>
      {t('task.undo', { s: Math.ceil(left / 1000) })}
    </Button>
  );
}

interface ActsProps extends CardProps {
  about: string;
  steps: Step[];
  photos: number;
}

function Acts({ task, about, steps, photos, person, outbox }: ActsProps) {
  const { t } = useLanguage();
  const [remark, setRemark] = useState(() => wordsOf(person, task.id));
  const [isUnreadable, setUnreadable] = useState(false);
  const has = (kind: Step['kind']) => steps.some((step) => step.kind === kind);
  const isSeen = task.acknowledged_at !== null || has('acknowledge');
  const isThere = task.arrived_at !== null || has('arrive');
  const type = (words: string) => {
    setRemark(words);
    keepWords(person, task.id, words);
  };
  const step = (kind: Step['kind']) => ({ task: task.id, about, kind });
  const tell = async (result: Result) => {
    const held_until = Date.now() + UNDO_MS;
    const outcome = { ...step('result'), result, remark, held_until };
    // one tap from the road: who tells what came of it has seen the task
    const seen = isSeen ? [] : [{ ...step('acknowledge'), held_until }];
    if (await outbox.add([...seen, outcome])) keepWords(person, task.id, '');
  };
  const take = async (file: File) => {
    let photo: Blob;
    try {
      photo = await sendable(file);
    } catch {
      setUnreadable(true);
      return;
    }
    setUnreadable(false);
    await outbox.add([{ ...step('photo'), photo }]);
  };
  return (
    <>
      <div className="task-row">
        <Button
          size="large"
          type={isSeen ? 'default' : 'primary'}
          disabled={isSeen}
          onClick={() => void outbox.add([step('acknowledge')])}
        >
          {t('task.acknowledge')}
        </Button>
        <Button
          size="large"
          type={isSeen && !isThere ? 'primary' : 'default'}
          disabled={!isSeen || isThere}
          onClick={() => void outbox.add([step('arrive')])}
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
              if (photo) void take(photo);
              event.target.value = '';
            }}
          />
          {t('task.photo')} {photos > 0 && `(${String(photos)})`}
        </label>
      </div>
      {isUnreadable && <Alert type="error" showIcon title={t('task.unreadable')} />}
      <Input.TextArea
        rows={2}
        maxLength={2000}
        aria-label={t('task.remark')}
        placeholder={t('task.remark')}
        value={remark}
        onChange={(event) => {
          type(event.target.value);
        }}
      />
      <div className="task-row">
        {(task.kind === 'check' ? FINDINGS : RESULTS).map((result) => (
          <Button key={result} size="large" onClick={() => void tell(result)}>
            {t(`task.${result}`)}
          </Button>
        ))}
      </div>
    </>
  );
}
