/** Zones of one view: drawn on its picture, listed, named, with their thresholds. */
import { Button, Tag } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import { Canvas } from './Canvas';
import type { View, Zone } from './content';
import { PURPOSES, freeName } from './content';
import { ZoneForm } from './ZoneForm';

const RECTANGLE = [
  [0.4, 0.4],
  [0.6, 0.4],
  [0.6, 0.6],
  [0.4, 0.6],
] as const;

export interface EditorProps {
  picture: string | null;
  seen: View;
  isEditable: boolean;
  put: (changes: Partial<View>) => void;
  /** Below what is edited: try, apply, versions. */
  children: ReactNode;
}

interface Props extends EditorProps {
  problems: readonly Schemas['ShownProblem'][];
  /** Of the view's keys in a problem's path. */
  prefix: string;
}

export function ZoneEditor({ picture, seen, isEditable, children, ...props }: Props) {
  const { t } = useLanguage();
  const [chosen, setChosen] = useState<string | null>(() => Object.keys(seen.zones)[0] ?? null);
  const [isDrawing, setDrawing] = useState(false);
  const put = (zones: Readonly<Record<string, Zone>>) => {
    props.put({ zones });
  };
  const add = (points: Zone['points']) => {
    const name = freeName(seen.zones);
    put({ ...seen.zones, [name]: { purpose: 'pavement', points, rules: {} } });
    setChosen(name);
    setDrawing(false);
  };
  useKeys({
    n: () => {
      setDrawing(isEditable);
    },
  });
  const prefix = `${props.prefix}zones.`;
  const broken = new Set(
    props.problems
      .filter((one) => one.path.startsWith(prefix))
      .map((one) => one.path.slice(prefix.length).split('.')[0] ?? ''),
  );
  const zone = chosen === null ? undefined : seen.zones[chosen];
  return (
    <div className="zones-body">
      <div>
        <Canvas
          picture={picture}
          zones={seen.zones}
          chosen={chosen}
          isDrawing={isDrawing}
          isEditable={isEditable}
          broken={broken}
          onChoose={setChosen}
          onDrawn={add}
          onCancel={() => {
            setDrawing(false);
          }}
          onMoved={(name, points) => {
            const before = seen.zones[name];
            if (before !== undefined) put({ ...seen.zones, [name]: { ...before, points } });
          }}
        />
        {isEditable && <p className="muted">{t(isDrawing ? 'zone.drawing' : 'zone.hint')}</p>}
      </div>
      <aside className="zones-side">
        {isEditable && (
          <div className="buttons">
            <Button
              type={isDrawing ? 'primary' : 'default'}
              aria-pressed={isDrawing}
              onClick={() => {
                setDrawing(!isDrawing);
              }}
            >
              <kbd>N</kbd> {t('zone.new')}
            </Button>
            <Button
              onClick={() => {
                add(RECTANGLE);
              }}
            >
              {t('zone.rectangle')}
            </Button>
          </div>
        )}
        <ul className="zone-list">
          {Object.entries(seen.zones).map(([name, one]) => (
            <li key={name}>
              <button
                type="button"
                className={`zone-line ${one.purpose}`}
                aria-current={name === chosen}
                onClick={() => {
                  setChosen(name);
                }}
              >
                <b>{name}</b> {purposeText(t, one.purpose)}
                {broken.has(name) && <Tag color="error">{t('zone.broken')}</Tag>}
              </button>
            </li>
          ))}
        </ul>
        {isEditable && chosen !== null && zone !== undefined && (
          <ZoneForm
            key={chosen}
            name={chosen}
            zone={zone}
            taken={Object.keys(seen.zones)}
            onRename={(name) => {
              const entries = Object.entries(seen.zones);
              put(Object.fromEntries(entries.map(([k, v]) => [k === chosen ? name : k, v])));
              setChosen(name);
            }}
            onChange={(changed) => {
              put({ ...seen.zones, [chosen]: changed });
            }}
            onRemove={() => {
              put(Object.fromEntries(Object.entries(seen.zones).filter(([k]) => k !== chosen)));
              setChosen(null);
            }}
          />
        )}
        {children}
      </aside>
    </div>
  );
}

function purposeText(t: ReturnType<typeof useLanguage>['t'], purpose: string): string {
  const known = PURPOSES.find((one) => one === purpose);
  return known === undefined ? purpose : t(`purpose.${known}`);
}
