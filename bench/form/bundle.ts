import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { repository } from '../../lab/folders.ts';
import type { Figure } from '../measure.ts';

/** What the form's page loads, as it ships. The package must have been made. */
export async function bundle(): Promise<Figure[]> {
  let whole = 0;
  let zipped = 0;
  for (const name of ['spawn.js', 'spawn.css']) {
    const bytes = await readFile(join(repository, 'dist', 'webview', name));
    whole += bytes.length;
    zipped += (await promisify(gzip)(bytes)).length;
  }
  return [
    { what: "the form's page: script and styles", value: whole / 1e3, unit: 'kB' },
    { what: 'of it by gzip', value: zipped / 1e3, unit: 'kB' },
  ];
}
