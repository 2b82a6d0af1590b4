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
  '.github',
  '.agents',
]);

/**
 * Which questions need no server: VS Code looks for some names in every folder, and Jupyter hides names with a dot anyway,
 * unless it is told to allow them. Where one was seen in a listing, or made here, the server is asked.
 */
export class Probes {
  private readonly known = new Set<string>();

  /** Whether there is no such file as far as is known, without asking anybody; `path` from the server's root. */
  absent(server: string, path: string): boolean {
    const name = probeIn(path);
    return name !== undefined && !this.known.has(`${server} ${name}`);
  }

  /** A folder has these names, and no others. */
  listed(server: string, folder: string, names: readonly string[]): void {
    for (const name of probed) this.known.delete(`${server} ${join(folder, name)}`);
    for (const name of names) if (probed.has(name)) this.known.add(`${server} ${join(folder, name)}`);
  }

  /** Something was put there. */
  made(server: string, path: string): void {
    const name = probeIn(path);
    if (name !== undefined) this.known.add(`${server} ${name}`);
  }
}

/** The path as far as its first name of the table; undefined where it has none. */
function probeIn(path: string): string | undefined {
  const names = path.split('/');
  const at = names.findIndex((name) => probed.has(name));
  return at < 0 ? undefined : names.slice(0, at + 1).join('/');
}

function join(folder: string, name: string): string {
  return folder ? `${folder}/${name}` : name;
}
