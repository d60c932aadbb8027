/** Everything for one decision on one screen, with nothing else to open. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { ViewingGate } from '../evidence/ViewingGate';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { GroupTag } from '../shown/GroupTag';
import { MakeTest } from '../shown/MakeTest';
import { Severity } from '../shown/Severity';
import { moment, seconds, span } from '../shown/time';
import { Tasks } from '../tasks/Tasks';
import { History, Permits, SitePlan } from './Around';
import { ClipView } from './ClipView';
import { DwellSheet, DwellStrip, Stills, Trace } from './Evidence';
import type { Detail } from './item';
import { useAround } from './item';
import { forgetWords } from './kept_words';
import { useKeys } from './keys';
import { useLease, useNow, whileDeciding } from './lease';
import type { Lease } from './lease';
import { MorePictures } from './MorePictures';
import { Plates } from './Plates';
import { useIsShown } from './presence';
import { StandingTag } from './StandingTag';
import { Told } from './Told';
import { VerdictPanel } from './VerdictPanel';
import type { Verdict } from './VerdictPanel';

interface Props {
  detail: Detail;
  review: Schemas['ShownReview'];
  /** Nobody sits before it now: others may have it. */
  isLaidBack: boolean;
  onDone: (review: Schemas['ShownReview']) => void;
}

export function ReviewItem({ detail, review, isLaidBack, onDone }: Props) {
  const { t } = useLanguage();
  const { may } = useSession();
  const problemText = useProblemText();
  const { lease, isDeciding, holder } = useHolding(review, isLaidBack);
  const around = useAround(detail.id);
  const [isDrawn, setDrawn] = useState(true);
  const [reached, setReached] = useState('');
  const sending = useVerdict(detail, onDone);
  const reach = useCallback((at: string) => {
    setReached((before) => (at > before ? at : before));
  }, []);
  useKeys({
    b: () => {
      setDrawn((was) => !was);
    },
  });
  const problem = sending.error ? problemText(sending.error) : '';
  const others = (around.history?.alerts ?? []).filter(({ alert }) => alert.id !== detail.id);
  return (
    <article className="item" data-alert={detail.id}>
      <ItemHead detail={detail} review={review} lease={lease} />
      {holder !== null && <Alert type="warning" showIcon title={t('queue.by', { name: holder })} />}
      {lease.state === 'refused' && (
        <Alert type="warning" showIcon title={problemText(lease.error)} />
      )}
      {isDeciding && isLaidBack && <Alert type="info" showIcon title={t('lease.laidback')} />}
      <div className="item-body">
        <div className="item-seen">
          <ViewingGate alert={detail.id} isDeciding={isDeciding}>
            <ClipView
              detail={detail}
              scene={around.scene}
              isDrawn={isDrawn}
              isBlind={false}
              onReach={reach}
            />
            <DwellStrip detail={detail} />
            <Stills detail={detail} isDrawn={isDrawn} />
          </ViewingGate>
        </div>
        <div className="item-known">
          <h3>{t('item.trace')}</h3>
          <Trace clauses={detail.clauses} />
          <h3>{t('item.permits')}</h3>
          <div className="item-permits">
            <Permits permits={around.permits} />
          </div>
          <h3>{t('item.history')}</h3>
          <History history={around.history} />
          <h3>{t('item.plan')}</h3>
          <SitePlan detail={detail} />
          {review.severity === 'S1' && <Told alert={detail.id} />}
          <Tasks alert={detail.id} state={review.state} />
          {may('cases.capture') && <MakeTest alert={detail.id} />}
          <Plates alert={detail.id} />
          <ViewingGate alert={detail.id} isDeciding={isDeciding} isSilent>
            <MorePictures detail={detail} />
            <DwellSheet detail={detail} />
          </ViewingGate>
        </div>
      </div>
      <VerdictPanel
        key={`${detail.id} ${String(review.verdicts.length)}`}
        matter={detail.id}
        acts={isDeciding && !isLaidBack ? review.acts : []}
        others={others}
        reached={reached}
        hasReached={reached >= detail.opened_at}
        problem={problem}
        isSending={sending.isPending || lease.state !== 'mine'}
        isLenient
        onVerdict={sending.mutate}
      />
      <p className="item-keys">
        <Button
          size="small"
          type="text"
          onClick={() => {
            setDrawn(!isDrawn);
          }}
        >
          <kbd>B</kbd> {t(isDrawn ? 'clip.clean' : 'clip.drawn')}
        </Button>
        <span>
          <kbd>Space</kbd> {t('clip.play')} <kbd>←</kbd>
          <kbd>→</kbd> {t('clip.frame')} <kbd>J</kbd>
          <kbd>K</kbd> {t('queue.move')} <kbd>?</kbd> {t('help.title')}
        </span>
      </p>
    </article>
  );
}

/** Who works on it: the caller with a lease, or somebody else by name. */
function useHolding(
  { alert, acts, claim }: Schemas['ShownReview'],
  isLaidBack: boolean,
): { lease: Lease; isDeciding: boolean; holder: string | null } {
  const isOpen = acts.length > 0 || claim?.is_mine === true;
  const isMine = claim === null || claim.is_mine;
  const lease = useLease(isOpen && isMine && !isLaidBack ? alert : undefined);
  return {
    lease,
    isDeciding: isOpen && isMine && lease.state !== 'refused',
    holder: isOpen && !isMine ? claim.by : null,
  };
}

/** The verdict on its way; what comes of it is told wherever the person is by then. */
function useVerdict(detail: Detail, onDone: Props['onDone']) {
  const { t, language } = useLanguage();
  const { me } = useSession();
  const { notification } = App.useApp();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const isShown = useIsShown();
  return useMutation({
    mutationFn: (verdict: Verdict) => {
      const path = { params: { path: { alert: detail.id } }, body: verdict };
      return whileDeciding(detail.id, body(api.POST('/api/v1/alerts/{alert}/verdict', path)));
    },
    onSuccess: (after) => {
      forgetWords(me.name, detail.id);
      queries.setQueryData(['alert', detail.id, 'review'], after);
      onDone(after);
    },
    onError: (error) => {
      if (isShown.current) return;
      notification.error({
        title: t('verdict.failed'),
        description: problemText(error),
        actions: (
          <Button
            size="small"
            onClick={() => {
              notification.destroy(detail.id);
              void navigate(`/review/${detail.id}`);
            }}
          >
            {language === 'zh' ? detail.text_zh : detail.text_en} ·{' '}
            {detail.camera_title || detail.camera} · {moment(detail.opened_at)}
          </Button>
        ),
        key: detail.id,
        duration: false,
      });
    },
  });
}

function ItemHead({ detail, review, lease }: Pick<Props, 'detail' | 'review'> & { lease: Lease }) {
  const { t, language } = useLanguage();
  const now = useNow();
  const lasting = seconds(detail.occupied_since, detail.cleared_at ?? detail.last_seen);
  return (
    <header className="item-head">
      <Severity of={review.severity} />
      <h2>{language === 'zh' ? detail.text_zh : detail.text_en}</h2>
      <Tag>{detail.code}</Tag>
      {detail.is_group && <GroupTag />}
      <StandingTag standing={detail.standing} />
      <span className="item-where">
        {detail.camera_title || detail.camera} · {detail.zone}
      </span>
      <span className="item-since">{t('item.since', { at: moment(detail.occupied_since) })}</span>
      <span>{span(lasting, language)}</span>
      <span>{t(`life.${detail.life}`)}</span>
      {review.is_downgraded && <Tag color="warning">{t('item.downgraded')}</Tag>}
      <span className="bar-space" />
      {review.deadline !== null && (
        <span className={review.is_overdue ? 'warn' : ''}>
          {review.is_overdue
            ? t('item.overdue')
            : t('item.deadline', {
                span: span(seconds(new Date(now).toISOString(), review.deadline), language),
              })}
        </span>
      )}
      {lease.state === 'mine' && (
        <span className="lease">
          {t('lease.left', { s: Math.max(0, Math.round((lease.until - now) / 1000)) })}
        </span>
      )}
    </header>
  );
}
