import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Kubeconfig } from '../../src/k8s/kubeconfig.ts';
import { RunFolder } from '../folders.ts';
import { attachLab, startLab } from '../index.ts';
import type { Person } from '../types.ts';

/** The cluster that VS Code opens on. */
export interface StartTarget {
  /** For people to read, e.g. "the local Kubeflow as alice". */
  description: string;
  /** For VS Code's environment. */
  env: NodeJS.ProcessEnv;
  /** The home folder of VS Code's extension host; the profile's own when absent. */
  home?: string;
  /** Undoes what was started for it. */
  close(): Promise<void>;
}

/** Brings the local Kubeflow up, or joins it where it is up; a lab that was up before stays up. */
export async function labTarget(as: Person, progress: (line: string) => void): Promise<StartTarget> {
  const before = await attachLab();
  const lab = before ?? (await startLab({ progress }));
  const tools = dirname(new RunFolder(lab.run).program('kubectl'));
  return {
    description: `the local Kubeflow as ${as}`,
    // kubectl in VS Code's terminal is then the one of the lab.
    env: { KUBECONFIG: lab.kubeconfig(as), PATH: [tools, process.env['PATH'] ?? ''].join(delimiter) },
    close: async () => (before ? undefined : await lab.stop()),
  };
}

/** Takes down a lab that did not finish coming up before the user ended the start. */
export async function endUnfinishedLab(): Promise<void> {
  await (await attachLab())?.stop();
}

/**
 * A context of the user's own kubeconfig. VS Code gets a kubeconfig of one line in front of the user's files: of several files
 * the first one's current-context counts, so nothing is copied and nothing of the user's is written.
 * @param folder where that line is kept
 * @throws Error with one sentence if there is no such context
 */
export async function contextTarget(name: string, folder: string): Promise<StartTarget> {
  const env = process.env;
  const { contexts, files } = await Kubeconfig.load({ env, home: homedir(), platform: process.platform });
  if (!contexts.some((context) => context.name === name)) {
    const names = contexts.map((context) => context.name).join(', ') || 'none';
    throw new Error(`There is no context ${name} in your kubeconfig (${files.join(', ')}). It has: ${names}.`);
  }
  await mkdir(folder, { recursive: true });
  const choice = join(folder, 'current-context.yaml');
  await writeFile(choice, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': name }));
  return {
    description: `your context ${name}`,
    env: { KUBECONFIG: [choice, ...files].join(delimiter) },
    // Credential programs look for their own files there.
    home: homedir(),
    close: () => rm(choice, { force: true }),
  };
}
