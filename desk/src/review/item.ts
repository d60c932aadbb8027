/** Everything one decision needs, asked at once and ahead of time. */
import { useQueries, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body } from '../api/client';
import type { Schemas } from '../api/client';

export type Detail = Schemas['AlertDetail'];

const LASTS_MS = 60_000;
const AHEAD = 5;

function detailOf(alert: string) {
  return {
    queryKey: ['alert', alert, 'detail'],
    staleTime: LASTS_MS,
    queryFn: () => body(api.GET('/api/v1/alerts/{alert}', { params: { path: { alert } } })),
  };
}

function aroundOf(alert: string) {
  const path = { params: { path: { alert } } };
  return {
    scene: {
      queryKey: ['alert', alert, 'scene'],
      staleTime: LASTS_MS,
      queryFn: (): Promise<Schemas['Scene']> =>
        body(api.GET('/api/v1/alerts/{alert}/scene', path)) as Promise<Schemas['Scene']>,
    },
    permits: {
      queryKey: ['alert', alert, 'permits'],
      staleTime: LASTS_MS,
      queryFn: () => body(api.GET('/api/v1/alerts/{alert}/permits', path)),
    },
    history: {
      queryKey: ['alert', alert, 'history'],
      staleTime: LASTS_MS,
      queryFn: () => body(api.GET('/api/v1/alerts/{alert}/history', path)),
    },
  };
}

/** Zone, permits and history of an alert; each undefined until it is there. */
export function useAround(alert: string) {
  const { scene, permits, history } = aroundOf(alert);
  const [a, b, c] = useQueries({ queries: [scene, permits, history] });
  return { scene: a.data, permits: b.data, history: c.data };
}

/** The alert itself. */
export function useDetail(alert: string) {
  const [detail] = useQueries({ queries: [detailOf(alert)] });
  return detail;
}

/** Files of the newest pack by what they show; drawn copies where there are some. */
export function filesOf(detail: Detail): { stills: Schemas['ShownEvidence'][]; clip: Clip | null } {
  const originals = detail.files.filter((file) => file.parent === null);
  const stills = ['first', 'mid', 'last', 'opening']
    .map((role) => originals.findLast((file) => file.role === role && isPicture(file)))
    .filter((file) => file !== undefined);
  const clip = detail.files.findLast(
    (file) => file.role === 'clip' && file.media_type.startsWith('video/'),
  );
  return { stills: stills.slice(0, 3), clip: clip ?? null };
}

const MORE = ['party', 'panorama', 'recheck'] as const;
type More = (typeof MORE)[number];
export type MoreFile = Schemas['ShownEvidence'] & { role: More };

/** Pictures beside the stills, close up first, then by time; and how the thing came there. */
export function moreOf(detail: Detail): {
  pictures: readonly MoreFile[];
  arrival: Schemas['ShownEvidence'] | undefined;
} {
  const pictures = MORE.flatMap((role) =>
    detail.files
      .filter((file): file is MoreFile => file.role === role && isPicture(file))
      .filter((file) => !isCopy(file, detail.files))
      .sort((one, other) => one.captured_at.localeCompare(other.captured_at)),
  );
  const arrival = detail.files.findLast(
    (file) => file.role === 'arrival' && file.media_type.startsWith('video/'),
  );
  return { pictures, arrival };
}

/** Whether a file is a copy of another that shows the same, with words and boxes drawn in. */
function isCopy(file: Schemas['ShownEvidence'], files: Detail['files']): boolean {
  return files.some(
    (one) => one.name === file.parent && one.source === file.source && one.role === file.role,
  );
}

/** The sheet of small pictures from first seen to opening; the copy with times where there is one. */
export function dwellSheet(detail: Detail): Schemas['ShownEvidence'] | undefined {
  const sheets = detail.files.filter((file) => file.role === 'dwell' && isPicture(file));
  return sheets.findLast((file) => file.parent !== null) ?? sheets.at(-1);
}

export type Clip = Schemas['ShownEvidence'];

function isPicture(file: Schemas['ShownEvidence']): boolean {
  return file.media_type.startsWith('image/');
}

/** Ask for the next five while the present one is looked at: texts, then stills, then clips. */
export function usePrefetch(next: readonly string[]): void {
  const queries = useQueryClient();
  const wanted = next.slice(0, AHEAD).join(' ');
  useEffect(() => {
    let isOver = false;
    void (async () => {
      for (const alert of wanted.split(' ').filter((one) => one !== '')) {
        if (isOver) return;
        await prefetch(queries, alert);
      }
    })();
    return () => {
      isOver = true;
    };
  }, [queries, wanted]);
}

const held = new Map<string, HTMLImageElement>();

async function prefetch(queries: QueryClient, alert: string): Promise<void> {
  const { scene, permits, history } = aroundOf(alert);
  const [detail] = await Promise.all([
    queries.fetchQuery(detailOf(alert)).catch(() => null),
    queries.prefetchQuery(scene),
    queries.prefetchQuery(permits),
    queries.prefetchQuery(history),
  ]);
  if (detail === null) return;
  for (const { url } of filesOf(detail).stills) holdPicture(url);
}

/** Keep a decoded picture at hand; the oldest go when there are many. */
function holdPicture(url: string): void {
  if (held.has(url)) return;
  const picture = new Image();
  picture.src = url;
  held.set(url, picture);
  if (held.size > 4 * AHEAD) {
    const oldest = held.keys().next().value;
    if (oldest !== undefined) held.delete(oldest);
  }
}
