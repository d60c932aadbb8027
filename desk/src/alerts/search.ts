/** What somebody may mean by what they type into the one box: ids, cameras, zones, people. */

/** A thing that alerts are found by; a plate is asked for with a reason, never in an address. */
export interface Finding {
  name: 'id' | 'camera' | 'zone' | 'decided_by' | 'plate';
  value: string;
}

interface Named {
  id: string;
  title: string;
  zones: readonly string[];
}

/** The first signs of an id are enough; dashes and spaces are only read out. */
const ID = /^[0-9a-f]{4,32}$/;
/** 浙F12345 and the like; part of one too. */
const PLATE = /^\p{Script=Han}[A-Z][A-Z0-9]{2,7}$/u;
const MOST = 6;

/** The beginning of an id in what was typed; null: it is none. */
export function beginningOf(typed: string): string | null {
  const signs = typed.toLowerCase().replaceAll(/[\s-]/g, '');
  return ID.test(signs) ? signs : null;
}

/** What `typed` may mean, likeliest first. */
export function findings(typed: string, cameras: readonly Named[], mayAskWho: boolean): Finding[] {
  const wanted = typed.trim();
  if (wanted === '') return [];
  const plate = wanted.toUpperCase().replaceAll(/[\s·]/g, '');
  if (PLATE.test(plate)) return [{ name: 'plate', value: plate }];
  const id = beginningOf(wanted);
  const holds = (text: string) => text.toLowerCase().includes(wanted.toLowerCase());
  const zones = new Set(cameras.flatMap((one) => one.zones).filter(holds));
  return [
    ...(id === null ? [] : [{ name: 'id' as const, value: id }]),
    ...cameras
      .filter((one) => holds(one.title) || holds(one.id))
      .slice(0, MOST)
      .map((one) => ({ name: 'camera' as const, value: one.id })),
    ...[...zones]
      .sort()
      .slice(0, MOST)
      .map((value) => ({ name: 'zone' as const, value })),
    ...(mayAskWho && wanted.length <= 64 ? [{ name: 'decided_by' as const, value: wanted }] : []),
  ];
}
