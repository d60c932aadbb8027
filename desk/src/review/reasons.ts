/** Reasons of a rejection, in the order of the keys 1–9, then the rest. */
import type { Schemas } from '../api/client';

export const REASONS: readonly Schemas['Reason'][] = [
  'permitted',
  'left_in_time',
  'not_a_violation',
  'plate_unreadable',
  'view_blocked',
  'duplicate',
  'emergency_vehicle',
  'wrong_zone',
  'contradictory_signs',
  'emergency_avoidance',
  'handled_on_site',
  'stolen',
  'facts_unclear',
  'other',
];

/** Reasons the service takes with words only. */
export const COMMENT_NEEDED: ReadonlySet<Schemas['Reason']> = new Set<Schemas['Reason']>([
  'not_a_violation',
  'wrong_zone',
  'contradictory_signs',
  'emergency_avoidance',
  'facts_unclear',
  'other',
]);
