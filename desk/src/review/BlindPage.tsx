/** Second looks with fresh eyes: no score, no history, no word of who said what before. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Empty } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { moment, seconds, span } from '../shown/time';
import { Permits } from './Around';
import { ClipView } from './ClipView';
import { DwellSheet, DwellStrip, Stills, Trace } from './Evidence';
import { useAround } from './item';
import { forgetWords } from './kept_words';
import { useKeys } from './keys';
import { giveBack, useNow, whileDeciding } from './lease';
import { MorePictures } from './MorePictures';
import { useIsAway, useIsShown } from './presence';
import './review.css';
import { UndoBar, useTakingBack } from './Undo';
import { VerdictPanel } from './VerdictPanel';
import type { Verdict } from './VerdictPanel';

type Item = Schemas['BlindItem'];

const RENEW_MS = 30_000;
const ACTS: readonly Schemas['Act'][] = ['confirm_evidence', 'reject'];

export function BlindPage() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [item, setItem] = useState<Item | null>(null);
  const { data: queue } = useQuery({
    queryKey: ['queue', 'review', 'blind'],
    queryFn: () =>
      body(api.GET('/api/v1/queue', { params: { query: { lane: 'review', limit: 1 } } })),
    refetchInterval: 15_000,
  });
  useEvents((event) => {
    if (event.name === 'review.changed') void queries.invalidateQueries({ queryKey: ['queue'] });
  });
  const waiting = queue?.blind ?? 0;
  const taking = useMutation({
    mutationFn: () => body(api.POST('/api/v1/blind/next')),
    onSuccess: setItem,
  });
  const take = () => {
    if (!taking.isPending && waiting > 0) taking.mutate();
  };
  const { taken, undo, offer } = useBlindUndo(setItem);
  useKeys({ Enter: item === null ? take : undefined, u: undo });
  const bar = taken !== null && (
    <UndoBar text={t('blind.taken')} until={taken.until} onUndo={undo} />
  );
  if (item !== null) {
    return (
      <div className="review review-blind">
        <BlindItem
          key={item.id}
          item={item}
          onDone={(result) => {
            setItem(null);
            if (result !== null) offer(result.id, result.undo_seconds_left ?? null);
            void queries.invalidateQueries({ queryKey: ['queue'] });
          }}
        />
        {bar}
      </div>
    );
  }
  return (
    <div className="review review-blind">
      <Empty className="queue-empty" description={t(waiting > 0 ? 'blind.why' : 'blind.empty')}>
        <h1>{t('blind.waiting', { count: waiting })}</h1>
        <Button
          type="primary"
          size="large"
          disabled={waiting === 0}
          loading={taking.isPending}
          onClick={take}
        >
          <kbd>Enter</kbd> {t('blind.take')}
        </Button>
      </Empty>
      {bar}
    </div>
  );
}

/** The last answer of this person; taken back, the item is before them again. */
function useBlindUndo(onBack: (item: Item) => void) {
  return useTakingBack(
    (item: string) => body(api.POST('/api/v1/blind/{item}/undo', { params: { path: { item } } })),
    onBack,
  );
}

interface BlindItemProps {
  item: Item;
  /** What came of it; null: it is somebody else's by now. */
  onDone: (result: Schemas['BlindResult'] | null) => void;
}

function BlindItem({ item, onDone }: BlindItemProps) {
  const { t, language } = useLanguage();
  const problemText = useProblemText();
  const detail = item.alert;
  const around = useAround(detail.id);
  const [isDrawn, setDrawn] = useState(true);
  const [reached, setReached] = useState('');
  const { left, isLost } = useBlindLease(item);
  const answering = useAnswer(item, onDone);
  const answer = (verdict: Verdict) => {
    if (verdict.kind === 'confirm_evidence') {
      const { ticks, clip_reached } = verdict;
      answering.mutate({ kind: 'confirm', ticks, clip_reached });
    } else if (verdict.kind === 'reject') {
      answering.mutate(verdict);
    }
  };
  const reach = useCallback((at: string) => {
    setReached((before) => (at > before ? at : before));
  }, []);
  useKeys({
    b: () => {
      setDrawn((was) => !was);
    },
  });
  const lasting = seconds(detail.occupied_since, detail.cleared_at ?? detail.last_seen);
  return (
    <article className="item">
      <header className="item-head">
        <h1 className="unseen">{t('page.blind')}</h1>
        <h2>{language === 'zh' ? detail.text_zh : detail.text_en}</h2>
        <span>
          {detail.camera_title || detail.camera} · {detail.zone}
        </span>
        <span>{t('item.since', { at: moment(detail.occupied_since) })}</span>
        <span>{span(lasting, language)}</span>
        <span className="bar-space" />
        {!isLost && <span className="lease">{t('lease.left', { s: left })}</span>}
      </header>
      {isLost && (
        <Alert
          type="warning"
          showIcon
          title={t('blind.lost')}
          action={
            <Button
              onClick={() => {
                onDone(null);
              }}
            >
              {t('blind.leave')}
            </Button>
          }
        />
      )}
      <div className="item-body">
        <div className="item-seen">
          <ClipView
            detail={detail}
            scene={around.scene}
            isDrawn={isDrawn}
            isBlind
            onReach={reach}
          />
          <DwellStrip detail={detail} />
          <Stills detail={detail} isDrawn={isDrawn} />
        </div>
        <div className="item-known">
          <h3>{t('item.trace')}</h3>
          <Trace clauses={detail.clauses} />
          <h3>{t('item.permits')}</h3>
          <Permits permits={around.permits} />
          <MorePictures detail={detail} />
          <DwellSheet detail={detail} />
          <p className="muted">{t('blind.why')}</p>
        </div>
      </div>
      <VerdictPanel
        matter={item.id}
        acts={isLost ? [] : ACTS}
        others={[]}
        reached={reached}
        hasReached={reached >= detail.opened_at}
        problem={answering.error ? problemText(answering.error) : ''}
        isSending={answering.isPending || isLost}
        isLenient={false}
        onVerdict={answer}
      />
    </article>
  );
}

/** The answer on its way; that it failed is told wherever the person is by then. */
function useAnswer(item: Item, onDone: BlindItemProps['onDone']) {
  const { t } = useLanguage();
  const { me } = useSession();
  const { notification } = App.useApp();
  const problemText = useProblemText();
  const isShown = useIsShown();
  return useMutation({
    mutationFn: (answer: Schemas['BlindConfirm'] | Schemas['BlindReject']) => {
      const path = { params: { path: { item: item.id } }, body: answer };
      return whileDeciding(item.id, body(api.POST('/api/v1/blind/{item}/answer', path)));
    },
    onSuccess: (result) => {
      forgetWords(me.name, item.id);
      onDone(result);
    },
    onError: (error) => {
      if (isShown.current) return;
      const title = t('verdict.failed');
      notification.error({ title, description: problemText(error), duration: false });
    },
  });
}

/** The lease: renewed while somebody looks at the item, given back on leaving. */
function useBlindLease(item: Item): { left: number; isLost: boolean } {
  const [until, setUntil] = useState(() => Date.now() + item.claim.seconds_left * 1000);
  const [isLost, setLost] = useState(false);
  const isAway = useIsAway();
  const now = useNow();
  useEffect(() => {
    if (isAway || isLost) return undefined;
    const path = { params: { path: { item: item.id } } };
    const renew = () => {
      body(api.POST('/api/v1/blind/{item}/claim', path)).then(
        (held) => {
          setUntil(Date.now() + held.claim.seconds_left * 1000);
        },
        (error: unknown) => {
          // anything else passes: the lease runs on, and so does what is being written
          if (!(error instanceof ApiError)) return;
          if (error.kind === 'lease_lost' || error.status === 404) setLost(true);
        },
      );
    };
    renew();
    const renewing = window.setInterval(renew, RENEW_MS);
    return () => {
      window.clearInterval(renewing);
    };
  }, [item.id, isAway, isLost]);
  useEffect(() => {
    const path = { params: { path: { item: item.id } } };
    return () => {
      giveBack(item.id, () => api.DELETE('/api/v1/blind/{item}/claim', path));
    };
  }, [item.id]);
  return { left: Math.max(0, Math.round((until - now) / 1000)), isLost };
}
