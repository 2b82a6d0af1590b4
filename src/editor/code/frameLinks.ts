/** A part of a line of text that names a line of a file; `line` counts from 0. */
export interface FrameLink {
  start: number;
  length: number;
  line: number;
}

/** Python's own words, IPython's and those of warnings, and ours. */
const frames = [/File "([^"]+)", line (\d+)/g, /File (\S.*?):(\d+)/g, /(?:^|\s)(\S+?):(\d+)(?=[:\s-]|$)/g];

/**
 * Where a line of a traceback names a file.
 * @param isFile whether a path, as the kernel names it, is that file
 */
export function frameLinks(text: string, isFile: (path: string) => boolean): FrameLink[] {
  const found: FrameLink[] = [];
  for (const frame of frames) {
    for (const match of text.matchAll(frame)) {
      const [whole, path, number] = match as unknown as [string, string, string];
      if (!isFile(path)) continue;
      const start = match.index + whole.indexOf(path);
      const length = match.index + whole.length - start;
      if (found.some((one) => start < one.start + one.length && one.start < start + length)) continue;
      found.push({ start, length, line: Math.max(0, Number(number) - 1) });
    }
  }
  return found;
}

/**
 * Whether a path in a kernel's words is the file that it knows by this name. IPython writes `~` for the home folder there,
 * and the folder that a relative name (one that was `here`) lies in is known to the kernel alone.
 */
export function namesFile(path: string, file: { name: string; here: boolean }): boolean {
  if (path === file.name) return true;
  const end = path.startsWith('~') ? path.slice(1) : path;
  return file.here ? end.endsWith(`/${file.name}`) : path.startsWith('~/') && file.name.endsWith(end);
}
