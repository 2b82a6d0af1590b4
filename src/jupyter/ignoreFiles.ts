import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';

interface Rules {
  /** The folder that they are for. */
  base: string;
  rules: ReturnType<typeof ignore>;
}

/** Never sent: what git and Jupyter keep for themselves. */
const own: ReadonlySet<string> = new Set(['.git', '.ipynb_checkpoints']);

/** The .gitignore files that count in a folder, the nearest last, as git takes them. */
export class IgnoreFiles {
  private constructor(private readonly all: readonly Rules[]) {}

  /** Those of a folder and, where it lies in a git repository, of the folders above it. */
  static async above(folder: string): Promise<IgnoreFiles> {
    const chain = [folder];
    for (let at = folder; !(await exists(path.join(at, '.git')));) {
      const up = path.dirname(at);
      // No repository: only the folder's own rules count.
      if (up === at) return new IgnoreFiles([]).below(folder);
      chain.unshift((at = up));
    }
    let files = new IgnoreFiles([]);
    for (const one of chain) files = await files.below(one);
    return files;
  }

  /** With the rules of another folder further down. */
  async below(folder: string): Promise<IgnoreFiles> {
    try {
      const rules = ignore().add(await readFile(path.join(folder, '.gitignore'), 'utf8'));
      return new IgnoreFiles([...this.all, { base: folder, rules }]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this;
      throw error;
    }
  }

  /** Whether a file or folder stays here. The nearest rule that speaks of it decides. */
  ignores(file: string, isFolder: boolean): boolean {
    if (own.has(path.basename(file))) return true;
    for (const { base, rules } of [...this.all].reverse()) {
      const relative = path.relative(base, file).split(path.sep).join('/') + (isFolder ? '/' : '');
      const { ignored, unignored } = rules.test(relative);
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
