import { expect, test } from 'vitest';
import { amap, ownMap, written } from './where';

const POINT = { lat: 30.7641, lon: 120.7587, name: '中山路 (南口)' };
const NAME = encodeURIComponent(POINT.name);
const phone = (userAgent: string, maxTouchPoints = 5) => ({ userAgent, maxTouchPoints });

test('an iPhone and an iPad get their own maps over https: they know no geo:', () => {
  const wanted = `https://maps.apple.com/?daddr=30.7641,120.7587&q=${NAME}`;
  expect(ownMap(POINT, phone('Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)'))).toBe(
    wanted,
  );
  expect(ownMap(POINT, phone('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'))).toBe(wanted);
});

test('Android is asked which map shall open the point', () => {
  const found = ownMap(POINT, phone('Mozilla/5.0 (Linux; Android 15; V2309A)'));
  expect(found).toBe(`geo:30.7641,120.7587?q=30.7641,120.7587(${NAME})`);
});

test('every other browser gets a page, which is told the datum', () => {
  const found = ownMap(POINT, phone('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 0));
  expect(found).toBe(amap(POINT));
  expect(found).toContain(`to=120.7587,30.7641,${NAME}`);
  expect(found).toContain('coordinate=wgs84');
});

test('coordinates are copied latitude first', () => {
  expect(written(POINT)).toBe('30.764100, 120.758700');
});
