/** The ground of one view: by measured points, or by people who stand in its picture. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, InputNumber, Segmented } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { GroundPoint } from './content';
import { GroundCanvas } from './GroundCanvas';
import { ByPeople } from './GroundPeople';
import { RemoveButton } from './RemoveButton';
import type { EditorProps } from './ZoneEditor';

const MOST = 50;
/** The service takes no plane in which a point is farther off than this, metres. */
const WORST_FIT_M = 1;
const EXACT_POINTS = 4;

type Way = 'points' | 'people';

export function GroundEditor(props: EditorProps) {
  const { t } = useLanguage();
  const [way, setWay] = useState<Way>(props.seen.ground_plane?.people ? 'people' : 'points');
  const choice = (
    <Segmented<Way>
      block
      value={way}
      onChange={setWay}
      options={[
        { value: 'points', label: t('ground.by_points') },
        { value: 'people', label: t('ground.by_people') },
      ]}
    />
  );
  return way === 'points' ? (
    <ByPoints {...props} choice={choice} />
  ) : (
    <ByPeople {...props} choice={choice} />
  );
}

function ByPoints({
  picture,
  seen,
  isEditable,
  put,
  choice,
  children,
}: EditorProps & { choice: ReactNode }) {
  const { t } = useLanguage();
  const points = seen.ground_plane?.points ?? [];
  const fit = useFit(points, isEditable);
  const keep = (changed: readonly GroundPoint[]) => {
    put({ ground_plane: changed.length === 0 ? null : { points: changed } });
  };
  const change = (place: number, changes: Partial<GroundPoint>) => {
    keep(points.map((one, n) => (n === place ? { ...one, ...changes } : one)));
  };
  return (
    <div className="zones-body">
      <div>
        <GroundCanvas
          picture={picture}
          zones={seen.zones}
          marks={points.map((point, place) => ({
            at: point.picture,
            label: t('ground.point', { n: place + 1 }),
            text: String(place + 1),
          }))}
          grid={fit?.grid ?? []}
          isEditable={isEditable}
          onPlaced={(at) => {
            if (points.length < MOST) keep([...points, { picture: at, metres: [null, null] }]);
          }}
          onMoved={(place, to) => {
            change(place, { picture: to });
          }}
        />
        {isEditable && <p className="muted">{t('ground.hint')}</p>}
      </div>
      <aside className="zones-side">
        <section className="zone-form" aria-label={t('ground.title')}>
          {choice}
          {seen.ground_plane?.people && <Alert type="info" title={t('ground.people')} />}
          <Told points={points} fit={fit} />
          <PointTable
            points={points}
            off={fit?.off_m ?? []}
            isEditable={isEditable}
            onChange={change}
            onRemove={(place) => {
              keep(points.filter((_, n) => n !== place));
            }}
          />
        </section>
        {children}
      </aside>
    </div>
  );
}

/** How the points fit, from the service that will judge by them; unfinished ones are left out. */
function useFit(points: readonly GroundPoint[], mayAsk: boolean) {
  const measured = points.filter(isMeasured);
  const isWhole = measured.length === points.length;
  const { data } = useQuery({
    queryKey: ['ground-fit', measured],
    enabled: mayAsk && measured.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () =>
      body(api.POST('/api/v1/site/ground', { body: { points: measured } })) as Promise<
        Schemas['ShownGround']
      >,
  });
  if (measured.length === 0 || data === undefined) return undefined;
  return isWhole ? data : { ...data, off_m: [] };
}

type Measured = Schemas['TakenGroundPoint'];

function isMeasured(point: GroundPoint): point is Measured {
  return point.metres.every((one) => one !== null);
}

/** In a word whether this is a ground, and what is missing. */
function Told({
  points,
  fit,
}: {
  points: readonly GroundPoint[];
  fit: Schemas['ShownGround'] | undefined;
}) {
  const { t } = useLanguage();
  const unmeasured = points.filter((one) => !isMeasured(one)).length;
  if (points.length === 0) return <p>{t('ground.none')}</p>;
  if (unmeasured > 0) return <p role="status">{t('ground.unmeasured', { count: unmeasured })}</p>;
  if (fit === undefined) return null;
  if (fit.problem !== null) {
    return <Alert type="warning" showIcon role="status" title={t(`ground.${fit.problem}`)} />;
  }
  const worst = Math.max(...fit.off_m.map((one) => one ?? Infinity));
  return (
    <p role="status">
      {t('ground.fits', { worst: worst.toFixed(2), step: fit.step_m })}
      {points.length === EXACT_POINTS && ` ${t('ground.exact')}`}
    </p>
  );
}

interface TableProps {
  points: readonly GroundPoint[];
  off: readonly (number | null)[];
  isEditable: boolean;
  onChange: (place: number, changes: Partial<GroundPoint>) => void;
  onRemove: (place: number) => void;
}

function PointTable({ points, off, isEditable, onChange, onRemove }: TableProps) {
  const { t } = useLanguage();
  if (points.length === 0) return null;
  return (
    <table className="thresholds">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">{t('ground.x')}</th>
          <th scope="col">{t('ground.y')}</th>
          <th scope="col">{t('ground.off')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {points.map(({ metres }, place) => (
          <tr key={`point ${String(place)}`}>
            <th scope="row">{place + 1}</th>
            {([0, 1] as const).map((axis) => (
              <td key={axis}>
                <InputNumber
                  aria-label={`${t('ground.point', { n: place + 1 })} ${t(axis === 0 ? 'ground.x' : 'ground.y')}`}
                  disabled={!isEditable}
                  min={-100_000}
                  max={100_000}
                  value={metres[axis]}
                  onChange={(typed) => {
                    onChange(place, {
                      metres: axis === 0 ? [typed, metres[1]] : [metres[0], typed],
                    });
                  }}
                />
              </td>
            ))}
            <td className={isFar(off[place]) ? 'warn' : ''}>{offText(off[place])}</td>
            <td>
              {isEditable && (
                <RemoveButton
                  label={t('ground.remove', { n: place + 1 })}
                  onRemove={() => {
                    onRemove(place);
                  }}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isFar(off: number | null | undefined): boolean {
  return off !== undefined && (off === null || off > WORST_FIT_M);
}

function offText(off: number | null | undefined): string {
  if (off === undefined) return '–';
  return off === null ? '∞' : `${off.toFixed(2)} m`;
}
