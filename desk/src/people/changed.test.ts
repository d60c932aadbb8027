import { expect, test } from 'vitest';
import { changed } from './changed';

const USER = {
  name: 'chen.jing',
  full_name: '陈静',
  roles: ['reviewer', 'officer'],
  certificate: '33040200101',
  scope: { cameras: [], areas: ['解放街道'] },
  is_active: true,
  locked_until: null,
  last_login_at: null,
  created_at: '2026-11-27T00:00:00Z',
} as Parameters<typeof changed>[0];
const SAME = { ...USER, cameras: [], areas: ['解放街道'] };

test('what is as before is not sent: one may change no more than one’s own name', () => {
  expect(changed(USER, { ...SAME, roles: ['officer', 'reviewer'] })).toEqual({});
  expect(changed(USER, { ...SAME, full_name: '陈 静' })).toEqual({ full_name: '陈 静' });
});

test('a scope is sent whole', () => {
  expect(changed(USER, { ...SAME, cameras: ['street'] })).toEqual({
    scope: { cameras: ['street'], areas: ['解放街道'] },
  });
  expect(changed(USER, { ...SAME, areas: [] })).toEqual({ scope: { cameras: [], areas: [] } });
});
