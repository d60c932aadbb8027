/** The ground by a few people who stand upright, near and far: no tape measure is needed. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, InputNumber } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { StandingBox, StandingPeople } from './content';
import { GroundCanvas } from './GroundCanvas';
import { MOST_PEOPLE, feetOf, headOf, nobody, placed, withFeet, withHead } from './people';
import { RemoveButton } from './RemoveButton';
import type { EditorProps } from './ZoneEditor';

/** Somebody this much higher or lower than taken to be is better taken away, metres. */
const ODD_M = 0.15;

export function ByPeople({
  picture,
  seen,
  isEditable,
  put,
  choice,
  children,
}: EditorProps & { choice: ReactNode }) {
  const { t } = useLanguage();
  const [size, setSize] = useState<readonly [number, number]>([1920, 1080]);
  const people = seen.ground_plane?.people ?? nobody(size);
  const hasPoints = (seen.ground_plane?.points ?? []).length > 0;
  const fit = useFit(people, isEditable);
  const keep = (changes: Partial<StandingPeople>) => {
    const next = { ...people, picture_px: size, ...changes };
    put({ ground_plane: next.boxes.length === 0 ? null : { people: next } });
  };
  const change = (place: number, box: StandingBox) => {
    keep({ boxes: people.boxes.map((one, n) => (n === place ? box : one)) });
  };
  return (
    <div className="zones-body">
      <div>
        <GroundCanvas
          picture={picture}
          zones={seen.zones}
          marks={people.boxes.flatMap((box, place) => [
            { at: feetOf(box), label: t('ground.feet', { n: place + 1 }), text: String(place + 1) },
            { at: headOf(box), label: t('ground.head', { n: place + 1 }), text: '' },
          ])}
          bodies={people.boxes.map((box) => [feetOf(box), headOf(box)] as const)}
          grid={fit?.grid ?? []}
          isEditable={isEditable}
          onSize={setSize}
          onPlaced={(at) => {
            if (people.boxes.length >= MOST_PEOPLE) return;
            keep({ boxes: [...people.boxes, placed(at, people.boxes)] });
          }}
          onMoved={(mark, to) => {
            const place = Math.floor(mark / 2);
            const box = people.boxes[place];
            if (box !== undefined) {
              change(place, mark % 2 === 0 ? withFeet(box, to) : withHead(box, to));
            }
          }}
        />
        {isEditable && <p className="muted">{t('ground.people.hint')}</p>}
      </div>
      <aside className="zones-side">
        <section className="zone-form" aria-label={t('ground.title')}>
          {choice}
          {hasPoints && <Alert type="info" title={t('ground.points')} />}
          <Told count={people.boxes.length} fit={fit} />
          {(['height_m', 'fov_deg'] as const).map((name) => (
            <label key={name} className="ground-number">
              <span>{t(`ground.${name}`)}</span>
              <InputNumber
                disabled={!isEditable}
                min={name === 'height_m' ? 0.6 : 6}
                max={name === 'height_m' ? 2.4 : 169}
                step={name === 'height_m' ? 0.05 : 1}
                value={people[name]}
                onChange={(typed) => {
                  if (typed !== null && people.boxes.length > 0) keep({ [name]: typed });
                }}
              />
            </label>
          ))}
          <PeopleTable
            boxes={people.boxes}
            off={fit?.off_m ?? []}
            isEditable={isEditable}
            onRemove={(place) => {
              keep({ boxes: people.boxes.filter((_, n) => n !== place) });
            }}
          />
        </section>
        {children}
      </aside>
    </div>
  );
}

/** How they fit, from the service that will judge by them. */
function useFit(people: StandingPeople, mayAsk: boolean): Schemas['ShownGround'] | undefined {
  const { data } = useQuery({
    queryKey: ['ground-people', people],
    enabled: mayAsk && people.boxes.length > 0,
    placeholderData: keepPreviousData,
    queryFn: () => {
      const boxes = people.boxes.map(([left, top, right, bottom]) => ({
        left,
        top,
        right,
        bottom,
      }));
      const [width, height] = people.picture_px;
      const told = { ...people, boxes, picture_px: [width, height] as [number, number] };
      return body(
        api.POST('/api/v1/site/ground', { body: { points: [], people: told } }),
      ) as Promise<Schemas['ShownGround']>;
    },
  });
  return people.boxes.length === 0 ? undefined : data;
}

function Told({ count, fit }: { count: number; fit: Schemas['ShownGround'] | undefined }) {
  const { t } = useLanguage();
  if (count === 0) return <p>{t('ground.nobody')}</p>;
  if (fit === undefined) return null;
  if (fit.problem !== null) {
    return <Alert type="warning" showIcon role="status" title={t(`ground.${fit.problem}`)} />;
  }
  const worst = Math.max(...fit.off_m.map((one) => Math.abs(one ?? Infinity)));
  return (
    <p role="status">
      {t('ground.people.fits', { worst: worst.toFixed(2), step: fit.step_m })}{' '}
      {worst > ODD_M && t('ground.people.odd')}
    </p>
  );
}

interface TableProps {
  boxes: readonly StandingBox[];
  off: readonly (number | null)[];
  isEditable: boolean;
  onRemove: (place: number) => void;
}

function PeopleTable({ boxes, off, isEditable, onRemove }: TableProps) {
  const { t } = useLanguage();
  if (boxes.length === 0) return null;
  return (
    <table className="thresholds">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">{t('ground.people.off')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {boxes.map((box, place) => {
          const one = off[place];
          const isOdd = one === null || (one !== undefined && Math.abs(one) > ODD_M);
          return (
            <tr key={box.join(' ')}>
              <th scope="row">{place + 1}</th>
              <td className={isOdd ? 'warn' : ''}>
                {one === undefined || one === null ? '–' : `${one.toFixed(2)} m`}
              </td>
              <td>
                {isEditable && (
                  <RemoveButton
                    label={t('ground.people.remove', { n: place + 1 })}
                    onRemove={() => {
                      onRemove(place);
                    }}
                  />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
