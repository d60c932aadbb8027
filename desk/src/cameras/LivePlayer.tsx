/** The camera's own packets, copied, a moment after the click; scrub back in what was kept. */
import { Alert, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';

const BACK_S = 20;
const FOR_S = 600;
const KEEP_S = 120;

type State = 'opening' | 'playing' | 'ended' | 'unplayable' | 'away';

export function LivePlayer({ camera }: { camera: Schemas['ShownCamera'] }) {
  const { t } = useLanguage();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<State>('opening');
  const [round, setRound] = useState(0);
  const url = `/api/v1/cameras/${camera.id}/live.mp4?back_s=${String(BACK_S)}&for_s=${String(FOR_S)}`;
  useEffect(() => {
    const shown = video.current;
    if (shown === null) return undefined;
    const ending = new AbortController();
    void play(shown, url, ending.signal, setState);
    return () => {
      ending.abort();
      shown.removeAttribute('src');
      shown.load();
    };
  }, [url, round]);
  const live = () => {
    const shown = video.current;
    if (shown === null || shown.buffered.length === 0) return;
    shown.currentTime = shown.buffered.end(shown.buffered.length - 1) - 0.3;
    void shown.play().catch(() => undefined);
  };
  return (
    <div className="live">
      <video
        ref={video}
        className="look"
        muted
        playsInline
        controls
        aria-label={t('camera.live')}
      />
      <div className="buttons">
        <Button size="small" onClick={live}>
          {t('camera.live.now')}
        </Button>
        <span className="muted">{t('camera.live.record')}</span>
      </div>
      {state !== 'playing' && state !== 'opening' && (
        <Alert
          type="warning"
          showIcon
          title={t(`camera.live.${state}`)}
          action={
            <Button
              size="small"
              onClick={() => {
                setState('opening');
                setRound(round + 1);
              }}
            >
              {t('camera.live.again')}
            </Button>
          }
        />
      )}
    </div>
  );
}

/** Feed the stream into the element until it ends or the page is left. */
async function play(
  shown: HTMLVideoElement,
  url: string,
  signal: AbortSignal,
  tell: (state: State) => void,
): Promise<void> {
  try {
    const answer = await fetch(url, { signal });
    const type = answer.headers.get('content-type') ?? '';
    if (!answer.ok || answer.body === null) {
      tell('away');
      return;
    }
    if (!MediaSource.isTypeSupported(type)) {
      tell('unplayable');
      await answer.body.cancel();
      return;
    }
    const source = new MediaSource();
    shown.src = URL.createObjectURL(source);
    await once(source, 'sourceopen');
    const buffer = source.addSourceBuffer(type);
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await append(buffer, value);
      begin(shown, tell);
      await trim(buffer, shown);
    }
    if (source.readyState === 'open') source.endOfStream();
    tell('ended');
  } catch {
    if (!signal.aborted) tell('ended');
  }
}

/** Start near the newest picture, once there is one. */
function begin(shown: HTMLVideoElement, tell: (state: State) => void): void {
  if (!shown.paused || shown.buffered.length === 0 || shown.currentTime > 0) return;
  shown.currentTime = Math.max(shown.buffered.start(0), shown.buffered.end(0) - 0.5);
  void shown.play().catch(() => undefined);
  tell('playing');
}

async function append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  buffer.appendBuffer(bytes);
  await once(buffer, 'updateend');
}

async function trim(buffer: SourceBuffer, shown: HTMLVideoElement): Promise<void> {
  if (buffer.buffered.length === 0) return;
  const oldest = buffer.buffered.start(0);
  if (shown.currentTime - oldest < KEEP_S * 1.5) return;
  buffer.remove(oldest, shown.currentTime - KEEP_S);
  await once(buffer, 'updateend');
}

function once(target: EventTarget, name: string): Promise<void> {
  return new Promise((resolve) => {
    target.addEventListener(
      name,
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
