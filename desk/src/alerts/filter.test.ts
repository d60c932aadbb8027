import { describe, expect, it } from 'vitest';
import { changed, filterOf, queryOf } from './filter';

describe('a filter in the address', () => {
  it('is read, junk left out', () => {
    const read = filterOf(
      new URLSearchParams(
        'severity=S1&severity=S9&camera=dock&camera=../x&since=2026-11-26&until=x',
      ),
    );
    expect(read.severity).toEqual(['S1']);
    expect(read.camera).toEqual(['dock']);
    expect([read.since, read.until]).toEqual(['2026-11-26', '']);
  });
  it('asks for whole days of the bureau', () => {
    const asked = queryOf(filterOf(new URLSearchParams('since=2026-11-26&until=2026-11-26')));
    expect(asked.since).toBe('2026-11-26T00:00:00+08:00');
    expect(asked.until).toBe('2026-11-26T23:59:59+08:00');
  });
  it('changes one key and keeps the others', () => {
    const next = changed(new URLSearchParams('code=SW-01&life=open'), 'code', ['SW-02', 'SW-03']);
    expect(next.toString()).toBe('life=open&code=SW-02&code=SW-03');
  });
});
