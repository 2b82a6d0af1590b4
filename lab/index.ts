import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clearLeftovers } from './claim.ts';
import { ControlClient, livingOwner, readJson } from './client.ts';
import { markVariable, reap } from './cluster/leftovers.ts';
import { ensureTools } from './cluster/tools.ts';
import { defaultRun, repository, RunFolder } from './folders.ts';
import { Lab } from './lab.ts';
import { ensureJupyterEnv } from './nodes/jupyterEnv.ts';
import { exitCodes, type LabOptions, type LabSettings, type LabState } from './types.ts';

export { Lab } from './lab.ts';
export type { FaultProxy } from './lab.ts';
export type {
  ComponentAction,
  ComponentName,
  FaultRule,
  LabOptions,
  LabSettings,
  LabState,
  NetworkPath,
  Person,
} from './types.ts';

/**
 * Brings a lab up and resolves when people can work with it. What is missing is built first (minutes, once). A lab that
 * already runs in the folder is attached to; what a crashed one has left is cleaned up.
 * @throws Error with one sentence: why it does not come up, or that a running lab has other settings
 */
export async function startLab(o: LabOptions = {}): Promise<Lab> {
  if (process.platform !== 'linux') throw new Error('The lab runs on Linux only; elsewhere use a cluster of your own.');
  const run = new RunFolder(o.run ?? defaultRun());
  const progress = o.progress ?? (() => undefined);
  const running = await attach(run, o, progress);
  if (running) return running;
  await ensureTools(progress);
  await ensureJupyterEnv(progress);
  for (;;) {
    const begun = await spawnDaemon(run, settingsOf(o));
    const lab = await attach(run, o, progress);
    if (lab) return lab;
    if (begun) throw new Error(`the lab ended at once; its log: ${run.in('daemon.log')}`);
    // Somebody else is bringing one up in this folder and has not said where it listens yet.
    await delay(200);
  }
}

/**
 * The running lab of a run folder; by default the one that KUBEFLOW_LAB_RUN names, else that of `npm run lab`.
 * @returns undefined when there is none
 */
export async function attachLab(run = process.env['KUBEFLOW_LAB_RUN'] ?? defaultRun()): Promise<Lab | undefined> {
  return attach(new RunFolder(run), {}, () => undefined);
}

/**
 * Ends the lab of a run folder, whatever state it is in, and every process of it.
 * @returns false when there was nothing to end
 */
export async function stopLab(run = defaultRun()): Promise<boolean> {
  const folder = new RunFolder(run);
  const owner = await livingOwner(folder);
  if (!owner) {
    const crashed = (await labState(run)) !== undefined;
    const left = await clearLeftovers(folder);
    for (const file of [folder.stateFile(), folder.secretFile()]) await rm(file, { force: true });
    return crashed || left > 0;
  }
  const control = await ControlClient.find(folder);
  const asked = control?.stop() ?? Promise.reject(new Error('it can not be asked yet'));
  // Whether it answers or hangs: afterwards nothing of it is left.
  await Promise.race([asked.catch(() => undefined), delay(20_000, undefined, { ref: false })]);
  await reap(owner.mark);
  return true;
}

/** What a lab says of itself, running or failed. @returns undefined when none runs in this folder */
export async function labState(run = defaultRun()): Promise<LabState | undefined> {
  const folder = new RunFolder(run);
  const state = await readJson<LabState>(folder.stateFile());
  if (!state || state.phase === 'failed' || (await livingOwner(folder))) return state;
  return { ...state, phase: 'failed', problem: 'the lab has crashed; "up" starts a new one, "down" cleans up' };
}

async function attach(run: RunFolder, o: LabOptions, progress: (line: string) => void): Promise<Lab | undefined> {
  const control = await ControlClient.find(run);
  if (!control) return undefined;
  await control.booted(progress);
  const state = await control.send<LabState>('GET', '/state');
  const other = differing(state.settings, o);
  if (other) throw new Error(`A lab with another "${other}" runs in ${run.root}. Stop it, or use another run folder.`);
  return new Lab(run, state, control, () => stopLab(run.root));
}

const settingsOf = (o: LabOptions): LabSettings => ({
  storage: o.storage ?? 'default',
  readyBeforeAnswering: o.readyBeforeAnswering ?? false,
  ...(o.podNetwork && { podNetwork: true }),
  ...(o.culling && { culling: o.culling }),
});

/** The first setting that was asked for and is another one. */
function differing(has: LabSettings, wants: LabOptions): string | undefined {
  return (['storage', 'readyBeforeAnswering', 'podNetwork', 'culling'] as const).find(
    (name) => wants[name] !== undefined && JSON.stringify(wants[name]) !== JSON.stringify(has[name]),
  );
}

/**
 * Starts the daemon, which lives on without us.
 * @returns true when it listens, false when another one has the folder
 * @throws Error with what it said when it ended at once
 */
async function spawnDaemon(run: RunFolder, settings: LabSettings): Promise<boolean> {
  await mkdir(run.root, { recursive: true, mode: 0o700 });
  const logFile = run.in('daemon.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(repository, 'lab', 'daemon.ts'), run.root, JSON.stringify(settings)],
    {
      cwd: repository,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, [markVariable]: randomBytes(16).toString('hex') },
    },
  );
  closeSync(log);
  const code = await new Promise<number | null | 'listening'>((resolve, reject) => {
    child.on('error', reject);
    child.on('message', () => resolve('listening'));
    child.on('exit', resolve);
  });
  if (code === 'listening') {
    child.disconnect();
    child.unref();
    return true;
  }
  if (code === exitCodes.taken) return false;
  const said = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-12).join('\n');
  throw new Error(`The lab did not start: ${said}`);
}
