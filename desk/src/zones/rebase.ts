/** A draft begun on one site, carried over to what others have put in force meanwhile. */

type Value = unknown;

/**
 * `mine` as changed from `from`, on top of `theirs`: key by key, what one did not touch is theirs.
 *
 * Lists are one value: corners of a zone are not mixed.
 */
export function rebase(from: Value, mine: Value, theirs: Value): Value {
  if (isSame(from, mine)) return theirs;
  if (!isTable(mine) || !isTable(theirs)) return mine;
  const before = isTable(from) ? from : {};
  const names = [...Object.keys(theirs), ...Object.keys(mine).filter((one) => !(one in theirs))];
  return Object.fromEntries(
    names
      .map((name) => [name, rebase(before[name], mine[name], theirs[name])] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function isTable(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
