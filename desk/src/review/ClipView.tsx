/** The clip with zone, box and clauses drawn over it in step with playback; B takes them off. */
import { Alert, Button, Slider } from 'antd';
import { CaretRightOutlined, PauseOutlined } from '@ant-design/icons';
import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { clock } from '../shown/time';
import { ClipDrawing, useClipBoxes } from './ClipDrawing';
import type { Clip, Detail } from './item';
import { filesOf } from './item';
import { useKeys } from './keys';

const FRAME_S = 1 / 25;

interface Props {
  detail: Detail;
  scene: Schemas['Scene'] | undefined;
  isDrawn: boolean;
  isBlind: boolean;
  onReach: (at: string) => void;
}

export function ClipView(props: Props) {
  const { t } = useLanguage();
  const { stills, clip } = filesOf(props.detail);
  const still = stills.at(-1);
  if (clip !== null) return <Playing key={clip.url} {...props} clip={clip} />;
  return (
    <div className="clip">
      <div className={still === undefined ? 'clip-frame clip-none' : 'clip-frame'}>
        {still && <img src={still.url} alt={still.role_zh} />}
        {props.isDrawn && still !== undefined && (
          <ClipDrawing {...props} at={props.detail.last_seen} />
        )}
        <span className="clip-note">{t(`pack.${props.detail.evidence}`)}</span>
      </div>
    </div>
  );
}

function Playing({ detail, scene, clip, isDrawn, isBlind, onReach }: Props & { clip: Clip }) {
  const { t } = useLanguage();
  const { may } = useSession();
  const video = useRef<HTMLVideoElement>(null);
  const boxes = useClipBoxes(detail);
  const [second, setSecond] = useState(0);
  const [length, setLength] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const start = new Date(clip.captured_at).getTime();
  const at = new Date(start + second * 1000).toISOString();

  const seek = (to: number) => {
    const shown = video.current;
    if (shown === null) return;
    shown.currentTime = Math.min(Math.max(0, to), shown.duration || 0);
  };
  const step = (by: number) => {
    video.current?.pause();
    seek((video.current?.currentTime ?? 0) + by);
  };
  const toggle = () => {
    const shown = video.current;
    if (shown === null) return;
    if (shown.paused) void shown.play().catch(() => undefined);
    else shown.pause();
  };
  useKeys({
    ' ': toggle,
    ArrowLeft: () => {
      step(-FRAME_S);
    },
    ArrowRight: () => {
      step(FRAME_S);
    },
  });
  useFrames(video, setSecond, isPlaying);
  useEffect(() => {
    if (second > 0) onReach(new Date(start + second * 1000).toISOString());
  }, [second, start, onReach]);

  const opened = (new Date(detail.opened_at).getTime() - start) / 1000;
  return (
    <div className="clip">
      <div className="clip-frame">
        <video
          ref={video}
          src={clip.url}
          muted
          playsInline
          preload="auto"
          aria-label={t('clip.label')}
          onLoadedMetadata={(event) => {
            setLength(event.currentTarget.duration);
          }}
          onSeeked={(event) => {
            setSecond(event.currentTarget.currentTime);
          }}
          onPlay={() => {
            setPlaying(true);
          }}
          onPause={() => {
            setPlaying(false);
          }}
          onEnded={(event) => {
            setSecond(event.currentTarget.duration);
          }}
          onError={() => {
            setBroken(true);
          }}
        />
        {isDrawn && (
          <ClipDrawing
            detail={detail}
            scene={scene}
            isBlind={isBlind}
            at={at}
            boxes={boxes}
            second={second}
          />
        )}
        {isBroken && (
          <Alert
            className="clip-broken"
            type="warning"
            title={t('clip.broken')}
            action={
              may('evidence.unmask') && (
                <Button size="small" href={`${clip.url}?download=true`}>
                  {t('clip.download')}
                </Button>
              )
            }
          />
        )}
      </div>
      <div className="clip-bar">
        <Button
          size="small"
          type="text"
          aria-label={t(isPlaying ? 'clip.pause' : 'clip.play')}
          icon={isPlaying ? <PauseOutlined /> : <CaretRightOutlined />}
          onClick={toggle}
        />
        <Slider
          className="clip-slider"
          min={0}
          max={length || 1}
          step={FRAME_S}
          value={second}
          tooltip={{ open: false }}
          ariaLabelForHandle={t('clip.position')}
          marks={opened > 0 && opened < length ? { [opened]: ' ' } : {}}
          onChange={seek}
        />
        <span className="clip-time">{clock(at)}</span>
      </div>
    </div>
  );
}

/** Tell each shown frame while playing; between, `seeked` tells. */
function useFrames(
  video: React.RefObject<HTMLVideoElement | null>,
  tell: (second: number) => void,
  isPlaying: boolean,
): void {
  useEffect(() => {
    if (!isPlaying) return undefined;
    let asked = 0;
    const next = () => {
      if (video.current !== null) tell(video.current.currentTime);
      asked = requestAnimationFrame(next);
    };
    asked = requestAnimationFrame(next);
    return () => {
      cancelAnimationFrame(asked);
    };
  }, [video, tell, isPlaying]);
}
