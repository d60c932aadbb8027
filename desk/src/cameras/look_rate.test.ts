import { expect, test } from 'vitest';
import { rateOf } from './look_rate';

test('the rate is counted over all counts held', () => {
  const counted = [
    { looks: 10, at_ms: 0 },
    { looks: 14, at_ms: 1000 },
    { looks: 20, at_ms: 4000 },
  ];
  expect(rateOf(counted)).toBe(2.5);
});

test('one count, or a count begun anew, tells nothing', () => {
  expect(rateOf([{ looks: 3, at_ms: 5 }])).toBeNull();
  expect(
    rateOf([
      { looks: 900, at_ms: 0 },
      { looks: 2, at_ms: 1000 },
    ]),
  ).toBeNull();
});
