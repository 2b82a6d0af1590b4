import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../../lab/folders.ts';
import { startLab, type Lab } from '../../lab/index.ts';
import { smallNotebook } from './support/notebooks.ts';

describe('culling in the lab', function () {
  this.timeout(120_000);
  let lab: Lab | undefined;
  const run = join(cacheRoot(), 'run', `test-culling-${process.pid}`);
  const waitFor = (condition: string, ...what: string[]) =>
    lab!.kubectl(['-n', 'bob', 'wait', `--for=${condition}`, '--timeout=60s', ...what]);

  before(async function () {
    this.timeout(600_000);
    // 3 s without activity, looked at every 2 s.
    const culling = { idleMinutes: 3 / 60, checkMinutes: 2 / 60 };
    lab = await startLab({ run, culling });
  });
  after(async () => {
    await lab?.stop();
    await rm(run, { recursive: true, force: true });
  });

  it('stops a server without kernels after the idle time and forgets its activity', async () => {
    await lab!.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook('idle', 'bob')) });
    await waitFor('jsonpath={.metadata.annotations.notebooks\\.kubeflow\\.org/last-activity}', 'notebook/idle');
    await waitFor('jsonpath={.metadata.annotations.kubeflow-resource-stopped}', 'notebook/idle');
    await waitFor('delete', 'pod/idle-0');
    const annotations = await lab!.kubectl([
      '-n',
      'bob',
      'get',
      'notebook',
      'idle',
      '-o',
      'jsonpath={.metadata.annotations}',
    ]);
    if (annotations.includes('notebooks.kubeflow.org/last-activity')) throw new Error(annotations);
  });
});
