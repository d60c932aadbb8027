/** The audit trail: found by who, what and when; whether every entry still holds. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Input, Select, Table, Tag } from 'antd';
import { useSearchParams } from 'react-router';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { DETAILS } from '../api/detail_zh';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import type { Language, Translate } from '../i18n/language';
import { ROLES } from '../people/roles';
import { REASONS } from '../review/reasons';
import { full } from '../shown/time';
import { toldBy } from '../shown/told';
import { ACTS, actText, subjectText } from './acts';
import '../alerts/alerts.css';
import './audit.css';

type Entry = Schemas['ShownEntry'];

const PAGE = 50;
const TYPED = ['actor', 'subject'] as const;
const FIELDS = [...TYPED, 'action'] as const;
/** A whole act, `verdict.given`, or all of a noun. */
const ACTION = /^[a-z_]+(\.[a-z_]+)?$/;
const DAYS = ['since', 'until'] as const;

export function AuditPage() {
  const { t } = useLanguage();
  return (
    <>
      <header className="page-head">
        <h1>{t('page.audit')}</h1>
      </header>
      <TrailState />
      <Entries />
      <DayRoots />
    </>
  );
}

/** The whole chain, a stretch an ask, up to the first entry that does not hold. */
async function checkChain() {
  let after = 0;
  for (;;) {
    const part = await body(api.GET('/api/v1/audit/chain', { params: { query: { after } } }));
    if (part.is_end || part.first_break !== null || part.reached <= after) {
      return { ...part, checked_at: new Date().toISOString() };
    }
    after = part.reached;
  }
}

function TrailState() {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['audit-chain'],
    staleTime: Infinity,
    queryFn: checkChain,
  });
  const again = (
    <Button size="small" loading={isFetching} onClick={() => void refetch()}>
      {t('audit.again')}
    </Button>
  );
  if (error) return <Alert type="error" showIcon title={problemText(error)} action={again} />;
  if (data === undefined) return <Alert type="info" title={t('audit.checking')} />;
  const isWhole = data.first_break === null;
  return (
    <Alert
      className="gap-below"
      type={isWhole ? 'success' : 'error'}
      showIcon
      role="status"
      title={
        isWhole
          ? t('audit.whole', { count: data.reached, at: full(data.checked_at) })
          : t('audit.broken', { seq: data.first_break ?? 0 })
      }
      description={
        <>
          {t('audit.head')} {data.head} <code className="digest">{data.head_hash}</code>
        </>
      }
      action={again}
    />
  );
}

/** A day of the bureau as a time: its beginning, or the beginning of the next. */
function momentOf(day: string, isEnd: boolean): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const begin = new Date(`${day}T00:00:00+08:00`).getTime();
  return new Date(begin + (isEnd ? 86_400_000 : 0)).toISOString();
}

function Entries() {
  const { t, language } = useLanguage();
  const [params, setParams] = useSearchParams();
  const asked = Object.fromEntries(
    FIELDS.map((name) => [name, params.get(name)?.trim() ?? ''] as const).filter(
      ([name, text]) => text !== '' && (name !== 'action' || ACTION.test(text)),
    ),
  );
  const since = momentOf(params.get('since') ?? '', false);
  const until = momentOf(params.get('until') ?? '', true);
  const query = { ...asked, ...(since && { since }), ...(until && { until }) };
  const problemText = useProblemText();
  const { data, error, isLoading, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery({
      queryKey: ['audit', query],
      initialPageParam: null as number | null,
      queryFn: ({ pageParam: before }) =>
        body(
          api.GET('/api/v1/audit', {
            params: { query: { ...query, limit: PAGE, ...(before === null ? {} : { before }) } },
          }),
        ),
      getNextPageParam: (last) => last.next,
    });
  const change = (name: string, value: string) => {
    const next = new URLSearchParams(params);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setParams(next, { replace: true });
  };
  return (
    <>
      <search className="filters" aria-label={t('alerts.filters')}>
        <Select<string>
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          className="audit-field"
          popupMatchSelectWidth={false}
          aria-label={t('audit.action')}
          placeholder={t('audit.action')}
          value={params.get('action')}
          onChange={(action?: string) => {
            change('action', action ?? '');
          }}
          options={ACTS.map((act) => ({ value: act, label: actText(act, t) }))}
        />
        {TYPED.map((name) => (
          <Input
            key={name}
            allowClear
            className="audit-field"
            aria-label={t(`audit.${name}`)}
            placeholder={t(`audit.${name}`)}
            value={params.get(name) ?? ''}
            onChange={(event) => {
              change(name, event.target.value);
            }}
          />
        ))}
        {DAYS.map((name) => (
          <Input
            key={name}
            type="date"
            className="audit-day"
            aria-label={t(name === 'since' ? 'alerts.from' : 'alerts.to')}
            value={params.get(name) ?? ''}
            onChange={(event) => {
              change(name, event.target.value);
            }}
          />
        ))}
        <Button
          type="text"
          disabled={params.size === 0}
          onClick={() => {
            setParams(new URLSearchParams(), { replace: true });
          }}
        >
          {t('alerts.clear')}
        </Button>
      </search>
      {error && <Alert type="error" showIcon title={problemText(error)} />}
      <Table<Entry>
        rowKey="seq"
        size="small"
        loading={isLoading}
        pagination={false}
        dataSource={data?.pages.flatMap((page) => page.entries) ?? []}
        locale={{ emptyText: error ? ' ' : <Empty description={t('audit.none')} /> }}
        expandable={{
          expandedRowRender: (entry) => <Whole entry={entry} />,
          columnTitle: <span className="unseen">{t('audit.detail')}</span>,
        }}
        columns={[
          {
            title: '#',
            width: 110,
            render: (_, one) => (
              <>
                {one.seq} {!one.holds && <Tag color="error">{t('audit.changed')}</Tag>}
              </>
            ),
          },
          { title: t('lead.at'), width: 170, render: (_, one) => full(one.at) },
          { title: t('audit.head.actor'), render: (_, one) => <b>{one.actor}</b> },
          { title: t('audit.role'), render: (_, one) => rolesOf(one, t) },
          { title: t('audit.head.action'), render: (_, one) => actText(one.action, t) },
          {
            title: t('audit.head.subject'),
            render: (_, one) => (
              <span className="digest" title={one.subject}>
                {subjectText(one.subject, t)}
              </span>
            ),
          },
          { title: t('audit.reason'), render: (_, one) => whyOf(one, language, t) },
        ]}
      />
      {hasNextPage && (
        <Button block loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('alerts.more')}
        </Button>
      )}
    </>
  );
}

const WHY = ['reason', 'comment', 'why'];

function detailOf(entry: Entry): Readonly<Record<string, unknown>> {
  const detail = entry.detail as unknown;
  return typeof detail === 'object' && detail !== null ? { ...detail } : {};
}

/** Why it was done, as far as the entry tells. */
function whyOf(entry: Entry, language: Language, t: Translate): string {
  const detail = detailOf(entry);
  return WHY.map((key) => detail[key])
    .filter((one) => typeof one === 'string')
    .filter((one) => one !== '')
    .map((one) => reasonText(one, language, t))
    .join(' · ');
}

/** A reason of a rejection by its name, one of the service in words; what somebody typed as it is. */
function reasonText(reason: string, language: Language, t: Translate): string {
  const known = REASONS.find((one) => one === reason);
  if (known !== undefined) return t(`reason.${known}`);
  return language === 'zh' ? toldBy(DETAILS, reason) : reason;
}

/** In which role it was done, with the certificate where one is on record. */
function rolesOf(entry: Entry, t: Translate): string {
  const { roles, role, certificate } = detailOf(entry);
  const listed = Array.isArray(roles) ? roles.map(String) : typeof role === 'string' ? [role] : [];
  const named = listed.flatMap((one) => one.split(', ')).map((one) => roleName(one, t));
  return [...named, ...(typeof certificate === 'string' ? [certificate] : [])]
    .filter((one) => one !== '')
    .join(' ');
}

function roleName(role: string, t: Translate): string {
  const known = ROLES.find((one) => one === role);
  return known === undefined ? role : t(`role.${known}`);
}

function Whole({ entry }: { entry: Entry }) {
  const { t } = useLanguage();
  return (
    <div className="audit-whole">
      <p>
        <code>{entry.action}</code> <code className="digest">{entry.subject}</code>
      </p>
      <pre>{JSON.stringify(entry.detail, null, 2)}</pre>
      <p>
        {t('audit.hash')} <code className="digest">{entry.hash}</code>
      </p>
      <p>
        {t('audit.previous')} <code className="digest">{entry.previous}</code>
      </p>
    </div>
  );
}

/** Days whose log has a signed root, each as a file that is checked without this service. */
function DayRoots() {
  const { t } = useLanguage();
  const { data } = useQuery({
    queryKey: ['day-roots'],
    queryFn: () => body(api.GET('/api/v1/day-roots')),
  });
  const days = data?.days.toReversed() ?? [];
  return (
    <section className="audit-days" aria-label={t('audit.days')}>
      <h2>{t('audit.days')}</h2>
      <p className="muted">{days.length === 0 ? t('audit.nodays') : t('audit.why')}</p>
      {days.map((day) => (
        <Tag key={day}>
          <a href={`/api/v1/day-roots/${day}`} download>
            {day}
          </a>
        </Tag>
      ))}
    </section>
  );
}
