import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../folders.ts';

/** What one VS Code keeps to itself: its settings, extensions, home folder and browser data. */
export interface Profile {
  folder: string;
  userData: string;
  extensions: string;
  home: string;
  remove(): Promise<void>;
}

/** Quiet and still: nothing asks the network, nothing opens by itself, nothing covers what is looked at. */
const calm = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
};

/**
 * A profile with the given settings over calm ones.
 * @param o.folder kept between runs, with the settings that its user changed; without it, a temporary one
 */
export async function makeProfile(o: { folder?: string; settings?: Record<string, unknown> } = {}): Promise<Profile> {
  const folder = o.folder ?? (await mkdtemp(join(tmpdir(), 'kubeflow-vscode-')));
  const profile: Profile = {
    folder,
    userData: join(folder, 'user-data'),
    extensions: join(folder, 'extensions'),
    home: join(folder, 'home'),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  const user = join(profile.userData, 'User');
  for (const each of [user, profile.extensions, profile.home]) await mkdir(each, { recursive: true });
  const settings = join(user, 'settings.json');
  if (!existsSync(settings)) await writeFile(settings, JSON.stringify({ ...calm, ...o.settings }, undefined, 2));
  const config = join(folder, 'config.yaml');
  if (!existsSync(config)) await writeFile(config, '');
  return profile;
}

/** Copies VS Code's logs, with the extension host's and the extension's own, to out/logs/NAME. */
export async function keepLogs(profile: Profile, name: string): Promise<void> {
  const to = join(repository, 'out', 'logs', name);
  await rm(to, { recursive: true, force: true });
  await cp(join(profile.userData, 'logs'), to, { recursive: true });
  console.error(`VS Code's logs are in ${to}`);
}
