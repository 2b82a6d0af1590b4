import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { configMaps, resourcePath } from '../../src/k8s/objects.ts';
import { Oracle, writeFiles } from './support/kubectlOracle.ts';
import { lab as theLab } from './support/lab.ts';

const watches = 200;
const watchPath = resourcePath(configMaps, { namespace: 'alice' });

describe('with 200 watches open', function () {
  this.timeout(120_000);
  let lab: Lab;
  let folder: string;
  let cluster: Cluster;
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    folder = await mkdtemp(path.join(os.tmpdir(), 'renewal-'));
    const token = async (): Promise<string> =>
      (await lab.kubectl(['-n', 'alice', 'create', 'token', 'default-editor', '--duration', '1h'])).trim();
    const template = await readFile(lab.kubeconfig('alice', { at: 'proxy' }), 'utf8');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      interactiveMode: 'IfAvailable',
    };
    // Each run hands out another token, so that a run too many would be seen by its count alone. The second one waits until
    // all are refused: with its token some would ask again, and take a refusal that is meant for another.
    const plugin = `#!/bin/sh
cd '${folder}' && echo run >> runs.log
n=$(wc -l < runs.log)
[ $((n)) -ne 2 ] || until [ -e refused ]; do sleep 0.05; done
printf '{"apiVersion":"%s","kind":"ExecCredential","status":{"token":"%s"}}' '${exec.apiVersion}' "$(cat token-$((n)))"
`;
    await writeFiles(folder, {
      config: template.replace(/user:\n\s+token: .*/, `user: { exec: ${JSON.stringify(exec)} }`),
      'plugin!': plugin,
      'token-1': await token(),
      'token-2': await token(),
      'token-3': await token(),
    });
    const place = { folder, env: { KUBECONFIG: path.join(folder, 'config') } };
    cluster = await new Oracle('').connect(place);
  });
  after(async () => {
    ended.abort();
    cluster?.dispose();
    await lab?.proxy.clear();
    await rm(folder, { recursive: true });
  });

  const runs = async (): Promise<number> =>
    (await readFile(path.join(folder, 'runs.log'), 'utf8')).split('\n').length - 1;
  /** Opens all watches, which end when the connections are cut. */
  const openAll = async (): Promise<void> => {
    const { metadata } = await cluster.list(configMaps, { namespace: 'alice', limit: 1 });
    await Promise.all(
      Array.from(
        { length: watches },
        () =>
          new Promise<void>((resolve, reject) => {
            const query = { watch: true, resourceVersion: metadata.resourceVersion };
            const read = async (): Promise<void> => {
              for await (const line of cluster.lines({ path: watchPath, query, signal: ended.signal, onOpen: resolve }))
                void line;
            };
            read().catch(reject);
          }),
      ),
    );
  };

  it('a 401 to each of them starts one plugin run, not 200', async () => {
    await openAll();
    assert.equal(await runs(), 1);
    await lab.proxy.cut();
    await lab.proxy.set({ match: { path: 'watch=true' }, do: { kind: 'status', status: 401 }, times: watches });
    const refused = async (): Promise<void> => {
      while ((await lab.proxy.left()) > 0) await delay(20);
      await writeFiles(folder, { refused: '' });
    };
    await Promise.all([openAll(), refused()]);
    assert.equal(await runs(), 2);
    assert.ok((await lab.proxy.connections()) >= watches);
  });
});
