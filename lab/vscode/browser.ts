import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import type { Profile } from './profile.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium or Chrome: CHROMIUM, or one on PATH. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env['CHROMIUM']) return env['CHROMIUM'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** A headless Chromium with the profile's own browser data, 1280 x 800 unless told otherwise. */
export function launchBrowser(
  profile: Profile,
  o: { viewport?: { width: number; height: number }; locale?: string; colorScheme?: 'dark' | 'light' } = {},
): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('Chromium is needed for this: install it (`apt-get install chromium`) or set CHROMIUM.');
  return chromium.launchPersistentContext(join(profile.folder, 'chromium'), {
    executablePath,
    headless: true,
    viewport: o.viewport ?? { width: 1280, height: 800 },
    locale: o.locale ?? 'en-US',
    // VS Code follows it until a theme is chosen.
    colorScheme: o.colorScheme ?? 'dark',
    args: [
      // Chromium refuses its sandbox to root, as which continuous integration commonly runs.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
