import { expect, test } from 'vitest';
import { rebase } from './rebase';

const FROM = {
  views: { home: { zones: { kerb: { points: [[0, 0]] }, gate: { purpose: 'gate' } } } },
};
const view = (zones: object) => ({ views: { home: { zones } } });

test('what one drew stands beside what others drew', () => {
  const mine = view({ ...FROM.views.home.zones, mine: { points: [[1, 1]] } });
  const theirs = view({ ...FROM.views.home.zones, theirs: { points: [[2, 2]] } });
  expect(rebase(FROM, mine, theirs)).toEqual(
    view({ ...FROM.views.home.zones, theirs: { points: [[2, 2]] }, mine: { points: [[1, 1]] } }),
  );
});

test('what one did not touch follows the others, what one removed stays away', () => {
  const mine = view({ kerb: { points: [[0, 0]] } });
  const theirs = view({ kerb: { points: [[9, 9]] }, gate: { purpose: 'gate' } });
  expect(rebase(FROM, mine, theirs)).toEqual(view({ kerb: { points: [[9, 9]] } }));
});

test('corners are not mixed: of one zone changed by both, the draft is kept', () => {
  const mine = view({ ...FROM.views.home.zones, kerb: { points: [[1, 1]], height_m: 2 } });
  const theirs = view({ ...FROM.views.home.zones, kerb: { points: [[2, 2]], ground: 'a' } });
  expect(rebase(FROM, mine, theirs)).toEqual(
    view({ kerb: { points: [[1, 1]], ground: 'a', height_m: 2 }, gate: { purpose: 'gate' } }),
  );
});
