import { describe, expect, it } from 'vitest';
import type { Row } from './figures';
import {
  agreementOf,
  byMost,
  endedRows,
  nameOf,
  pageOf,
  partsOf,
  percentOf,
  spanOf,
} from './figures';

const SPAN = 'since=2026-11-19T00%3A00%3A00%2B00%3A00&until=2026-11-26T00%3A00%3A00%2B00%3A00';
const ROWS = `/api/v1/alerts?code=SW-01&${SPAN}`;

function row(figures: Partial<Row>): Row {
  return {
    ...({} as Row),
    raised: 12,
    raised_rows: ROWS,
    confirmed: 4,
    confirmed_rows: `${ROWS}&review=confirmed&review=evidence`,
    rejected: 3,
    rejected_rows: `${ROWS}&review=rejected`,
    void: 2,
    void_rows: `${ROWS}&review=void`,
    backlog: 1,
    backlog_rows: `${ROWS}&review=queued`,
    ...figures,
  };
}

describe('a number of a report', () => {
  it('opens the same rows the API names, in the same span', () => {
    const page = new URL(pageOf(`${ROWS}&review=rejected&reason=permitted`), 'http://desk');
    expect(page.pathname).toBe('/alerts');
    expect(page.searchParams.get('since')).toBe('2026-11-19T00:00:00+00:00');
    expect(page.searchParams.getAll('review')).toEqual(['rejected']);
    expect(page.searchParams.get('reason')).toBe('permitted');
  });
  it('takes other states in the place of those there', () => {
    const page = new URL(endedRows(row({})), 'http://desk');
    expect(page.searchParams.getAll('review')).toEqual([
      'confirmed',
      'evidence',
      'rejected',
      'merged',
    ]);
  });
});

describe('what became of the alerts of a row', () => {
  it('adds up to what was raised: the rest was merged', () => {
    const parts = partsOf(row({}));
    expect(parts.merged.n).toBe(2);
    expect(Object.values(parts).reduce((sum, part) => sum + part.n, 0)).toBe(12);
  });
});

describe('rows on a chart', () => {
  it('begin with those of most alerts', () => {
    const rows = [1, 8, 3].map((raised) => row({ raised }));
    expect(byMost(rows).map((one) => one.raised)).toEqual([8, 3, 1]);
  });
});

describe('words and widths', () => {
  it('name a rule by code and name, a camera by its title alone', () => {
    const texts = { text_zh: '疑似甲线索', text_en: 'suspected A (clue)' };
    expect(nameOf(texts, 'SW-01', 'rule', 'zh')).toBe('SW-01 疑似甲线索');
    expect(nameOf(texts, 'street', 'camera', 'en')).toBe('suspected A (clue)');
  });
  it('never leave their track', () => {
    expect([percentOf(-0.2), percentOf(0.3333), percentOf(1.7)]).toEqual(['0%', '33.3%', '100%']);
  });
  it('tell agreement in the usual steps', () => {
    expect([-0.1, 0.4, 0.41, 0.6, 0.61, 0.8, 0.81].map(agreementOf)).toEqual([
      'poor',
      'poor',
      'fair',
      'fair',
      'good',
      'good',
      'very_good',
    ]);
  });
  it('count days back from now', () => {
    expect(spanOf(7, Date.UTC(2026, 10, 26))).toEqual({
      since: '2026-11-19T00:00:00.000Z',
      until: '2026-11-26T00:00:00.000Z',
    });
  });
});
