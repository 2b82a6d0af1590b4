import assert from 'node:assert/strict';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import type { CoreEvent, Pod, StatefulSet } from '../../src/k8s/objects.ts';
import { portForward } from '../../src/k8s/portForward.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { smallNotebook } from './support/notebooks.ts';

interface NotebookStatus {
  conditions: { type: string; status: string; reason?: string; message?: string }[];
  readyReplicas: number;
  containerState: { running?: object; waiting?: { reason: string; message?: string } };
}

describe('notebook servers in the lab', function () {
  this.timeout(120_000);
  let lab: Lab;
  const space = `notebook-${process.pid}`;

  const kubectl = (...args: string[]) => lab.kubectl(['-n', space, ...args]);
  const get = async <T>(...args: string[]) => JSON.parse(await kubectl('get', ...args, '-o', 'json')) as T;
  const waitFor = (condition: string, ...what: string[]) =>
    kubectl('wait', `--for=${condition}`, '--timeout=60s', ...what);
  const apply = (...objects: object[]) =>
    lab.kubectl(['-n', space, 'apply', '-f', '-'], {
      input: objects.map((one) => JSON.stringify(one)).join('\n---\n'),
    });
  /** Controllers follow one another: looks until it is so, for a minute at most; then what is wrong is thrown. */
  const until = async (look: () => Promise<void>): Promise<void> => {
    for (const end = Date.now() + 60_000; ; await delay(200)) {
      try {
        return await look();
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  };
  const statusOf = async (name: string) => (await get<{ status: NotebookStatus }>('notebook', name)).status;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    const spec = { owner: { kind: 'User', name: 'eve@example.com' } };
    await lab.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'kubeflow.org/v1', kind: 'Profile', metadata: { name: space }, spec }),
    });
    await waitFor('create', 'serviceaccount/default-editor');
  });

  after(() => lab.kubectl(['delete', 'profile', space, '--ignore-not-found', '--timeout=60s']));

  describe('with a workspace and a GPU', () => {
    const name = 'mnist';
    const exec = (...command: string[]) => kubectl('exec', `${name}-0`, '--', ...command);

    before(async () => {
      const claim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'workspace' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      };
      const notebook = smallNotebook(name, space, { gpus: 1 });
      const pod = notebook.spec!.template!.spec!;
      pod.volumes = [{ name: 'workspace', persistentVolumeClaim: { claimName: 'workspace' } }];
      pod.containers[0]!.volumeMounts = [{ name: 'workspace', mountPath: '/home/jovyan' }];
      await apply(claim, notebook);
      await waitFor('jsonpath={.status.readyReplicas}=1', `notebook/${name}`);
    });

    it('run a Jupyter that answers through a port-forward, at the prefix of Kubeflow', async () => {
      const cluster = await clusterOf(lab, 'admin');
      try {
        const socket = await portForward(cluster, { namespace: space, pod: `${name}-0`, port: 8888 });
        const path = `/notebook/${space}/${name}/api/status`;
        const body = await new Promise<string>((resolve, reject) => {
          const request = http.get(
            { path, createConnection: () => socket, headers: { host: 'localhost' } },
            (response) => {
              let text = '';
              response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
              response.on('end', () => resolve(text));
            },
          );
          request.on('error', reject);
        });
        assert.equal((JSON.parse(body) as { kernels: number }).kernels, 0);
      } finally {
        cluster.dispose();
      }
    });

    it('see the GPU that they were given, and the stand-in says what it is', async () => {
      const gpus = await exec('nvidia-smi', '-L');
      assert.match(gpus, /^GPU 0: Tesla T4 \(UUID: GPU-simulated-[^)]+\) \[simulated by the lab\]\n$/);
      assert.equal((await get<Pod>('pod', `${name}-0`)).spec?.nodeName, 'gpu-node-1');
    });

    it("have their pod's state and conditions in the Notebook's status", async () => {
      await until(async () => {
        const status = await statusOf(name);
        assert.ok(status.containerState.running);
        assert.deepEqual(
          status.conditions.map(({ type, status }) => `${type}=${status}`),
          [
            'PodReadyToStartContainers=True',
            'Initialized=True',
            'Ready=True',
            'ContainersReady=True',
            'PodScheduled=True',
          ],
        );
      });
    });

    it("repeat their pod's and StatefulSet's events", async () => {
      let items: CoreEvent[] = [];
      await until(async () => {
        ({ items } = await get<{ items: CoreEvent[] }>(
          ...['events', '--field-selector', `involvedObject.kind=Notebook,involvedObject.name=${name}`],
        ));
        const messages = items.map(({ message }) => message ?? '');
        for (const start of [
          `Reissued from statefulset/${name}: Create Pod ${name}-0 in StatefulSet ${name} successful`,
          `Reissued from pod/${name}-0: Successfully assigned ${space}/${name}-0 to gpu-node-1`,
          `Reissued from pod/${name}-0: Container started`,
        ]) {
          assert.ok(messages.includes(start), `${start} is not in\n${messages.join('\n')}`);
        }
      });
      for (const event of items) {
        assert.deepEqual(event.source, { component: 'notebook-controller' });
        assert.equal(event.involvedObject.apiVersion, 'kubeflow.org/v1beta1');
      }
    });

    it('keep their files over stop and start, and their kernels end with them', async () => {
      await exec('sh', '-c', 'echo kept > file.txt; sleep 300 >/dev/null 2>&1 &');
      await kubectl('annotate', 'notebook', name, 'kubeflow-resource-stopped=2026-01-01T00:00:00Z');
      await waitFor('delete', `pod/${name}-0`);
      await waitFor('jsonpath={.status.readyReplicas}=0', `notebook/${name}`);
      await until(async () => assert.deepEqual((await statusOf(name)).containerState, {}));
      await kubectl('annotate', 'notebook', name, 'kubeflow-resource-stopped-');
      await waitFor('jsonpath={.status.readyReplicas}=1', `notebook/${name}`);
      assert.equal(await exec('cat', 'file.txt'), 'kept\n');
    });

    it('are restarted when memory runs out, and the pod says so', async () => {
      await exec('simulate-oom').catch(() => undefined); // it may end with the container
      await waitFor('jsonpath={.status.containerStatuses[0].restartCount}=1', `pod/${name}-0`);
      const { lastState } = (await get<Pod>('pod', `${name}-0`)).status!.containerStatuses![0]!;
      assert.equal(lastState?.terminated?.reason, 'OOMKilled');
      assert.equal(lastState?.terminated?.exitCode, 137);
      await waitFor('condition=Ready', `pod/${name}-0`);
    });

    it('get an edited image but never edited labels', async () => {
      await kubectl('label', 'notebook', name, 'later=true');
      const image = 'registry.example/lab/jupyter:1';
      const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }];
      await kubectl('patch', 'notebook', name, '--type=json', '-p', JSON.stringify(patch));
      await waitFor(`jsonpath={.spec.template.spec.containers[0].image}=${image}`, `statefulset/${name}`);
      const { spec } = await get<StatefulSet>('statefulset', name);
      assert.deepEqual(spec?.template.metadata?.labels, { app: name, statefulset: name, 'notebook-name': name });
      await kubectl('rollout', 'status', `statefulset/${name}`, '--timeout=60s');
    });

    it('are gone with the Notebook, and their volume stays', async () => {
      await kubectl('delete', 'notebook', name, '--cascade=foreground', '--timeout=60s');
      await waitFor('delete', `pod/${name}-0`, `statefulset/${name}`, `service/${name}`);
      assert.match(await kubectl('get', 'pvc', 'workspace'), /Bound/);
    });
  });

  it('without a GPU find no nvidia-smi on the CPU node', async () => {
    const notebook = smallNotebook('plain', space);
    notebook.spec!.template!.spec!.nodeSelector = { 'kubernetes.io/hostname': 'cpu-node-1' };
    await apply(notebook);
    await waitFor('jsonpath={.status.readyReplicas}=1', 'notebook/plain');
    await assert.rejects(kubectl('exec', 'plain-0', '--', 'nvidia-smi', '-L'), /executable file not found|127/);
  });

  it('with an image that does not exist say so as a kubelet does', async () => {
    await apply(smallNotebook('missing', space, { image: 'ghcr.io/acme/nb:1' }));
    await waitFor('jsonpath={.status.containerState.waiting.reason}=ImagePullBackOff', 'notebook/missing');
    const { containerState } = await statusOf('missing');
    assert.match(
      containerState.waiting?.message ?? '',
      /^Back-off pulling image "ghcr\.io\/acme\/nb:1": ErrImagePull: .*not found$/,
    );
  });

  it('that crash at start back off', async () => {
    await apply(smallNotebook('crash', space, { image: 'registry.example/lab/crash-at-start:1' }));
    await waitFor('jsonpath={.status.containerState.waiting.reason}=CrashLoopBackOff', 'notebook/crash');
    const { containerState } = await statusOf('crash');
    assert.match(containerState.waiting?.message ?? '', /^back-off 10s restarting failed container=crash pod=crash-0_/);
    assert.match(await kubectl('logs', 'crash-0', '--previous'), /ModuleNotFoundError/);
  });

  it('that fit on no node mirror the words of the scheduler', async () => {
    await apply(smallNotebook('greedy', space, { gpus: 4 }));
    await waitFor('jsonpath={.status.conditions[0].reason}=Unschedulable', 'notebook/greedy');
    const status = await statusOf('greedy');
    assert.match(status.conditions[0]!.message ?? '', /^0\/2 nodes are available: .*Insufficient nvidia\.com\/gpu/);
    assert.deepEqual([status.readyReplicas, status.containerState], [0, {}]);
  });
});
