/** Where it is, what was asked whether it is allowed, and what happened there before. */
import { useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { Severity } from '../shown/Severity';
import { moment } from '../shown/time';
import type { Detail } from './item';
import { labelsOf } from './plan_labels';

/** Permits consulted and their answers; nothing consulted is said too. */
export function Permits({ permits }: { permits: Schemas['Permits'] | undefined }) {
  const { t, language } = useLanguage();
  if (permits === undefined) return <p className="muted">…</p>;
  if (permits.answers.length === 0) return <p className="muted">{t('permits.none')}</p>;
  return (
    <ul className="permits">
      {permits.answers.map((one) => (
        <li key={one.source}>
          <span className={`permit permit-${one.answer}`}>{t(`permit.${one.answer}`)}</span>
          <span>
            {language === 'zh' ? one.text_zh : one.text_en}
            {one.holder !== null && ` · ${one.holder}`}
            {one.permit !== null && ` · ${one.permit}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What people made of earlier alerts at this place. */
export function History({ history }: { history: Schemas['PlaceHistory'] | undefined }) {
  const { t, language } = useLanguage();
  if (history === undefined) return <p className="muted">…</p>;
  const counts = t('history.counts', {
    days: history.days,
    raised: history.raised,
    confirmed: history.confirmed,
    rejected: history.rejected,
  });
  return (
    <>
      <p className="muted">{history.raised === 0 ? t('history.none') : counts}</p>
      <ul className="history">
        {history.alerts.slice(0, 5).map(({ alert, state, reason }) => (
          <li key={alert.id}>
            <time>{moment(alert.opened_at)}</time>
            <Severity of={alert.severity} />
            <span className="history-what" title={alert.code}>
              {language === 'zh' ? alert.text_zh : alert.text_en}
            </span>
            <span className={`state state-${state}`}>
              {reason === null ? t(`state.${state}`) : t(`reason.${reason}`)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const METRES_PER_DEGREE = 111_320;
const WIDTH = 360;
const HEIGHT = 128;

/** A plan of the cameras around, drawn from their WGS-84 places alone; no tiles, no network. */
export function SitePlan({ detail }: { detail: Detail }) {
  const { t } = useLanguage();
  const { data } = useQuery({
    queryKey: ['cameras'],
    queryFn: () => body(api.GET('/api/v1/cameras')),
    staleTime: 60_000,
  });
  const placed = (data?.cameras ?? []).filter((one) => one.lat !== null && one.lon !== null);
  const here = placed.find((one) => one.id === detail.camera);
  if (here === undefined || here.lat === null || here.lon === null) {
    return <p className="muted">{t('plan.none')}</p>;
  }
  const { lat, lon } = here;
  const east = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const around = placed
    .map((one) => ({
      id: one.id,
      title: one.title || one.id,
      x: ((one.lon ?? lon) - lon) * east,
      y: (lat - (one.lat ?? lat)) * METRES_PER_DEGREE,
    }))
    .filter((one) => Math.hypot(one.x, one.y) < 2000);
  const reach = Math.max(
    60,
    ...around.map((one) => Math.max(Math.abs(one.x) / 2.6, Math.abs(one.y))),
  );
  const scale = (HEIGHT / 2 - 22) / reach;
  const bar = niceLength(reach);
  const dots = around
    .map((one) => ({ ...one, x: WIDTH / 2 + one.x * scale, y: HEIGHT / 2 + one.y * scale }))
    .sort((one, other) => Number(other.id === here.id) - Number(one.id === here.id));
  const labels = labelsOf(dots, WIDTH, HEIGHT);
  return (
    <svg className="plan" viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} role="img">
      <title>{t('plan.label', { camera: here.title || here.id })}</title>
      <path className="plan-grid" d={grid()} />
      {dots.map((one) => (
        <circle
          key={one.id}
          className={one.id === here.id ? 'plan-here' : 'plan-other'}
          cx={one.x}
          cy={one.y}
          r={one.id === here.id ? 6 : 4}
        >
          <title>{one.title}</title>
        </circle>
      ))}
      {[...labels].map(([id, label]) => (
        <text
          key={id}
          className={id === here.id ? 'plan-here' : 'plan-other'}
          x={label.x}
          y={label.y}
          textAnchor="middle"
        >
          {label.text}
        </text>
      ))}
      <g className="plan-scale" transform={`translate(10 ${String(HEIGHT - 10)})`}>
        <path d={`M0 -4V0H${String(bar * scale)}V-4`} />
        <text x={bar * scale + 5}>{bar} m</text>
      </g>
      <text className="plan-place" x={WIDTH - 8} y={HEIGHT - 10} textAnchor="end">
        {lat.toFixed(5)}, {lon.toFixed(5)} WGS-84
      </text>
      <text className="plan-place" x={WIDTH - 8} y={15} textAnchor="end">
        {t('plan.north')} ↑
      </text>
    </svg>
  );
}

function niceLength(reach: number): number {
  return [20, 50, 100, 200, 500, 1000].findLast((one) => one <= reach) ?? 20;
}

function grid(): string {
  const lines = [];
  for (let x = 30; x < WIDTH; x += 30) lines.push(`M${String(x)} 0V${String(HEIGHT)}`);
  for (let y = 4; y < HEIGHT; y += 30) lines.push(`M0 ${String(y)}H${String(WIDTH)}`);
  return lines.join('');
}
