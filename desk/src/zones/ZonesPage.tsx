/** Draw what a place is for, on the camera's own picture; checked as one draws. */
import { UndoOutlined, RedoOutlined } from '@ant-design/icons';
import { Alert, Button, Segmented, Select } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { useLanguage } from '../i18n/language';
import { useKeys } from '../review/keys';
import { useSession } from '../session/session';
import { ApplyForm } from './ApplyForm';
import type { View } from './content';
import { withView } from './content';
import { useDraft } from './draft';
import type { Draft } from './draft';
import { GroundEditor } from './GroundEditor';
import { Reference } from './Reference';
import { TryDraft } from './TryDraft';
import { Versions } from './Versions';
import { ZoneEditor } from './ZoneEditor';
import './zones.css';

type Subject = 'zones' | 'ground';

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
  const [subject, setSubject] = useState<Subject>('zones');
  const picture = usePicture(camera);
  const isEditable = may('site.edit');
  const { site, edit } = draft;
  const put = (changes: Partial<View>) => {
    if (site !== undefined && isEditable) edit(withView(site, camera, view, changes));
  };
  useKeys({ u: draft.undo, r: draft.redo });
  const problems = draft.checked?.problems ?? [];
  const editor = { picture, seen, isEditable, put };
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
        <Segmented<Subject>
          value={subject}
          onChange={setSubject}
          options={[
            { value: 'zones', label: t('page.zones') },
            { value: 'ground', label: t('ground.title') },
          ]}
        />
        <Link to={`/cameras/${camera}`}>{t('camera.dossier')}</Link>
        <span className="bar-space" />
        {isEditable && (
          <>
            <Button icon={<UndoOutlined />} disabled={!draft.canUndo} onClick={draft.undo}>
              {t('zone.undo')} <kbd>U</kbd>
            </Button>
            <Button icon={<RedoOutlined />} disabled={!draft.canRedo} onClick={draft.redo}>
              {t('zone.redo')} <kbd>R</kbd>
            </Button>
          </>
        )}
      </header>
      {subject === 'zones' ? (
        <ZoneEditor {...editor} problems={problems} prefix={`cameras.${camera}.views.${view}.`}>
          {isEditable && site !== undefined && <TryDraft site={site} camera={camera} />}
          {isEditable && <ApplyForm draft={draft} problems={problems} />}
          {isEditable && (
            <Reference
              camera={camera}
              view={view}
              held={draft.held?.cameras[camera]?.views[view]}
            />
          )}
          <Versions base={draft.base} onRestored={() => void draft.reload()} />
        </ZoneEditor>
      ) : (
        <GroundEditor {...editor}>
          {isEditable && <ApplyForm draft={draft} problems={problems} />}
        </GroundEditor>
      )}
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
