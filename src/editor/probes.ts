/** Names that VS Code and its extensions look for by themselves and that hold nothing a notebook server's user keeps. */
const probed: ReadonlySet<string> = new Set([
  '.vscode',
  '.git',
  '.hg',
  '.svn',
  '.jj',
  '.claude',
  '.cursor',
  '.devcontainer',
]);

/** Whether a path from the server's root is such a probe. Jupyter hides names with a dot anyway (`allow_hidden`). */
export function isProbe(path: string): boolean {
  return path.split('/').some((segment) => probed.has(segment));
}
