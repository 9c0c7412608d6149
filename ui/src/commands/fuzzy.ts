/**
 * Scores how well `needle` is found in `text`: whole word starts first, then letters in order.
 * Null: not found. Higher is better.
 */
export function fuzzyScore(needle: string, text: string): number | null {
  const query = needle.trim().toLowerCase();
  if (query === "") return 0;
  const hay = text.toLowerCase();
  const at = hay.indexOf(query);
  if (at >= 0) return 1000 - at + (at === 0 || /\W/.test(hay[at - 1] ?? " ") ? 500 : 0);
  let score = 0;
  let from = 0;
  let run = 0;
  for (const letter of query) {
    if (letter === " ") continue;
    const found = hay.indexOf(letter, from);
    if (found < 0) return null;
    run = found === from ? run + 1 : 0;
    score += 1 + run * 2 + (found === 0 || /\W/.test(hay[found - 1] ?? " ") ? 8 : 0);
    from = found + 1;
  }
  return score;
}
