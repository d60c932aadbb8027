import { expect, test } from 'vitest';
import type { Schemas } from '../api/client';
import { clausesAt, lookAt } from './looks';

const look = (second: number, clauses: Record<string, 'true' | 'false' | 'unknown'> = {}) => ({
  second,
  things: [],
  meant: null,
  clauses,
});

const boxes: Schemas['ShownClipBoxes'] = {
  source: 's',
  clip: 'clip.mp4',
  start: '2026-11-23T02:00:00.000Z',
  looks: [look(-1, { still_for: 'false' }), look(1), look(3, { still_for: 'true' })],
};

test('the newest look that is not in the future is drawn', () => {
  expect(lookAt(boxes, 0)?.second).toBe(-1);
  expect(lookAt(boxes, 0.99)?.second).toBe(1);
  expect(lookAt(boxes, 2.9)?.second).toBe(1);
  expect(lookAt(boxes, 99)?.second).toBe(3);
});

test('clauses stand until a look tells them otherwise', () => {
  expect(clausesAt(boxes, 2)).toEqual({ still_for: 'false' });
  expect(clausesAt(boxes, 3)).toEqual({ still_for: 'true' });
});

test('without boxes nothing is told', () => {
  expect(lookAt(undefined, 1)).toBeUndefined();
  expect(clausesAt(undefined, 1)).toEqual({});
  expect(lookAt({ ...boxes, looks: [] }, 1)).toBeUndefined();
});
