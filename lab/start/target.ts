import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kubeconfig } from '../../src/k8s/kubeconfig.ts';
import { defaultRun, RunFolder } from '../folders.ts';
import { attachLab, startLab, stopLab, type Lab } from '../index.ts';
import type { Person } from '../types.ts';

/** The cluster that VS Code opens on. */
export interface StartTarget {
  /** For people to read, e.g. "the local Kubeflow as alice". */
  description: string;
  /** For VS Code's environment. */
  env: NodeJS.ProcessEnv;
  /** The home folder of VS Code's extension host; the profile's own when absent. */
  home?: string;
}

/** The local Kubeflow as one of its people, and how to end it: what this call brings up goes down, what was up stays up. */
export interface OpenedLab {
  target: Promise<StartTarget>;
  /** May be called while the lab is still coming up. */
  end(): Promise<void>;
}

/** Joins the local Kubeflow where it is up, and brings it up otherwise. */
export async function openLab(as: Person, progress: (line: string) => void): Promise<OpenedLab> {
  const before = await attachLab(defaultRun());
  if (before) return { target: Promise.resolve(labTarget(before, as)), end: () => Promise.resolve() };
  const starting = startLab({ run: defaultRun(), progress });
  return {
    target: starting.then((lab) => labTarget(lab, as)),
    end: async () => {
      let settled = false;
      const done = () => (settled = true);
      void starting.then(done, done);
      // A lab that has only just been started says a moment later that it is there.
      for (let tries = 0; !(await stopLab(defaultRun())) && !settled && tries < 6; tries++) await delay(500);
    },
  };
}

function labTarget(lab: Lab, as: Person): StartTarget {
  const tools = dirname(new RunFolder(lab.run).program('kubectl'));
  return {
    description: `the local Kubeflow as ${as}`,
    // kubectl in VS Code's terminal is then the one of the lab.
    env: { KUBECONFIG: lab.kubeconfig(as), PATH: [tools, process.env['PATH'] ?? ''].join(delimiter) },
  };
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
  };
}
