import { describe, expect, it } from 'vitest';
import { beginningOf, findings } from './search';

const CAMERAS = [
  { id: 'street', title: '中山路 Zhongshan Road', zones: ['kerb'] },
  { id: 'dock_2', title: '', zones: ['kerb', 'fire_lane'] },
];
const told = (typed: string, mayAskWho = true) =>
  findings(typed, CAMERAS, mayAskWho).map((one) => `${one.name}=${one.value}`);

describe('what is typed into the box', () => {
  it('is an id as it is read out', () => {
    expect(beginningOf('9F3A 20B1-5c')).toBe('9f3a20b15c');
    expect(beginningOf('9f3')).toBeNull();
    expect(beginningOf('kerb')).toBeNull();
    expect(told('9f3a20b1')).toEqual(['id=9f3a20b1', 'decided_by=9f3a20b1']);
  });
  it('is a camera by its title or name, a zone by its name', () => {
    expect(told('中山')).toEqual(['camera=street', 'decided_by=中山']);
    expect(told('DOCK')).toEqual(['camera=dock_2', 'decided_by=DOCK']);
    expect(told('ker', false)).toEqual(['zone=kerb']);
  });
  it('may be a person, where one may know who decided', () => {
    expect(told(' 林涛 ')).toEqual(['decided_by=林涛']);
    expect(told('林涛', false)).toEqual([]);
    expect(told('  ')).toEqual([]);
  });
  it('is never sent as a plate', () => {
    expect(told('浙f·123')).toEqual(['plate=浙F123']);
    expect(told('浙F12345')).toEqual(['plate=浙F12345']);
  });
});
