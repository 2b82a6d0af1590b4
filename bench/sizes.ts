import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../lab/folders.ts';
import type { Figure } from './measure.ts';

/** The size of what ships: the extension host's bundle (all chunks) and the .vsix. The package must have been made. */
export async function sizes(vsix: string): Promise<Figure[]> {
  const dist = join(repository, 'dist');
  const chunks = (await readdir(dist)).filter((name) => name.endsWith('.cjs'));
  let bundle = 0;
  for (const name of chunks) bundle += (await stat(join(dist, name))).size;
  return [
    { what: 'extension bundle', value: bundle / 1e6, unit: 'MB', budget: { value: 1.5, of: 'value' } },
    { what: '.vsix', value: (await stat(vsix)).size / 1e6, unit: 'MB', budget: { value: 2.5, of: 'value' } },
  ];
}
