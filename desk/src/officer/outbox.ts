/**
 * What the officer did, kept on the phone until the service has it.
 *
 * Each step has a key of its own, so that one sent twice happens once; steps go out in the order
 * they were made, and one that the service refuses is set aside with the reason, never dropped.
 */
import { openDB } from 'idb';
import type { DBSchema } from 'idb';
import { ApiError, api } from '../api/client';
import type { Schemas } from '../api/client';

export type StepKind = 'acknowledge' | 'arrive' | 'photo' | 'result';

export interface Step {
  n?: number;
  key: string;
  task: string;
  kind: StepKind;
  at: string;
  result?: Schemas['Result'];
  remark?: string;
  photo?: Blob;
  refused?: string;
}

interface Kept extends DBSchema {
  steps: { key: number; value: Step };
}

const kept = openDB<Kept>('nonsite-officer', 1, {
  upgrade(database) {
    database.createObjectStore('steps', { keyPath: 'n', autoIncrement: true });
  },
});

/** Keep a step; it is safe once this returns. */
export async function keep(step: Omit<Step, 'n' | 'key' | 'at'>): Promise<void> {
  const whole = { ...step, key: crypto.randomUUID(), at: new Date().toISOString() };
  await (await kept).add('steps', whole);
}

/** Steps not with the service yet, oldest first. */
export async function waiting(): Promise<Step[]> {
  return (await kept).getAll('steps');
}

let running: Promise<void> | null = null;

/** Send what waits; stops at the first step the network does not carry. */
export function send(): Promise<void> {
  running ??= sendAll().finally(() => {
    running = null;
  });
  return running;
}

async function sendAll(): Promise<void> {
  const database = await kept;
  for (const step of await database.getAll('steps')) {
    if (step.refused !== undefined || step.n === undefined) continue;
    try {
      await post(step);
      await database.delete('steps', step.n);
    } catch (error) {
      const isFinal = error instanceof ApiError && error.status < 500 && error.status !== 401;
      if (!isFinal || error.status === 429) return;
      await database.put('steps', { ...step, refused: error.message });
    }
  }
}

async function post(step: Step): Promise<void> {
  const params = { path: { task: step.task }, header: { 'Idempotency-Key': step.key } };
  const { at } = step;
  switch (step.kind) {
    case 'acknowledge':
      await api.POST('/api/v1/tasks/{task}/acknowledge', { params, body: { at } });
      break;
    case 'arrive':
      await api.POST('/api/v1/tasks/{task}/arrive', { params, body: { at } });
      break;
    case 'result':
      await api.POST('/api/v1/tasks/{task}/result', {
        params,
        body: { result: step.result ?? 'unable', remark: step.remark ?? '', at },
      });
      break;
    case 'photo':
      await api.POST('/api/v1/tasks/{task}/photos', {
        params,
        body: step.photo as never,
        bodySerializer: (photo: unknown) => photo as Blob,
        headers: { 'Content-Type': step.photo?.type ?? 'image/jpeg' },
      });
      break;
  }
}
