import { expect, test } from 'vitest';
import type { Schemas } from '../api/client';
import { firstOf, isForMe, nextOf } from './order';

type Item = Schemas['QueueItem'];

function item(id: string, by: string | null, acts: readonly Schemas['Act'][] = ['reject']): Item {
  const claim = by === null ? null : { by, is_mine: by === 'me' };
  return { alert: { id }, review: { acts, claim } } as unknown as Item;
}

const FREE = item('free', null);
const MINE = item('mine', 'me');
const THEIRS = item('theirs', 'chen');

test('what somebody else works on is not opened first', () => {
  expect(firstOf([THEIRS, FREE])).toBe(FREE);
  expect(firstOf([THEIRS])).toBeUndefined();
  expect(isForMe(MINE)).toBe(true);
});

test('who may decide on nothing sees the head of the queue', () => {
  const shown = item('shown', 'chen', []);
  expect(firstOf([shown, item('other', null, [])])).toBe(shown);
});

test('the next is the nearest below that is free, else the nearest above', () => {
  const open = item('open', 'me');
  expect(nextOf([MINE, open, THEIRS, FREE], 'open', 1)).toBe(FREE);
  expect(nextOf([FREE, MINE, open, THEIRS], 'open', 2)).toBe(MINE);
  expect(nextOf([open, THEIRS], 'open', 0)).toBeUndefined();
});

test('what was decided has left the list: the next stands in its place', () => {
  expect(nextOf([MINE, THEIRS, FREE], 'gone', 1)).toBe(FREE);
  expect(nextOf([FREE], 'gone', 3)).toBe(FREE);
});
