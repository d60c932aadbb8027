import { expect, test } from 'vitest';
import { noteInput, takeInput } from './input';

test('one touch is told once: what the page asks by itself is no use of the session', () => {
  takeInput();
  expect(takeInput()).toBe(false);
  noteInput();
  expect([takeInput(), takeInput()]).toEqual([true, false]);
});
