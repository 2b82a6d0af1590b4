import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../lab/folders.ts';

/** Packs the bench's own extension into the folder. @returns the .vsix */
export async function packDirect(folder: string): Promise<string> {
  const vsix = join(folder, 'direct.vsix');
  const vsce = join(repository, 'node_modules', '@vscode', 'vsce', 'vsce');
  const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '-o', vsix];
  await promisify(execFile)(process.execPath, args, { cwd: join(repository, 'bench', 'direct') });
  return vsix;
}
