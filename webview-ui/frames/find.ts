/** A place in a file, as a traceback or a warning names it. */
export interface Frame {
  path: string;
  line: number;
}

/** A frame and where it stands in its text. */
export interface FoundFrame extends Frame {
  start: number;
  end: number;
}

/** IPython writes `File ~/train.py:12, in fit(x)`; in colours, the place alone is an element of its own. */
const ipython = /(?<=^|\bFile )([~/][^\n:"<>]*):(\d+)(?=$|, in |\n)/g;
/** Python itself writes `File "/home/jovyan/train.py", line 12, in fit`. */
const python = /\bFile "([^"\n<>]+)", line (\d+)/g;
/** Warnings, linters and compilers write `/home/jovyan/train.py:12: UserWarning`. */
const warning = /(?<![^\s(])([~/][^\s:"'<>()]*):(\d+)(?=[:,)\s]|$)/g;

/** The frames that a text names, in order; none overlaps another. Only paths that start at the root or at home. */
export function framesIn(text: string): FoundFrame[] {
  if (!/:\d|", line \d/.test(text)) return [];
  const found: FoundFrame[] = [];
  for (const pattern of [python, ipython, warning])
    for (const match of text.matchAll(pattern)) {
      const [whole, path, line] = match as unknown as [string, string, string];
      // Of Python's form the path and the line are the link, not the word before them.
      const start = match.index + (pattern === python ? 'File '.length : 0);
      const end = match.index + whole.length;
      if (/^[~/]/.test(path) && !path.startsWith('//') && !found.some((one) => start < one.end && one.start < end))
        found.push({ path, line: Number(line), start, end });
    }
  return found.sort((a, b) => a.start - b.start);
}

/**
 * The frame that VS Code made a link of: a path, with a line or without. Undefined for addresses with a scheme, which lead
 * where they say.
 */
export function frameOfLink(href: string): Frame | undefined {
  if (/^[a-z][a-z0-9+.-]+:(?!\d+$)/i.test(href) || /^(#|\/\/)/.test(href)) return undefined;
  const [, path = '', line] = /^(.*?)(?::(\d+))?(?::\d+)?$/.exec(href) ?? [];
  return path ? { path, line: Number(line ?? 1) } : undefined;
}
