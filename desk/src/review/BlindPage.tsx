/** Second looks with fresh eyes: no score, no history, no word of who said what before. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Empty } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { moment, seconds, span } from '../shown/time';
import { Permits } from './Around';
import { ClipView } from './ClipView';
import { DwellSheet, DwellStrip, Stills, Trace } from './Evidence';
import { useAround } from './item';
import { useKeys } from './keys';
import { useNow } from './lease';
import { MorePictures } from './MorePictures';
import './review.css';
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
  useKeys({ Enter: item === null ? take : undefined });
  if (item !== null) {
    return (
      <div className="review review-blind">
        <BlindItem
          key={item.id}
          item={item}
          onDone={() => {
            setItem(null);
            void queries.invalidateQueries({ queryKey: ['queue'] });
          }}
        />
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
    </div>
  );
}

function BlindItem({ item, onDone }: { item: Item; onDone: () => void }) {
  const { t, language } = useLanguage();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const detail = item.alert;
  const around = useAround(detail.id);
  const [isDrawn, setDrawn] = useState(true);
  const [reached, setReached] = useState('');
  const left = useBlindLease(item, onDone);
  const answering = useMutation({
    mutationFn: (answer: Schemas['BlindConfirm'] | Schemas['BlindReject']) =>
      body(
        api.POST('/api/v1/blind/{item}/answer', {
          params: { path: { item: item.id } },
          body: answer,
        }),
      ),
    onSuccess: () => {
      void message.success(t('blind.taken'));
      onDone();
    },
  });
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
        <span className="lease">{t('lease.left', { s: left })}</span>
      </header>
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
        acts={ACTS}
        others={[]}
        reached={reached}
        hasReached={reached >= detail.opened_at}
        problem={answering.error ? problemText(answering.error) : ''}
        isSending={answering.isPending}
        onVerdict={answer}
      />
    </article>
  );
}

/** Seconds left of the lease, renewed while the item is open, given back on leaving. */
function useBlindLease(item: Item, onLost: () => void): number {
  const [until, setUntil] = useState(() => Date.now() + item.claim.seconds_left * 1000);
  const now = useNow();
  useEffect(() => {
    const path = { params: { path: { item: item.id } } };
    const renewing = window.setInterval(() => {
      body(api.POST('/api/v1/blind/{item}/claim', path)).then(
        (held) => {
          setUntil(Date.now() + held.claim.seconds_left * 1000);
        },
        (error: unknown) => {
          if (error instanceof ApiError) onLost();
        },
      );
    }, RENEW_MS);
    return () => {
      window.clearInterval(renewing);
      void api.DELETE('/api/v1/blind/{item}/claim', path).catch(() => undefined);
    };
    // the lease belongs to the item alone
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [item.id]);
  return Math.max(0, Math.round((until - now) / 1000));
}
