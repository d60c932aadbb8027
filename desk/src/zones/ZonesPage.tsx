/** Draw what a place is for, on the camera's own picture; checked as one draws. */
import { UndoOutlined, RedoOutlined } from '@ant-design/icons';
import { Alert, App, Button, Input, Select, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import { useSession } from '../session/session';
import { Canvas } from './Canvas';
import type { View, Zone } from './content';
import { PURPOSES, freeName, withZones } from './content';
import { Changes } from './Changes';
import { useDraft } from './draft';
import type { Draft } from './draft';
import { TryDraft } from './TryDraft';
import { Versions } from './Versions';
import { ZoneForm } from './ZoneForm';
import './zones.css';

const RECTANGLE = [
  [0.4, 0.4],
  [0.6, 0.4],
  [0.6, 0.6],
  [0.4, 0.6],
] as const;

export function ZonesPage() {
  const { t } = useLanguage();
  const { camera: camera = '', view: wanted } = useParams();
  const draft = useDraft();
  if (draft.site === undefined) return <p className="muted">{t('item.loading')}</p>;
  const section = draft.site.cameras[camera];
  if (section === undefined) return <Alert type="warning" title={t('page.missing')} />;
  const view = wanted ?? Object.keys(section.views)[0] ?? 'home';
  const seen = section.views[view] ?? { zones: {} };
  return <Editor key={`${camera} ${view}`} draft={draft} camera={camera} view={view} seen={seen} />;
}

interface EditorProps {
  draft: Draft;
  camera: string;
  view: string;
  seen: View;
}

function Editor({ draft, camera, view, seen }: EditorProps) {
  const { t } = useLanguage();
  const { may } = useSession();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string | null>(() => Object.keys(seen.zones)[0] ?? null);
  const [isDrawing, setDrawing] = useState(false);
  const picture = usePicture(camera);
  const { site, edit } = draft;
  const put = (zones: Readonly<Record<string, Zone>>) => {
    if (site !== undefined) edit(withZones(site, camera, view, zones));
  };
  const add = (points: Zone['points']) => {
    const name = freeName(seen.zones);
    put({ ...seen.zones, [name]: { purpose: 'pavement', points, rules: {} } });
    setChosen(name);
    setDrawing(false);
  };
  useKeys({
    n: () => {
      setDrawing(true);
    },
    u: draft.undo,
    r: draft.redo,
  });
  const prefix = `cameras.${camera}.views.${view}.zones.`;
  const problems = draft.checked?.problems ?? [];
  const broken = new Set(
    problems
      .filter((one) => one.path.startsWith(prefix))
      .map((one) => one.path.slice(prefix.length).split('.')[0] ?? ''),
  );
  const zone = chosen === null ? undefined : seen.zones[chosen];
  return (
    <div className="zones">
      <header className="page-head">
        <h1>{t('page.zones')}</h1>
        <Select
          aria-label={t('zone.camera')}
          value={camera}
          popupMatchSelectWidth={false}
          onChange={(other: string) => void navigate(`/zones/${other}`)}
          options={Object.entries(site?.cameras ?? {}).map(([name, one]) => ({
            value: name,
            label: one.title || name,
          }))}
        />
        <Select
          aria-label={t('zone.view')}
          value={view}
          popupMatchSelectWidth={false}
          onChange={(other: string) => void navigate(`/zones/${camera}/${other}`)}
          options={Object.keys(site?.cameras[camera]?.views ?? { home: {} }).map((name) => ({
            value: name,
            label: name,
          }))}
        />
        <Link to={`/cameras/${camera}`}>{t('camera.dossier')}</Link>
        <span className="bar-space" />
        <Button icon={<UndoOutlined />} disabled={!draft.canUndo} onClick={draft.undo}>
          {t('zone.undo')} <kbd>U</kbd>
        </Button>
        <Button icon={<RedoOutlined />} disabled={!draft.canRedo} onClick={draft.redo}>
          {t('zone.redo')} <kbd>R</kbd>
        </Button>
      </header>
      <div className="zones-body">
        <div>
          <Canvas
            picture={picture}
            zones={seen.zones}
            chosen={chosen}
            isDrawing={isDrawing}
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
          <p className="muted">{t(isDrawing ? 'zone.drawing' : 'zone.hint')}</p>
        </div>
        <aside className="zones-side">
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
          {chosen !== null && zone !== undefined && (
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
          {may('site.edit') && site !== undefined && <TryDraft site={site} camera={camera} />}
          {may('site.edit') && <ApplyForm draft={draft} problems={problems} />}
          <Versions base={draft.base} onRestored={() => void draft.reload()} />
        </aside>
      </div>
    </div>
  );
}

/** The camera's newest picture when the page was opened, or its first once there is one. */
function usePicture(camera: string): string | null {
  const { data } = useQuery({
    queryKey: ['camera-picture', camera],
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: (query) => ((query.state.data ?? null) === null ? 1_500 : false),
    queryFn: async () => {
      const path = { params: { path: { camera } } };
      const { picture_url } = await body(api.GET('/api/v1/cameras/{camera}', path));
      return picture_url === null ? null : `${picture_url}?at=${String(Date.now())}`;
    },
  });
  return data ?? null;
}

function purposeText(t: ReturnType<typeof useLanguage>['t'], purpose: string): string {
  const known = PURPOSES.find((one) => one === purpose);
  return known === undefined ? purpose : t(`purpose.${known}`);
}

/** What is wrong or what it changes; why; put in force. */
function ApplyForm({
  draft,
  problems,
}: {
  draft: Draft;
  problems: readonly Schemas['ShownProblem'][];
}) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const changes = draft.checked?.changes ?? [];
  const { error } = draft.applying;
  const isOvertaken = error instanceof ApiError && error.kind === 'overtaken';
  return (
    <section className="zone-apply" aria-label={t('zone.apply')}>
      {problems.length > 0 && (
        <ul className="zone-problems" role="alert">
          {problems.map((one) => (
            <li key={`${one.path} ${one.message}`}>
              <code>{one.path}</code> {one.message}
            </li>
          ))}
        </ul>
      )}
      <Changes changes={changes} />
      {error && (
        <Alert
          type="error"
          showIcon
          title={isOvertaken ? t('zone.stale') : problemText(error)}
          action={
            isOvertaken && (
              <Button size="small" onClick={() => void draft.reload()}>
                {t('zone.reload')}
              </Button>
            )
          }
        />
      )}
      <label htmlFor="reason">{t('zone.note')}</label>
      <Input
        id="reason"
        maxLength={500}
        value={reason}
        onChange={(event) => {
          setReason(event.target.value);
        }}
      />
      <Button
        type="primary"
        block
        loading={draft.applying.isPending}
        disabled={problems.length > 0 || changes.length === 0 || reason.trim() === ''}
        onClick={() => {
          draft.applying.mutate(reason.trim(), {
            onSuccess: ({ is_told }) => {
              setReason('');
              void message.success(t(is_told ? 'zone.applied' : 'zone.untold'));
            },
          });
        }}
      >
        {t('zone.apply')}
      </Button>
    </section>
  );
}
