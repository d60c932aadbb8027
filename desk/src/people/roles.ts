/** Every role there is, in the order they are offered. */
import type { Schemas } from '../api/client';

export type Role = Schemas['ShownUser']['roles'][number];

export const ROLES: readonly Role[] = [
  'viewer',
  'reviewer',
  'senior',
  'legal',
  'officer',
  'auxiliary',
  'contact',
  'engineer',
  'system_admin',
  'security_admin',
  'audit_admin',
];
