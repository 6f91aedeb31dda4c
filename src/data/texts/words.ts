/** @file Texts as words, and the words that a set of texts has. */

/** Texts of each sample of a set: one or several that say what it is. */
export type Texts = readonly (readonly string[])[];

/** The words of a text in their order, each once: runs of letters and digits, without regard to case. */
export function wordsOf(text: string): readonly string[] {
  const found =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...new Set(found)];
}

/**
 * The words that most samples have, of equally common ones those that come first by their characters.
 * @param texts - of each sample; a word counts once for each
 * @param count - how many words at most
 */
export function commonestWords(texts: Texts, count: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const own of texts)
    for (const word of new Set(own.flatMap(wordsOf))) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return sorted.slice(0, count).map(([word]) => word);
}
