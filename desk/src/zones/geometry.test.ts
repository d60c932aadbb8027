import { describe, expect, it } from 'vitest';
import { closes, inside, moved, snapped, split, without } from './geometry';
import type { Corners } from './geometry';

const SQUARE: Corners = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
];

describe('a point being drawn', () => {
  it('takes the corner it is near to before the edge', () => {
    expect(snapped([0.605, 0.205], [SQUARE])).toEqual([0.6, 0.2]);
  });
  it('takes the edge it is near to', () => {
    expect(snapped([0.4, 0.205], [SQUARE])).toEqual([0.4, 0.2]);
  });
  it('takes the border of the picture', () => {
    expect(snapped([0.996, 0.5], [SQUARE])).toEqual([1, 0.5]);
  });
  it('stays where nothing is near', () => {
    expect(snapped([0.4, 0.4], [SQUARE])).toEqual([0.4, 0.4]);
  });
  it('never leaves the picture', () => {
    expect(inside([-0.2, 1.7])).toEqual([0, 1]);
  });
  it('closes at its first corner, with three at least', () => {
    expect(closes([0.201, 0.2], SQUARE.slice(0, 2))).toBe(false);
    expect(closes([0.201, 0.2], SQUARE.slice(0, 3))).toBe(true);
    expect(closes([0.3, 0.2], SQUARE)).toBe(false);
  });
});

describe('corners of a zone', () => {
  it('are moved one at a time', () => {
    expect(moved(SQUARE, 1, [0.7, 0.1])[1]).toEqual([0.7, 0.1]);
    expect(moved(SQUARE, 1, [0.7, 0.1])[0]).toEqual([0.2, 0.2]);
  });
  it('are added in the middle of an edge, the last one too', () => {
    expect(split(SQUARE, 3)[4]).toEqual([0.2, 0.4]);
  });
  it('are removed down to three', () => {
    const three = without(SQUARE, 0);
    expect(three).toHaveLength(3);
    expect(without(three, 0)).toBe(three);
  });
});
