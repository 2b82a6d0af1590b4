import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from '../vscode/lock.ts';
import type { VscodeInstall } from '../vscode/install.ts';
import type { Profile } from '../vscode/profile.ts';
import { installVsix, startServer, workbenchUrl } from '../vscode/server.ts';
import type { OpenVscode } from './openVscode.ts';
import type { StartTarget } from './target.ts';

/** What an open browser-based VS Code leaves in its profile. */
interface Open {
  /** Of the `npm start` that holds it. */
  owner: number;
  server: number;
  url: string;
}

/** The address of a VS Code that another `npm start` holds open on this profile. */
export async function openElsewhere(profile: Profile): Promise<string | undefined> {
  const open = await readOpen(profile);
  if (!open) return undefined;
  if (isAlive(open.owner)) return open.url;
  // Its owner was killed: what it left behind is ours to end.
  if (isAlive(open.server)) process.kill(-open.server, 'SIGTERM');
  await rm(openFile(profile), { force: true });
  return undefined;
}

/** Packs the extension as it would be published; gives the .vsix. */
export async function packExtension(extension: string): Promise<string> {
  const vsix = join(extension, 'kubeflow-notebooks.vsix');
  await promisify(execFile)(process.execPath, [join(extension, 'package.mjs'), vsix]);
  return vsix;
}

/** Starts the browser-based VS Code with the packed extension and gives its address. */
export async function openInBrowser(
  vscode: VscodeInstall,
  profile: Profile,
  vsix: string,
  folder: string,
  target: StartTarget,
): Promise<OpenVscode> {
  await installVsix(vscode, profile, vsix);
  const portFile = join(profile.folder, 'port');
  const port = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const options = { env: target.env, home: target.home };
  // The same address again if it is free: the browser keeps the layout of the window by its address.
  const server = await startServer(vscode, profile, { ...options, port }).catch(() =>
    startServer(vscode, profile, options),
  );
  const url = workbenchUrl(server, { folder });
  await writeFile(portFile, new URL(server.url).port);
  const open: Open = { owner: process.pid, server: server.pid, url };
  await writeFile(openFile(profile), JSON.stringify(open));
  return {
    ready: `Open ${url}`,
    ended: server.ended,
    close: async () => {
      await server.stop();
      await rm(openFile(profile), { force: true });
    },
  };
}

const openFile = (profile: Profile) => join(profile.folder, 'open.json');

async function readOpen(profile: Profile): Promise<Open | undefined> {
  try {
    return JSON.parse(await readFile(openFile(profile), 'utf8')) as Open;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
