/** The site as its format tells it, as far as the desk draws in it (sites/schema.py). */
import type { Schemas } from '../api/client';
import type { Corners, Point } from './geometry';

/** Overrides of one rule; null or left out: as camera, site and catalogue say. */
export interface RuleSettings {
  enabled?: boolean | null;
  dwell_s?: number | null;
  grace_s?: number | null;
  gap_s?: number | null;
  min_overlap?: number | null;
  clauses?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Zone {
  purpose: string;
  points: Corners;
  ground?: string | null;
  height_m?: number | null;
  belongs_to?: string | null;
  rules?: Readonly<Record<string, RuleSettings>>;
}

/** A point somebody measured; a number not typed yet is null, and the draft not valid. */
export interface GroundPoint {
  picture: Point;
  metres: readonly [number | null, number | null];
}

/** Somebody who stands upright: left, top, right, bottom, 0…1. */
export type StandingBox = readonly [number, number, number, number];

export interface StandingPeople {
  boxes: readonly StandingBox[];
  height_m: number;
  fov_deg: number;
  picture_px: readonly [number, number];
}

export interface GroundPlane {
  points?: readonly GroundPoint[];
  people?: StandingPeople | null;
}

export interface View {
  zones: Readonly<Record<string, Zone>>;
  ground_plane?: GroundPlane | null;
  reference?: string | null;
}

interface Document {
  document: string;
  reviewed_on: string;
}

export interface Dossier {
  owner: string;
  access: { document: string; signed_on: string; expires_on: string };
  purposes: readonly string[];
  codes: readonly string[] | null;
  gb_code: string | null;
  legal_review: Document | null;
  technical_review: Document | null;
  sign_photo: string | null;
  published: { place: string; published_on: string } | null;
}

export interface Camera {
  title: string;
  area: string;
  regime?: string;
  position?: { lat: number; lon: number } | null;
  priority?: number;
  feed: Readonly<Record<string, unknown>>;
  dossier?: Dossier | null;
  views: Readonly<Record<string, View>>;
}

export interface Site {
  cameras: Readonly<Record<string, Camera>>;
}

export const PURPOSES = [
  'pavement',
  'blind_path',
  'fire_lane',
  'parking_bay',
  'shopfront',
  'opening',
  'attendant_ring',
  'work_area',
  'height_zone',
  'edge',
  'drop_zone',
  'ladder_base',
  'mask',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The content of a revision; its shape is the service's to hold. */
export function siteOf(shown: Schemas['ShownSite']): Site {
  return shown.content as unknown as Site;
}

/** The site with something else in one view: its zones, its ground. */
export function withView(site: Site, camera: string, view: string, changes: Partial<View>): Site {
  const before = site.cameras[camera];
  if (before === undefined) return site;
  const seen = { zones: {}, ...before.views[view], ...changes };
  const after = { ...before, views: { ...before.views, [view]: seen } };
  return { ...site, cameras: { ...site.cameras, [camera]: after } };
}

/** A name that no zone has. */
export function freeName(zones: Readonly<Record<string, Zone>>): string {
  let n = 1;
  while (zones[`zone_${String(n)}`] !== undefined) n += 1;
  return `zone_${String(n)}`;
}
