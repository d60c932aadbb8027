/** Sentences of the service in Chinese, by tables of what it says; the rest as it says it. */
export type Sayings = readonly (readonly [RegExp, string])[];

export function toldBy(sayings: Sayings, message: string): string {
  const known = sayings.find(([told]) => told.test(message));
  return known === undefined ? message : message.replace(known[0], known[1]);
}
