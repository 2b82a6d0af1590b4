import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findChromium } from '../../lab/vscode/browser.ts';

const run = promisify(execFile);

/**
 * Makes sure of a Chromium: as root on a Debian (as in continuous integration) it is installed, otherwise the error names
 * the command.
 */
export async function ensureChromium(progress: (line: string) => void): Promise<void> {
  if (findChromium()) return;
  const packages = ['chromium', 'fonts-liberation'];
  const apt = await run('apt-get', ['--version']).then(
    () => true,
    () => false,
  );
  if (!apt || process.getuid?.() !== 0)
    throw new Error(
      `Chromium is needed for this suite: run \`sudo apt-get install ${packages.join(' ')}\` or set CHROMIUM.`,
    );
  progress(`Installing ${packages.join(', ')} (apt-get)`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 << 20 };
  await run('apt-get', ['update', '-q'], options);
  await run('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], options);
  if (!findChromium()) throw new Error('apt-get installed no Chromium; set CHROMIUM to the path of one.');
}
