import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../../lab/folders.ts';
import { startLab, type Lab } from '../../lab/index.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { smallNotebook } from './support/notebooks.ts';

describe('culling in the lab', function () {
  this.timeout(120_000);
  let lab: Lab | undefined;
  const run = join(cacheRoot(), 'run', `test-culling-${process.pid}`);
  const waitFor = (condition: string, ...what: string[]) =>
    lab!.kubectl(['-n', 'bob', 'wait', `--for=${condition}`, '--timeout=60s', ...what]);

  before(async function () {
    this.timeout(600_000);
    // 10 s without activity, looked at every 2 s: on a busy computer a kernel takes some of them to start.
    const culling = { idleMinutes: 10 / 60, checkMinutes: 2 / 60 };
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

  it('keeps a server whose kernel is busy, and stops it once the kernel is idle', async () => {
    const ref = { context: labContext, namespace: 'bob', name: 'busy' };
    await lab!.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(ref.name, ref.namespace)) });
    const { connections, things } = await connectionsOf(lab!, 'bob');
    const activity = 'notebooks.kubeflow.org/last-activity';
    try {
      // Its idle time begins with its pod. It lasts until there is a kernel, whose activity counts then, earlier or not.
      await waitFor(`jsonpath={.metadata.annotations.${activity.replaceAll('.', '\\.')}}`, 'notebook/busy');
      const later = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+Z$/, 'Z');
      await lab!.kubectl(['-n', 'bob', 'annotate', '--overwrite', 'notebook', 'busy', `${activity}=${later}`]);
      const { server } = connections.get(ref);
      await server.waitUntilAnswers(undefined, 60_000);
      const session = await server.openKernel({ path: 'busy.ipynb' });
      const annotation = (name: string) =>
        lab!.kubectl(['-n', 'bob', 'get', 'notebook', 'busy', '-o', `jsonpath={.metadata.annotations.${name}}`]);
      // Longer than a server without activity lives.
      const { done } = session.execute('import time; time.sleep(15)', { output: () => undefined });
      assert.equal((await done).ok, true);
      assert.equal(await annotation('kubeflow-resource-stopped'), '');
      const idleSince = Date.now();
      await waitFor('jsonpath={.metadata.annotations.kubeflow-resource-stopped}', 'notebook/busy');
      assert.ok(Date.now() - idleSince < 30_000);
      await waitFor('delete', 'pod/busy-0');
    } finally {
      things.dispose();
    }
  });
});
