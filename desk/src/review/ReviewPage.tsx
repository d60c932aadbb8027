/** The desk itself: the queue at the left, one decision at the right, keys for all of it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Empty, Modal, Segmented } from 'antd';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { Severity } from '../shown/Severity';
import { moment, span } from '../shown/time';
import { useDetail, usePrefetch } from './item';
import { useKeys } from './keys';
import { firstOf, isForMe, nextOf } from './order';
import { useIsAway } from './presence';
import './review.css';
import { ReviewItem } from './ReviewItem';
import { Spell } from './Spell';
import { UndoBar, useUndo } from './Undo';

type Item = Schemas['QueueItem'];
type Lane = Schemas['Lane'];

const LANES: readonly Lane[] = ['review', 'senior', 'supervisor'];
const SHOWN = 50;

export function ReviewPage() {
  const { t } = useLanguage();
  const { may } = useSession();
  const navigate = useNavigate();
  const { alert } = useParams();
  const [lane, setLane] = useState<Lane>('review');
  const [isHelp, setHelp] = useState(false);
  const queue = useQueue(lane);
  const items = queue?.items ?? [];
  const place = items.findIndex((item) => item.alert.id === alert);
  const { undo, offerUndo, taken } = useUndo();
  const [isResting, setResting] = useState(false);
  const isAway = useIsAway();
  const newest = useRef({ alert, items, place });
  useLayoutEffect(() => {
    // what was decided leaves the list: its place is where it stood before
    newest.current = { alert, items, place: place === -1 ? newest.current.place : place };
  });

  // where the last key led: keys may come faster than pages are drawn
  const heading = useRef(alert);
  useLayoutEffect(() => {
    heading.current = alert;
  }, [alert]);
  const open = (id: string | undefined) => {
    if (id === undefined) return;
    heading.current = id;
    void navigate(`/review/${id}`, { replace: true });
  };
  const move = (by: number) => {
    const from = items.findIndex((item) => item.alert.id === heading.current);
    open(items[Math.min(items.length - 1, Math.max(0, from + by))]?.alert.id);
  };
  const first = firstOf(items)?.alert.id;
  useEffect(() => {
    if (alert === undefined && first !== undefined) {
      void navigate(`/review/${first}`, { replace: true });
    }
  }, [alert, first, navigate]);
  usePrefetch(
    items
      .slice(place + 1)
      .filter(isForMe)
      .map((item) => item.alert.id),
  );
  useKeys({
    j: () => {
      move(1);
    },
    k: () => {
      move(-1);
    },
    u: undo,
    '?': () => {
      setHelp(true);
    },
  });
  const done = (review: Schemas['ShownReview']) => {
    offerUndo(review);
    const shown = newest.current;
    // the answer may come when somebody has gone on: it moves them no more
    if (review.alert !== shown.alert || review.severity === 'S1') return;
    open(nextOf(shown.items, review.alert, shown.place)?.alert.id);
  };
  return (
    <div className="review">
      <h1 className="unseen">{t('page.review')}</h1>
      <aside className="queue" aria-label={t('queue.list')}>
        <div className="queue-head">
          <b>{t('queue.waiting', { count: queue?.waiting ?? 0 })}</b>
          {(queue?.overdue ?? 0) > 0 && (
            <span className="warn">{t('queue.overdue', { count: queue?.overdue ?? 0 })}</span>
          )}
          {may('reviews.triage') && <Spell onRest={setResting} />}
        </div>
        {may('reviews.settle') && (
          <Segmented<Lane>
            block
            size="small"
            value={lane}
            onChange={setLane}
            options={LANES.map((one) => ({ value: one, label: t(`lane.${one}`) }))}
          />
        )}
        <ol className="queue-list">
          {items.map((item) => (
            <QueueLine
              key={item.alert.id}
              item={item}
              isOpen={item.alert.id === alert}
              onOpen={open}
            />
          ))}
        </ol>
      </aside>
      {alert === undefined ? (
        <Empty
          className="queue-empty"
          description={t(items.length === 0 ? 'queue.empty' : 'queue.others')}
        />
      ) : (
        <Opened
          key={alert}
          alert={alert}
          listed={items[place]}
          isLaidBack={isAway || isResting}
          onDone={done}
        />
      )}
      {taken !== null && (
        <UndoBar
          text={t('undo.said', { state: t(`state.${taken.what.state}`) })}
          until={taken.until}
          onUndo={undo}
        />
      )}
      <Help
        isOpen={isHelp}
        onClose={() => {
          setHelp(false);
        }}
      />
    </div>
  );
}

function useQueue(lane: Lane): Schemas['Queue'] | undefined {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['queue', lane],
    queryFn: () => body(api.GET('/api/v1/queue', { params: { query: { lane, limit: SHOWN } } })),
    refetchInterval: 30_000,
  });
  const waiting = useRef(0);
  useEvents((event) => {
    const about = event.about.alert;
    if (event.name === 'site.changed') void queries.invalidateQueries({ queryKey: ['cameras'] });
    if (typeof about === 'string') {
      void queries.invalidateQueries({ queryKey: ['alert', about, 'review'] });
      if (event.name !== 'review.changed') {
        void queries.invalidateQueries({ queryKey: ['alert', about, 'detail'] });
      }
    }
    window.clearTimeout(waiting.current);
    waiting.current = window.setTimeout(() => {
      void queries.invalidateQueries({ queryKey: ['queue'] });
    }, 300);
  });
  return data;
}

function QueueLine({
  item: { alert, review },
  isOpen,
  onOpen,
}: {
  item: Item;
  isOpen: boolean;
  onOpen: (id: string) => void;
}) {
  const { t, language } = useLanguage();
  const line = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) line.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  const others = review.claim !== null && !review.claim.is_mine;
  return (
    <li>
      <button
        ref={line}
        type="button"
        className={isOpen ? 'queue-line queue-open' : 'queue-line'}
        aria-current={isOpen}
        data-alert={alert.id}
        onClick={() => {
          onOpen(alert.id);
        }}
      >
        <Severity of={review.severity} />
        <span className="queue-what">{language === 'zh' ? alert.text_zh : alert.text_en}</span>
        <span className="queue-where">{alert.camera_title || alert.camera}</span>
        <span className="queue-when">
          {moment(alert.opened_at)} · {span(alert.observed_s, language)}
          {review.is_overdue && <b className="warn"> {t('item.overdue')}</b>}
          {others && <b> {t('queue.by', { name: review.claim?.by ?? '' })}</b>}
        </span>
      </button>
    </li>
  );
}

interface OpenedProps {
  alert: string;
  listed: Item | undefined;
  isLaidBack: boolean;
  onDone: (review: Schemas['ShownReview']) => void;
}

function Opened({ alert, listed, isLaidBack, onDone }: OpenedProps) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const detail = useDetail(alert);
  const { data: asked } = useQuery({
    queryKey: ['alert', alert, 'review'],
    refetchInterval: 30_000,
    queryFn: () => body(api.GET('/api/v1/alerts/{alert}/review', { params: { path: { alert } } })),
  });
  const review = asked ?? listed?.review;
  if (detail?.data !== undefined && review !== undefined) {
    // an answer that failed later takes nothing away that is on the screen
    return (
      <ReviewItem detail={detail.data} review={review} isLaidBack={isLaidBack} onDone={onDone} />
    );
  }
  if (detail?.error) return <Empty description={problemText(detail.error)} />;
  return <p className="queue-empty muted">{t('item.loading')}</p>;
}

const HELP = [
  ['J / K', 'queue.move'],
  ['1', 'verdict.clue'],
  ['2 → 1–9', 'verdict.reject'],
  ['3', 'verdict.merge'],
  ['4', 'verdict.defer'],
  ['5', 'verdict.onsite'],
  ['6', 'verdict.unsure'],
  ['7 → 1–3', 'verdict.lenient'],
  ['E → 1–4', 'verdict.evidence'],
  ['U', 'undo.key'],
  ['Space', 'clip.play'],
  ['← →', 'clip.frame'],
  ['B', 'help.boxes'],
  ['A', 'alarm.acknowledge'],
] as const;

function Help({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useLanguage();
  return (
    <Modal open={isOpen} onCancel={onClose} footer={null} title={t('help.title')} width={420}>
      <dl className="help">
        {HELP.map(([key, name]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
