import { describe, expect, it } from 'vitest';
import { changed, dayOf, filterOf, queryOf, understood, unknownOf } from './filter';

describe('a filter in the address', () => {
  it('is read, and what is not understood is told', () => {
    const params = new URLSearchParams(
      'severity=S1&severity=S9&camera=dock&camera=../x&since=2026-11-26&until=x&code=SW1&colour=red',
    );
    const read = filterOf(params);
    expect(read.severity).toEqual(['S1']);
    expect(read.camera).toEqual(['dock']);
    expect([read.since, read.until]).toEqual(['2026-11-26', '']);
    const told = unknownOf(params).map((one) => one.join('='));
    expect(told).toEqual(['severity=S9', 'camera=../x', 'until=x', 'code=SW1', 'colour=red']);
    expect(unknownOf(understood(params))).toEqual([]);
  });
  it('asks for zones and phases too', () => {
    const params = new URLSearchParams('zone=kerb&phase=grace&phase=due');
    expect(unknownOf(params)).toEqual([]);
    expect(queryOf(filterOf(params))).toMatchObject({ zone: ['kerb'], phase: ['grace', 'due'] });
  });
  it('asks for the beginning of an id and for who decided', () => {
    const params = new URLSearchParams('id=9f3a20b1&decided_by=林涛&id=9f3&id=9F3A&decided_by=');
    expect(unknownOf(params).map((one) => one.join('='))).toEqual([
      'id=9f3',
      'id=9F3A',
      'decided_by=',
    ]);
    expect(queryOf(filterOf(params))).toMatchObject({ id: ['9f3a20b1'], decided_by: ['林涛'] });
  });
  it('asks for whole days of the bureau', () => {
    const asked = queryOf(filterOf(new URLSearchParams('since=2026-11-26&until=2026-11-26')));
    expect(asked.since).toBe('2026-11-26T00:00:00+08:00');
    expect(asked.until).toBe('2026-11-27T00:00:00+08:00');
  });
  it('ends a day where the next begins, over the end of a year too', () => {
    const asked = queryOf(filterOf(new URLSearchParams('until=2026-12-31')));
    expect(asked.until).toBe('2027-01-01T00:00:00+08:00');
  });
  it('keeps the moments a number of a report names', () => {
    const at = '2026-11-25T17:30:00.000Z';
    const params = new URLSearchParams({ since: at, until: '2026-11-26T09:00:00+08:00' });
    const asked = queryOf(filterOf(params));
    expect([asked.since, asked.until]).toEqual([at, '2026-11-26T09:00:00+08:00']);
    expect(dayOf(params.get('since'))).toBe('2026-11-26');
  });
  it('leaves out what is no time', () => {
    const junk = ['2026-13-40', '2026-11-26T99:00:00Z', '2026-11-26T09:00:00', 'now', ''];
    for (const since of junk) {
      expect(filterOf(new URLSearchParams({ since })).since).toBe('');
      expect(dayOf(since)).toBe('');
    }
    expect(dayOf(null)).toBe('');
  });
  it('changes one key and keeps the others', () => {
    const next = changed(new URLSearchParams('code=SW-01&life=open'), 'code', ['SW-02', 'SW-03']);
    expect(next.toString()).toBe('life=open&code=SW-02&code=SW-03');
  });
});
