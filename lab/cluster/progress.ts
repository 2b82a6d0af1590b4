/**
 * Shows progress lines on a stream. On a terminal a line that goes on the last one (same words before its first colon) takes
 * its place; elsewhere such lines appear every 15 s at most, so that a log stays readable.
 */
export function showProgress(out: NodeJS.WriteStream): { line: (line: string) => void; end: () => void } {
  let topic = '';
  let shownAt = 0;
  let open = false;
  const end = () => {
    if (open) out.write('\n');
    open = false;
  };
  const line = (text: string) => {
    const colon = text.indexOf(': ');
    const next = colon < 0 ? text : text.slice(0, colon);
    const goesOn = colon >= 0 && next === topic;
    topic = next;
    if (out.isTTY) {
      if (!goesOn) end();
      // A line that wraps can't be taken back by a carriage return.
      out.write(`\r\x1b[K${text.slice(0, (out.columns || 80) - 1)}`);
      open = colon >= 0;
      if (!open) out.write('\n');
    } else if (!goesOn || Date.now() - shownAt >= 15_000) {
      shownAt = Date.now();
      out.write(`${text}\n`);
    }
  };
  return { line, end };
}
