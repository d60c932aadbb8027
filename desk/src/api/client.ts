/**
 * The one way to the service: a typed client of `/api/v1`.
 *
 * A request refused because the session is over is held, the login is shown over the page, and the
 * request goes out again under the new session: what was typed or pressed is not lost.
 */
import createClient, { type Middleware } from 'openapi-fetch';
import { takeInput } from './input';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** A refusal of the service, as RFC 9457 problem details tell it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Schemas['Problem'] | null,
  ) {
    super(problem?.detail ?? `HTTP ${String(status)}`);
  }

  /** The stable name of the kind, `claimed`; empty when the service did not say. */
  get kind(): string {
    return this.problem?.type.split(':').at(-1) ?? '';
  }
}

let csrf = '';
let askLogin: (() => Promise<void>) | null = null;

/** The token that changing requests carry; `Me.csrf`. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Called with every 401 outside the login itself; resolves once the same person is in again. */
export function onSessionLost(ask: (() => Promise<void>) | null): void {
  askLogin = ask;
}

const OPEN = /\/api\/v1\/(login|me|logout|task-links\/session)$/;

/** `fetch` with the session's token, repeated once when the session had run out. */
async function sessionFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await fetch(withToken(request));
  if (answer.status !== 401 || askLogin === null || OPEN.test(new URL(request.url).pathname)) {
    return answer;
  }
  await askLogin();
  return fetch(withToken(again));
}

function withToken(request: Request): Request {
  if (csrf !== '' && request.method !== 'GET' && request.method !== 'HEAD') {
    request.headers.set('X-CSRF-Token', csrf);
  }
  if (takeInput()) request.headers.set('X-Nonsite-Input', '1');
  return request;
}

const throwing: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    let problem: Schemas['Problem'] | null = null;
    if (response.headers.get('content-type')?.includes('json')) {
      problem = (await response.json()) as Schemas['Problem'];
    }
    throw new ApiError(response.status, problem);
  },
};

export const api = createClient<paths>({ baseUrl: '', fetch: sessionFetch });
api.use(throwing);

/** Whether the session still stands; asks for the login when it does not. */
export async function checkSession(): Promise<void> {
  const answer = await fetch('/api/v1/me');
  if (answer.status === 401 && askLogin !== null) await askLogin();
}

/** The body of an answer; refusals have been thrown as `ApiError`. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
