/** What the tests of launches share: a form, what stands of it, and a launch that is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../../lab/index.ts';
import type { Cluster } from '../../../src/k8s/cluster.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import type { KubeObject } from '../../../src/k8s/objects.ts';
import { newVolume } from '../../../src/kubeflow/form.ts';
import type { SpawnForm } from '../../../src/kubeflow/form.ts';
import { defaultForm } from '../../../src/kubeflow/form/defaultForm.ts';
import { builtInConfig } from '../../../src/kubeflow/form/spawnerConfig.ts';
import { JournalFiles } from '../../../src/kubeflow/launch/journalFiles.ts';
import { discard, findUnfinished, finish } from '../../../src/kubeflow/launch/unfinished.ts';
import type { Unfinished } from '../../../src/kubeflow/launch/unfinished.ts';
import type { LaunchProcessOptions } from './launchProcess.ts';

export const name = 'launched';
/** Everything that a launch of `launchForm` makes, in the order in which it is made. */
export const wholeSet = wholeSetOf(name);

export function wholeSetOf(server: string): string[] {
  const claims = ['workspace', 'datavol-1'].map((volume) => `persistentvolumeclaim/${server}-${volume}`);
  return [...claims, `notebook.kubeflow.org/${server}`];
}

/** Two claims and a Notebook, in alice's profile. */
export function launchForm(change: Partial<SpawnForm> = {}): SpawnForm {
  const options = {
    namespaces: ['alice'],
    config: builtInConfig(),
    gpuVendors: [],
    claims: {},
    servers: {},
    quota: {},
    storage: {},
    mayCreate: {},
  };
  const form = defaultForm(options, { namespace: 'alice' });
  return { ...form, name, workspace: newVolume('', '1'), dataVolumes: [newVolume('', '1')], ...change };
}

/** What stands of it and is not on its way out, in the order of `wholeSet`. */
export async function standing(lab: Lab, server = name): Promise<string[]> {
  const columns = 'custom-columns=K:.kind,N:.metadata.name,D:.metadata.deletionTimestamp';
  const what = ['get', 'pvc,notebooks', '-l', `app=${server}`, '--no-headers', '-o', columns];
  const lines = (await lab.kubectl(['-n', 'alice', ...what])).split('\n');
  const there = lines.flatMap((line) => {
    const [kind, object, deleted] = line.trim().split(/\s+/);
    if (!kind || deleted !== '<none>') return [];
    return [`${kind === 'Notebook' ? 'notebook.kubeflow.org' : kind.toLowerCase()}/${object}`];
  });
  return wholeSetOf(server).filter((one) => there.includes(one));
}

export async function removeAll(lab: Lab): Promise<void> {
  const gone = ['--ignore-not-found', '--cascade=foreground'];
  await lab.kubectl(['-n', 'alice', 'delete', 'notebook', '-l', `app=${name}`, ...gone]);
  await lab.kubectl(['-n', 'alice', 'delete', 'pvc', '-l', `app=${name}`, ...gone]);
}

/** The journal as another window sees it. @param lapse for how long a lease must stand still to be forgotten; ms */
export function anotherWindow(folder: string, lapse = 1000): JournalFiles {
  return new JournalFiles({ folder, logger: silentLogger, times: { beat: 200, lapse } });
}

/** The next start, after everything that is under way has settled: what it offers. */
export function nextStart(cluster: Cluster, folder: string, lapse?: number): Promise<Unfinished[]> {
  return findUnfinished(cluster, anotherWindow(folder, lapse), { now: () => Date.now() + 3_600_000 });
}

/**
 * The promise that every crash keeps: all stands, or nothing, or the next start offers both ways, of which this one is
 * taken, and leads to its end.
 */
export async function leadsToItsEnd(
  lab: Lab,
  cluster: Cluster,
  folder: string,
  way: 'finish' | 'discard',
  server = name,
): Promise<'complete' | 'nothing' | 'partial'> {
  const offered = await nextStart(cluster, folder);
  const stood = await standing(lab, server);
  const [one] = offered;
  if (one) {
    assert.equal(offered.length, 1);
    assert.ok(one.canFinish);
    assert.deepEqual([...one.standing].sort(), stood.map((s) => s.slice(s.indexOf('/') + 1)).sort());
    const work = { finish, discard }[way];
    assert.equal(await work(cluster, anotherWindow(folder), one, { onStep: () => undefined }), 'done');
    assert.deepEqual(await standing(lab, server), way === 'finish' ? wholeSetOf(server) : []);
  } else
    assert.ok(
      stood.length === 0 || stood.length === wholeSetOf(server).length,
      `half of it stands: ${stood.join(', ')}`,
    );
  assert.deepEqual(await anotherWindow(folder).unfinished(), [], 'the journal is empty');
  return one ? 'partial' : stood.length === 0 ? 'nothing' : 'complete';
}

/** Runs it in a process of its own, which is killed at `stopAt`. Rejects when it never comes there. */
export async function killedAt(o: LaunchProcessOptions & { stopAt: string }): Promise<void> {
  const file = fileURLToPath(new URL('./launchProcess.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(o)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  try {
    const stopped = await Promise.race([once(child, 'message').then(() => true), ended.then(() => false)]);
    assert.ok(stopped, `it ended before it came to ${o.stopAt}`);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

type Create = Parameters<Cluster['create']>;

/** The cluster, with something that happens once, `before` or `after` something: 'the check', 'making NAME', 'removing NAME'. */
export function whenAt(cluster: Cluster, point: string, happens: (...args: Create) => Promise<unknown>): Cluster {
  let left = 1;
  return new Proxy(cluster, {
    get: (target, key) => {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        const what = key === 'create' ? made(args as Create) : key === 'delete' ? removed(args) : undefined;
        const here = (when: string): boolean => point === `${when} ${what}` && left-- > 0;
        if (here('before')) await happens(...(args as Create));
        const answer = (await Reflect.apply(value, target, args)) as unknown;
        if (here('after')) await happens(...(args as Create));
        return answer;
      };
    },
  });
}

function made([, body, options]: Create): string {
  return options?.dryRun ? 'the check' : `making ${(body as KubeObject).metadata.name}`;
}

function removed([, where]: unknown[]): string {
  return `removing ${(where as { name: string }).name}`;
}
