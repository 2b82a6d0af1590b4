/** What fits into a row below a context's, in a side bar as wide as VS Code makes it; a Latin letter is one. */
const columns = 34;

/** Text as lines for rows, which do not wrap: each sentence begins a line, and words stay whole. */
export function wrapped(text: string, most = columns): string[] {
  const lines: string[] = [];
  for (const sentence of text.split(/(?<=[.?]) +/)) {
    let line = '';
    for (const word of sentence.split(/ +/)) {
      const longer = line ? `${line} ${word}` : word;
      if (line && width(longer) > most) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    if (line) lines.push(line);
  }
  return lines;
}

/** Chinese, Japanese and Korean letters take the room of two. */
function width(text: string): number {
  let sum = 0;
  for (const letter of text) sum += (letter.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
  return sum;
}
