/** @file The known name that a misspelled one stands for. */

/** Names are compared without case, hyphens and underscores: subVp is sub-vp. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/**
 * The name that is nearest to a misspelled one, by the number of letters that are to be changed, inserted, removed or
 * exchanged with a neighbor; undefined where more than a third of the letters differ. A beginning of at least three letters
 * is near to its whole name.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const typed = plain(name);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const other = plain(candidate);
    const begins = typed.length >= 3 && other.startsWith(typed);
    const distance = begins ? Math.min(1, other.length - typed.length) : editDistance(typed, other);
    const most = Math.max(1, Math.floor(Math.max(typed.length, other.length) / 3));
    const near = distance <= most && distance < Math.min(typed.length, other.length);
    if (near && distance < (best?.distance ?? Infinity)) best = { name: candidate, distance };
  }
  return best?.name;
}

/** The end of a message about an unknown name, such as `; did you mean heun?`; empty where no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** Damerau-Levenshtein distance (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let [before, row] = [[] as readonly number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + same,
          exchanged ? (before[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
