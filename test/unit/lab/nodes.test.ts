import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { KubeletBackOff } from '../../../lab/nodes/backOff.ts';
import { ContainerConfigError, containerEnv, expanded } from '../../../lab/nodes/containerEnv.ts';
import { criLine } from '../../../lab/nodes/criLog.ts';
import { GpuAllocator, nvidiaSmiScript } from '../../../lab/nodes/gpus.ts';
import { imageBehaviour, imageExamples, normalised } from '../../../lab/nodes/images.ts';
import { PodProcess, processesOf } from '../../../lab/nodes/podProcess.ts';
import { podStatus, type ContainerRecord } from '../../../lab/nodes/podStatus.ts';
import { containerFiles, makeLinks, removeLinks } from '../../../lab/nodes/podVolumes.ts';
import type { Pod } from '../../../src/k8s/objects.ts';

const run = promisify(execFile);
const temporary: string[] = [];
async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'lab-nodes-'));
  temporary.push(made);
  return made;
}
after(() => Promise.all(temporary.map((one) => rm(one, { recursive: true, force: true }))));

const pod: Pod = {
  metadata: { name: 'mnist-0', namespace: 'alice', uid: 'u', labels: { app: 'x' } },
  spec: { nodeName: 'gpu-node-1', containers: [{ name: 'mnist', image: 'jupyter' }] },
  status: { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
};

describe('the images of the lab', () => {
  it('are the stock ones of Kubeflow, by any v1 tag, and its own', () => {
    for (const image of imageExamples) assert.notEqual(imageBehaviour(image).kind, 'missing', image);
    assert.equal(imageBehaviour('kubeflownotebookswg/jupyter-scipy:v1.9.2').kind, 'jupyter');
    assert.equal(imageBehaviour('registry.example/lab/crash-at-start:1').kind, 'crash');
  });

  it('are no others', () => {
    assert.deepEqual(imageBehaviour('ghcr.io/acme/nb:1'), {
      kind: 'missing',
      error:
        'rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/acme/nb:1": ' +
        'failed to resolve reference "ghcr.io/acme/nb:1": ghcr.io/acme/nb:1: not found',
    });
    assert.equal(imageBehaviour('ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:latest').kind, 'missing');
    assert.equal(imageBehaviour('No Such Image').kind, 'invalid');
  });

  it('have their full names in what is said of them', () => {
    assert.equal(normalised('nope'), 'docker.io/library/nope:latest');
    assert.equal(normalised('acme/nope:1'), 'docker.io/acme/nope:1');
    assert.equal(normalised('localhost:5000/nope'), 'localhost:5000/nope:latest');
  });
});

describe('GPUs', () => {
  it('are given to one pod at a time, by lowest index, and come back', () => {
    const gpus = new GpuAllocator();
    assert.deepEqual(gpus.allocate('a', 'n', 1, 2), [0]);
    assert.deepEqual(gpus.allocate('b', 'n', 1, 2), [1]);
    assert.deepEqual(gpus.allocate('a', 'n', 1, 2), [0]);
    assert.throws(() => gpus.allocate('c', 'n', 1, 2));
    gpus.release('a');
    assert.deepEqual(gpus.allocate('c', 'n', 1, 2), [0]);
  });

  it('are what nvidia-smi lists, and it says that they are simulated', async () => {
    const file = path.join(await folder(), 'nvidia-smi');
    await writeFile(file, nvidiaSmiScript('gpu-node-1', [1]), { mode: 0o755 });
    const { stdout } = await run(file, ['-L']);
    assert.equal(stdout, 'GPU 0: Tesla T4 (UUID: GPU-simulated-gpu-node-1-1) [simulated by the lab]\n');
    assert.match((await run(file)).stdout, /simulated by the lab[^]*Tesla T4/);
  });

  it('are none for a pod that asked for none', async () => {
    const file = path.join(await folder(), 'nvidia-smi');
    await writeFile(file, nvidiaSmiScript('gpu-node-1', []), { mode: 0o755 });
    await assert.rejects(run(file, ['-L']), { code: 6, stdout: 'No devices were found\n' });
  });
});

describe("a kubelet's back-off", () => {
  it('is nothing at first, then 10 s, doubling up to 5 min', () => {
    const backOff = new KubeletBackOff();
    const waits: number[] = [];
    const words: string[] = [];
    let now = 1_000_000;
    for (let failure = 0; failure < 8; failure++) {
      waits.push(backOff.remaining(now, now) / 1000);
      backOff.next(now);
      words.push(backOff.words);
      now += waits.at(-1)! * 1000 + 100;
    }
    assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
    assert.deepEqual(words.slice(3), ['1m20s', '2m40s', '5m0s', '5m0s', '5m0s']);
  });

  it('is forgotten after 10 minutes without a failure', () => {
    const backOff = new KubeletBackOff();
    backOff.next(0);
    assert.equal(backOff.remaining(601_000, 601_000), 0);
  });
});

describe("a pod's status", () => {
  const now = new Date('2026-01-02T03:04:05Z');
  const facts = (record: ContainerRecord) => ({
    ...{ pod, podIP: '10.244.2.2', sandbox: true },
    containers: new Map([['mnist', record]]),
  });

  it('is pending and says why while the container waits', () => {
    const state = { waiting: { reason: 'ContainerCreating' } };
    const status = podStatus(facts({ state, ready: false, restartCount: 0 }), now);
    assert.equal(status.phase, 'Pending');
    assert.deepEqual(status.conditions?.[2], {
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [mnist]',
      lastTransitionTime: '2026-01-02T03:04:05Z',
    });
    assert.deepEqual(
      status.conditions?.map(({ type }) => type),
      ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'],
    );
  });

  it('stays running while a container waits to be restarted', () => {
    const terminated = { exitCode: 1, reason: 'Error' };
    const record = {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated },
      ready: false,
      restartCount: 2,
    };
    assert.equal(podStatus(facts(record), now).phase, 'Running');
  });

  it('keeps the transition time of a condition that did not change', () => {
    const running = { state: { running: {} }, ready: true, restartCount: 0 };
    const previous = podStatus(facts(running), new Date('2026-01-01T00:00:00Z')).conditions;
    const status = podStatus({ ...facts(running), previous }, now);
    assert.equal(status.conditions?.[2]?.lastTransitionTime, '2026-01-01T00:00:00Z');
    assert.deepEqual(status.conditions?.[2]?.status, 'True');
  });
});

describe("a container's variables", () => {
  const read = (kind: string, name: string) => Promise.resolve(name === 'there' ? { KEY: `${kind} value` } : undefined);

  it('come from envFrom, literals, fields, Secrets and ConfigMaps, in order', async () => {
    const container = {
      name: 'mnist',
      envFrom: [{ prefix: 'P_', secretRef: { name: 'there' } }, { configMapRef: { name: 'gone', optional: true } }],
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)-$(P_KEY)-$(C)-$$(A)' },
        { name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'D', valueFrom: { configMapKeyRef: { name: 'there', key: 'KEY' } } },
        { name: 'E', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      ],
    };
    assert.deepEqual(await containerEnv(pod, container, '10.0.0.1', read), {
      P_KEY: 'secret value',
      A: 'a',
      B: 'a-secret value-$(C)-$(A)',
      C: 'mnist-0',
      D: 'configmap value',
      E: 'x',
    });
    assert.equal(expanded('100 $', {}), '100 $');
  });

  it('that cannot be had are told in the words of a kubelet', async () => {
    const of = (secretKeyRef: { name: string; key: string }) =>
      containerEnv(pod, { name: 'mnist', env: [{ name: 'A', valueFrom: { secretKeyRef } }] }, '', read);
    await assert.rejects(of({ name: 'gone', key: 'k' }), new ContainerConfigError('secret "gone" not found'));
    const missing = new ContainerConfigError("couldn't find key k in Secret alice/there");
    await assert.rejects(of({ name: 'there', key: 'k' }), missing);
  });
});

describe("a container's files", () => {
  const folders = new Map([
    ['ws', '/v/ws'],
    ['data', '/v/data'],
    ['shm', '/v/shm'],
  ]);

  it('have the volume at /home/jovyan as home, and links to those below it', () => {
    const volumeMounts = [
      { name: 'ws', mountPath: '/home/jovyan/' },
      { name: 'data', mountPath: '/home/jovyan/sets/data', subPath: 'mnist' },
      { name: 'shm', mountPath: '/dev/shm' },
    ];
    assert.deepEqual(containerFiles({ name: 'c', volumeMounts }, folders), {
      home: '/v/ws',
      links: [{ at: 'sets/data', to: '/v/data/mnist' }],
      elsewhere: [{ mountPath: '/dev/shm', folder: '/v/shm' }],
    });
  });

  it('have the volume at the working directory as home when none is at /home/jovyan', () => {
    const container = { name: 'c', workingDir: '/work', volumeMounts: [{ name: 'ws', mountPath: '/work' }] };
    assert.equal(containerFiles(container, folders).home, '/v/ws');
  });

  it('are linked into the home and out of it again, and the author’s own files stay', async () => {
    const root = await folder();
    const home = path.join(root, 'home');
    const links = [
      { at: 'data', to: path.join(root, 'data') },
      { at: 'mine', to: path.join(root, 'other') },
    ];
    await mkdir(path.join(home, 'mine'), { recursive: true });
    await makeLinks(home, links);
    await makeLinks(home, links);
    assert.equal(await readlink(path.join(home, 'data')), path.join(root, 'data'));
    await removeLinks(home, links);
    await assert.rejects(lstat(path.join(home, 'data')));
    assert.ok((await lstat(path.join(home, 'mine'))).isDirectory());
  });
});

describe('a process of a pod', () => {
  const start = async (script: string, uid: string) => {
    const root = await folder();
    const logFile = path.join(root, 'log');
    const env = { PATH: process.env.PATH ?? '' };
    const spec = { program: '/bin/sh', args: ['-c', script], env, folder: root, logFile, podUid: uid };
    return { process: await PodProcess.start(spec), logFile };
  };

  it('is logged line by line in the format of container runtimes, and its exit code is told', async () => {
    const { process, logFile } = await start('echo one; echo two >&2; exit 3', 'test-exit');
    assert.equal((await process.ended).exitCode, 3);
    const lines = (await readFile(logFile, 'utf8'))
      .trimEnd()
      .split('\n')
      .sort((a, b) => a.slice(30).localeCompare(b.slice(30)));
    assert.match(lines.join('\n'), /^\S+Z stderr F two\n\S+Z stdout F one$/);
    assert.equal(criLine('stdout', 'x', new Date(0)), '1970-01-01T00:00:00.000000000Z stdout F x\n');
  });

  it('takes with it what it started in other sessions', async function () {
    if (process.platform !== 'linux') return this.skip();
    const { process: parent } = await start('setsid sleep 60 & wait', 'test-children');
    while ((await processesOf('test-children')).length < 2) await new Promise(setImmediate);
    const end = await parent.stop(5000);
    assert.equal(end.exitCode, 143);
    assert.deepEqual(await processesOf('test-children'), []);
  });

  it('is ended by force when it does not end in time', async () => {
    const { process, logFile } = await start("trap '' TERM; echo ready; while :; do sleep 0.1; done", 'test-force');
    while (!(await readFile(logFile, 'utf8')).includes('ready')) await new Promise(setImmediate);
    assert.equal((await process.stop(50)).exitCode, 137);
  });
});
