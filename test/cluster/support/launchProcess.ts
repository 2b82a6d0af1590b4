// A launch in a process of its own, to be killed: node --import tsx launchProcess.ts OPTIONS. It tells its parent when it
// has come to the point where it is to stop, and stands still there; without one it ends with the launch.
import { Kubeconfig } from '../../../src/k8s/kubeconfig.ts';
import { Cluster } from '../../../src/k8s/cluster.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import type { KubeObject } from '../../../src/k8s/objects.ts';
import { editServer } from '../../../src/kubeflow/edit.ts';
import type { SpawnForm } from '../../../src/kubeflow/form.ts';
import { formOf } from '../../../src/kubeflow/form/readBack.ts';
import type { JournalPage, LaunchJournal } from '../../../src/kubeflow/launch/journal.ts';
import { JournalFiles } from '../../../src/kubeflow/launch/journalFiles.ts';
import { discard, findUnfinished, finish } from '../../../src/kubeflow/launch/unfinished.ts';
import { notebooks } from '../../../src/kubeflow/objects.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';
import { launch } from '../../../src/kubeflow/spawn.ts';

export interface LaunchProcessOptions {
  kubeconfig: string;
  journal: string;
  /** Launched, or taken up again in one of the two ways. */
  form?: SpawnForm;
  way?: 'finish' | 'discard';
  /** A server of alice's is edited. */
  edit?: { name: string; change: Partial<SpawnForm> };
  stopAt?: string;
}

const o = JSON.parse(process.argv[2]!) as LaunchProcessOptions;

async function passing(point: string): Promise<void> {
  if (point !== o.stopAt) return;
  process.send!('stopped');
  await new Promise(() => undefined);
}

/** A thing whose calls of these names can be stopped before and after. */
function stoppable<T extends object>(thing: T, points: Record<string, (args: unknown[]) => string | undefined>): T {
  return new Proxy(thing, {
    get: (target, key) => {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== 'function') return value;
      const point = points[String(key)];
      return async (...args: unknown[]) => {
        const name = point?.(args);
        if (name) await passing(`before ${name}`);
        const answer = (await Reflect.apply(value, target, args)) as unknown;
        if (name) await passing(`after ${name}`);
        return answer;
      };
    },
  });
}

const kubeconfig = await Kubeconfig.load({ env: {}, home: '/', platform: process.platform, path: o.kubeconfig });
const cluster = stoppable(Cluster.connect(kubeconfig.context('kubeflow-lab'), { env: {}, logger: silentLogger }), {
  create: ([, body, options]) =>
    (options as { dryRun?: boolean }).dryRun ? undefined : `making ${(body as KubeObject).metadata.name}`,
  delete: ([, where]) => `removing ${(where as { name: string }).name}`,
  patch: ([, where, , options]) =>
    (options as { dryRun?: boolean }).dryRun ? undefined : `patching ${(where as { name: string }).name}`,
});
const files = new JournalFiles({ folder: o.journal, logger: silentLogger });
const stoppablePage = (page: JournalPage): JournalPage => stoppable(page, { end: () => 'the end' });
const journal: LaunchJournal = {
  begin: async (entry) => {
    await passing('before the entry');
    const page = stoppablePage(await files.begin(entry));
    await passing('after the entry');
    return page;
  },
  unfinished: () => files.unfinished(),
  take: async (id) => {
    const page = await files.take(id);
    return page && stoppablePage(page);
  },
};
process.on('disconnect', () => process.exit());
const onStep = (): void => undefined;
if (o.edit) {
  const base = await cluster.get<Notebook>(notebooks, { namespace: 'alice', name: o.edit.name });
  await editServer(cluster, { ...formOf(base), ...o.edit.change }, { base, onStep, journal });
} else if (o.form) await launch(cluster, o.form, { onStep, journal });
else {
  const [found] = await findUnfinished(cluster, journal);
  if (found) await (o.way === 'finish' ? finish : discard)(cluster, journal, found, { onStep });
}
process.exit();
