import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { pods, type Pod } from '../../src/k8s/objects.ts';
import { usageOf } from '../../src/kubeflow/usage.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { smallNotebook } from './support/notebooks.ts';

describe('what a running server uses', function () {
  this.timeout(120_000);
  const name = 'usage';
  const notebook = smallNotebook(name, 'alice', { gpus: 1 });
  let lab: Lab;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(notebook) });
    await lab.kubectl(['-n', 'alice', 'wait', '--for=create', `pod/${name}-0`, '--timeout=60s']);
    await lab.kubectl(['-n', 'alice', 'wait', '--for=condition=Ready', `pod/${name}-0`, '--timeout=90s']);
  });
  after(() => lab?.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']));

  const asked = async (who: 'alice' | 'carol') => {
    const cluster = await clusterOf(lab, who);
    try {
      const pod = await cluster.get<Pod>(pods, { namespace: 'alice', name: `${name}-0` });
      const gpus = [{ key: 'nvidia.com/gpu', count: 1 }];
      return await usageOf(cluster, { namespace: 'alice', name, notebook, pod, container: name, gpus });
    } finally {
      cluster.dispose();
    }
  };

  it('is asked of the driver in the pod, which says here that it is simulated; no memory of the whole machine is told', async () => {
    const usage = await asked('alice');
    assert.deepEqual(usage, {
      gpus: [{ percent: 0, memory: { used: 0, total: 15360 * 2 ** 20 } }],
      simulated: true,
    });
  });

  it('is refused to who may run nothing there', async () => {
    await assert.rejects(asked('carol'), (error) => isKubeError(error, 'Forbidden'));
  });
});
