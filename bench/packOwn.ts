import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../lab/folders.ts';

/** The bench's own extensions: `direct` measures in the extension host, `plain` is the peer of a view with rows. */
type Own = 'direct' | 'plain';

/** Packs one of the bench's own extensions into the folder. @returns the .vsix */
export async function packOwn(own: Own, folder: string): Promise<string> {
  const vsix = join(folder, `${own}.vsix`);
  const vsce = join(repository, 'node_modules', '@vscode', 'vsce', 'vsce');
  const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '-o', vsix];
  await promisify(execFile)(process.execPath, args, { cwd: join(repository, 'bench', own) });
  return vsix;
}
