/** What is drawn over the clip at a moment: zone, boxes of the look, clauses as they stood. */
import { useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { clauseText } from './clause';
import type { Detail } from './item';
import { clausesAt, lookAt } from './looks';

const MARKS = { true: '●', false: '○', unknown: '?' } as const;

interface Drawn {
  detail: Detail;
  scene: Schemas['Scene'] | undefined;
  isBlind: boolean;
  at: string;
  boxes?: Schemas['ShownClipBoxes'] | undefined;
  second?: number;
}

/** Boxes of each look during the clip; undefined for packs that hold none, and until they are there. */
export function useClipBoxes(detail: Detail): Schemas['ShownClipBoxes'] | undefined {
  const alert = detail.id;
  const isKept = detail.files.some((file) => file.role === 'boxes' && file.source === alert);
  const { data } = useQuery({
    queryKey: ['alert', alert, 'clip-boxes'],
    enabled: isKept,
    staleTime: Infinity,
    queryFn: () =>
      body(api.GET('/api/v1/alerts/{alert}/clip-boxes', { params: { path: { alert } } })),
  });
  return data;
}

/** Zone, boxes and clauses as they stood at a media time, which is this second of the clip. */
export function ClipDrawing({ detail, scene, isBlind, at, boxes, second = 0 }: Drawn) {
  const { t, language } = useLanguage();
  const look = lookAt(boxes, second);
  const told = clausesAt(boxes, second);
  const things = look?.things ?? [];
  const meant = look?.meant ?? null;
  // a look that did not find the thing has no box of it; without looks the stills have one
  const box = look ? meant !== null && things[meant]?.box : boxAt(detail, at);
  const points = (scene?.zone ?? []).map(([x, y]) => `${String(x)},${String(y)}`).join(' ');
  const isOpen = at >= detail.opened_at;
  return (
    <>
      <svg
        className="drawing"
        viewBox="0 0 1 1"
        preserveAspectRatio="none"
        aria-hidden="true"
        data-look={look?.second}
      >
        {points !== '' && <polygon className="drawn-zone" points={points} />}
        {things.map((thing, place) =>
          place === meant ? null : (
            <Rectangle key={place} box={thing.box} className="drawn-box drawn-other" />
          ),
        )}
        {box && <Rectangle box={box} className={isOpen ? 'drawn-box drawn-open' : 'drawn-box'} />}
      </svg>
      <ul className="drawn-clauses" aria-hidden="true">
        {detail.clauses.map((clause) => {
          const isDecided = clause.since !== null && clause.since <= at;
          const truth = told[clause.clause] ?? (isDecided ? clause.truth : 'unknown');
          return (
            <li key={clause.clause} className={`truth-${truth}`}>
              {MARKS[truth]} {clauseText(clause, language)}
            </li>
          );
        })}
        {!isBlind && <li>{isOpen ? t('clip.open') : t('clip.before')}</li>}
      </ul>
    </>
  );
}

function Rectangle({ box, className }: { box: Schemas['ShownBox']; className: string }) {
  return (
    <rect
      className={className}
      x={box.x1}
      y={box.y1}
      width={box.x2 - box.x1}
      height={box.y2 - box.y1}
    />
  );
}

/** The box of the newest still not after `at`, else the alert's own. */
function boxAt(detail: Detail, at: string): Schemas['ShownBox'] {
  const boxed = detail.files
    .filter((file) => file.box !== null && file.captured_at <= at)
    .sort((one, other) => one.captured_at.localeCompare(other.captured_at));
  return boxed.at(-1)?.box ?? detail.box;
}
