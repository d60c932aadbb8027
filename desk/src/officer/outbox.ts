/**
 * What the officer did, kept on the phone until the service has it.
 *
 * Each step carries the name of who made it and goes out in no other's; it has a key of its own, so
 * that one sent twice happens once. Steps go out in the order they were made; one that the service
 * refuses is set aside with the reason until its officer sends it again or gives it up.
 */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import { ApiError, api, body } from '../api/client';
import type { Schemas } from '../api/client';

export type StepKind = 'acknowledge' | 'arrive' | 'photo' | 'result';

/** What the service said to a step it does not take. */
export interface Refusal {
  status: number;
  problem: Schemas['Problem'];
}

export interface Step {
  n?: number;
  key: string;
  task: string;
  /** Which task that was, for people: it may be gone from the list. */
  about: string;
  /** Login name of who made it. */
  person: string;
  kind: StepKind;
  at: string;
  result?: Schemas['Result'];
  remark?: string;
  photo?: Blob;
  /** Until then (ms) it may be taken back and is not sent. */
  held_until?: number;
  refused?: Refusal | undefined;
}

export type NewStep = Omit<Step, 'n' | 'key' | 'at' | 'refused'>;

interface Kept extends DBSchema {
  steps: { key: number; value: Step };
}

const JSON_TIMEOUT_MS = 20_000;
const PHOTO_TIMEOUT_MS = 180_000;

let opened: Promise<IDBPDatabase<Kept>> | null = null;

function kept(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>('nonsite-officer', 1, {
    upgrade(database) {
      database.createObjectStore('steps', { keyPath: 'n', autoIncrement: true });
    },
    terminated() {
      opened = null;
    },
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

/** A key nobody else makes; `crypto.randomUUID` is missing on plain http. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
}

/**
 * Keep steps, all or none; they are safe once this returns. Throws where the phone has no room.
 * What waits already is not kept twice: a button pressed twice is one step; photos may be many.
 */
export async function keep(steps: readonly NewStep[]): Promise<void> {
  const database = await kept();
  const at = new Date().toISOString();
  const changing = database.transaction('steps', 'readwrite', { durability: 'strict' });
  const before = await changing.store.getAll();
  const isNew = (step: NewStep) =>
    step.kind === 'photo' ||
    !before.some(
      (one) =>
        one.person === step.person &&
        one.task === step.task &&
        one.kind === step.kind &&
        one.refused === undefined,
    );
  const kepts = steps
    .filter(isNew)
    .map((step) => changing.store.add({ ...step, key: newKey(), at }));
  await Promise.all([...kepts, changing.done]);
}

/** Steps of `person` not with the service yet, oldest first, and how many are other people's. */
export async function waiting(person: string): Promise<{ mine: Step[]; others: number }> {
  const all = await (await kept()).getAll('steps');
  const mine = all.filter((step) => step.person === person);
  return { mine, others: all.length - mine.length };
}

/** How many steps this phone keeps, whoever made them. */
export async function count(): Promise<number> {
  return (await kept()).count('steps');
}

/** Take back what is held of a task. False: too late, it is on its way. */
export async function takeBack(person: string, task: string): Promise<boolean> {
  const changing = (await kept()).transaction('steps', 'readwrite');
  let taken = false;
  for await (const row of changing.store) {
    const { value } = row;
    const isHeld = (value.held_until ?? 0) > Date.now();
    if (value.person === person && value.task === task && isHeld) {
      taken = true;
      await row.delete();
    }
  }
  await changing.done;
  return taken;
}

/** Hold nothing back any more: the page is left. */
export async function letGo(person: string): Promise<void> {
  const changing = (await kept()).transaction('steps', 'readwrite');
  for await (const row of changing.store) {
    const { held_until, ...rest } = row.value;
    if (rest.person === person && held_until !== undefined) await row.update(rest);
  }
  await changing.done;
}

/** Send a refused step again with the next ones. */
export async function again(step: Step): Promise<void> {
  await (await kept()).put('steps', { ...step, refused: undefined });
}

/** Give a refused step up for good. */
export async function giveUp(step: Step): Promise<void> {
  if (step.n !== undefined) await (await kept()).delete('steps', step.n);
}

let running: Promise<void> | null = null;

/** Send what waits of `person`; stops at the first step that cannot be carried now. */
export function send(person: string): Promise<void> {
  running ??= alone(() => sendAll(person)).finally(() => {
    running = null;
  });
  return running;
}

/** One page of this phone at a time, so that steps keep their order. */
async function alone(work: () => Promise<void>): Promise<void> {
  // no locks on plain http: then the keys alone keep a step from happening twice
  const locks = (navigator as Partial<Navigator>).locks;
  await (locks ? locks.request('nonsite-outbox', work) : work());
}

async function sendAll(person: string): Promise<void> {
  const database = await kept();
  for (const step of await database.getAll('steps')) {
    const { n } = step;
    if (n === undefined || step.person !== person || step.refused) continue;
    if ((step.held_until ?? 0) > Date.now()) continue;
    const came = await carry(step);
    if (came === 'later') return;
    if (came === 'sent') await database.delete('steps', n);
    else await database.put('steps', { ...step, refused: came });
  }
}

let who: Schemas['Me'] | null = null;

/** One step, if its officer is who the service knows here. */
async function carry(step: Step): Promise<'sent' | 'later' | Refusal> {
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      who ??= await askWho();
      if (who?.name !== step.person) {
        who = null;
        return 'later';
      }
      const task = await post(step, who.csrf);
      return task?.id === step.task ? 'sent' : 'later';
    } catch (error) {
      // without a problem document it was no answer of the service: a gateway, a hotspot's login
      if (!(error instanceof ApiError) || error.problem === null) return 'later';
      const { status, problem } = error;
      if (status !== 401 && error.kind !== 'forged') {
        return status >= 500 || status === 408 || status === 429 ? 'later' : { status, problem };
      }
      who = null; // another session here by now: whose, is asked again
    }
  }
  return 'later';
}

async function askWho(): Promise<Schemas['Me'] | null> {
  const fetch = carrying('', JSON_TIMEOUT_MS);
  const { is_known } = await body(api.GET('/api/v1/login', { fetch }));
  return is_known ? body(api.GET('/api/v1/me', { fetch })) : null;
}

/** A `fetch` that ends by itself, asks for no login, and outlives the page where it is small. */
function carrying(csrf: string, timeoutMs: number): (request: Request) => Promise<Response> {
  return (request) => {
    if (csrf !== '') request.headers.set('X-CSRF-Token', csrf);
    const keepalive = timeoutMs === JSON_TIMEOUT_MS;
    return globalThis.fetch(request, { keepalive, signal: AbortSignal.timeout(timeoutMs) });
  };
}

async function post(step: Step, csrf: string): Promise<Schemas['ShownTask'] | undefined> {
  const params = { path: { task: step.task }, header: { 'Idempotency-Key': step.key } };
  const fetch = carrying(csrf, step.kind === 'photo' ? PHOTO_TIMEOUT_MS : JSON_TIMEOUT_MS);
  const { at } = step;
  switch (step.kind) {
    case 'acknowledge':
      return body(api.POST('/api/v1/tasks/{task}/acknowledge', { params, body: { at }, fetch }));
    case 'arrive':
      return body(api.POST('/api/v1/tasks/{task}/arrive', { params, body: { at }, fetch }));
    case 'result':
      return body(
        api.POST('/api/v1/tasks/{task}/result', {
          params,
          body: { result: step.result ?? 'unable', remark: step.remark ?? '', at },
          fetch,
        }),
      );
    case 'photo':
      return body(
        api.POST('/api/v1/tasks/{task}/photos', {
          params,
          body: step.photo as never,
          bodySerializer: (photo: unknown) => photo as Blob,
          headers: { 'Content-Type': step.photo?.type ?? 'image/jpeg' },
          fetch,
        }),
      );
  }
}
