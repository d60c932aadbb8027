import { expect, test } from 'vitest';
import { labelsOf } from './plan_labels';

const HERE = { id: 'tower', title: '三号楼工地 Site no. 3', x: 180, y: 64 };

test('a name goes below its dot where another dot lies above', () => {
  const near = { id: 'road', title: '中山路 Zhongshan Road', x: 150, y: 52 };
  const alone = labelsOf([HERE], 360, 128).get('tower');
  const beside = labelsOf([HERE, near], 360, 128);
  expect(alone?.y).toBeLessThan(HERE.y);
  expect(beside.get('tower')?.y).toBeGreaterThan(HERE.y);
  expect(beside.get('road')?.y).toBeLessThan(near.y);
});

test('a name never leaves the plan, and a long one ends in an ellipsis', () => {
  const edge = { id: 'gate', title: 'A very long name of a camera at a gate', x: 4, y: 60 };
  const label = labelsOf([edge], 360, 128).get('gate');
  expect(label?.text.endsWith('…')).toBe(true);
  expect(label?.x).toBeGreaterThan(40);
});

test('where there is no room there is no name', () => {
  const crowd = Array.from({ length: 9 }, (_, n) => ({
    id: String(n),
    title: 'Zhongshan Road north',
    x: 180 + n,
    y: 60 + n,
  }));
  expect(labelsOf(crowd, 360, 128).size).toBeLessThan(9);
});
