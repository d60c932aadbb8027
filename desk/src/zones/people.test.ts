import { describe, expect, it } from 'vitest';
import type { StandingBox } from './content';
import { feetOf, headOf, placed, withFeet, withHead } from './people';

const NEAR: StandingBox = [0.2, 0.4, 0.3, 0.9];
const FAR: StandingBox = [0.6, 0.35, 0.64, 0.5];

describe('a person placed on the picture', () => {
  it('stands at the feet that were clicked', () => {
    expect(feetOf(placed([0.4, 0.8], []))).toEqual([0.4, 0.8]);
  });
  it('is drawn as high as those around at that row', () => {
    const [, top, , bottom] = placed([0.5, 0.7], [NEAR, FAR]);
    expect(bottom - top).toBeCloseTo(0.325, 3);
  });
  it('keeps its height when the feet move', () => {
    const moved = withFeet(NEAR, [0.5, 0.8]);
    expect(moved[3] - moved[1]).toBeCloseTo(0.5, 4);
    expect(feetOf(moved)).toEqual([0.5, 0.8]);
  });
  it('stays where it is when the head moves', () => {
    const moved = withHead(NEAR, [0.9, 0.45]);
    expect(headOf(moved)).toEqual([0.25, 0.45]);
    expect(feetOf(moved)).toEqual([0.25, 0.9]);
  });
  it('never stands on its head, nor leaves the picture', () => {
    const fallen = withHead(NEAR, [0.2, 0.99]);
    expect(fallen[1]).toBeLessThan(fallen[3]);
    const tall = placed([1, 0.1], []);
    expect(tall.every((one) => one >= 0 && one <= 1)).toBe(true);
    expect(tall[0]).toBeLessThan(tall[2]);
  });
});
