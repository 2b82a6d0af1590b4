import { join } from 'node:path';
import { after } from 'mocha';
import { cacheRoot } from '../../../lab/folders.ts';
import { attachLab, startLab, stopLab, type Lab, type Person } from '../../../lab/index.ts';
import { Cluster } from '../../../src/k8s/cluster.ts';
import { Kubeconfig } from '../../../src/k8s/kubeconfig.ts';
import type { Logger } from '../../../src/k8s/log.ts';
import { searchedLogger } from './log.ts';

/** Where this process brings up a lab when nobody has named one. */
const ownRun = join(cacheRoot(), 'run', `test-${process.pid}`);

/** The lab that `npm test` has brought up, or one of this process's own, which ends with the suite. */
export async function lab(): Promise<Lab> {
  const named = process.env['KUBEFLOW_LAB_RUN'];
  if (!named) return startLab({ run: ownRun });
  const running = await attachLab(named);
  if (!running) throw new Error(`no lab runs in ${named}, which KUBEFLOW_LAB_RUN names`);
  return running;
}

/** A connection to the lab as somebody. Dispose it. */
export async function clusterOf(
  lab: Lab,
  who: Person,
  o: { at?: 'local' | 'remote' | 'proxy'; logger?: Logger } = {},
): Promise<Cluster> {
  const path = lab.kubeconfig(who, o);
  const kubeconfig = await Kubeconfig.load({ env: {}, home: lab.run, platform: process.platform, path });
  return Cluster.connect(kubeconfig.context('kubeflow-lab'), {
    env: {},
    logger: o.logger ?? searchedLogger('cluster'),
  });
}

// A root hook: it runs once, after the last test of the run.
after(async function () {
  this.timeout(60_000);
  await stopLab(ownRun);
});
