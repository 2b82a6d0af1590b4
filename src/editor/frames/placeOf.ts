import { posix } from 'node:path';

/** What is known of a server's folders; a path may start with ~ for the home that its programs have. */
export interface Whereabouts {
  /** The folder whose files Jupyter shows. */
  root: string;
  /** The same without symbolic links: programs name files so. */
  realRoot?: string;
  home?: string;
}

/**
 * The path from the server's root of a file that a traceback names; undefined for what lies elsewhere and for what is no
 * file. Never a guess: a file of the same name in another folder is another file.
 * @param folder the notebook's, from the server's root: where its kernel started
 */
export function placeOf(path: string, where: Whereabouts, folder: string): string | undefined {
  if (/^<.*>$/.test(path) || path.includes('\\')) return undefined;
  if (!/^(\/|~(\/|$))/.test(path)) return inside(posix.join(folder, path));
  const home = where.home ?? homeBy(where.root);
  const full = (one: string) => posix.normalize(home ? one.replace(/^~(?=\/|$)/, home) : one);
  for (const root of [where.root, where.realRoot]) {
    if (root === undefined) continue;
    const below = full(root).replace(/\/$/, '');
    if (full(path).startsWith(`${below}/`)) return inside(full(path).slice(below.length + 1));
  }
  return undefined;
}

function inside(path: string): string | undefined {
  const plain = posix.normalize(path);
  return plain === '.' || plain === '..' || plain.startsWith('../') ? undefined : plain;
}

/** Jupyter shortens a root below home to ~/..., so one that looks like a home is it. */
function homeBy(root: string): string | undefined {
  return /^(\/home\/[^/]+|\/root)$/.test(root) ? root : undefined;
}
