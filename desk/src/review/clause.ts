/** The line of a clause without its first word, where a mark beside it says the same. */
export function withoutTruth(line: string): string {
  return line.replace(/^(成立|不成立|未观测)[ ：:]*/, '');
}
