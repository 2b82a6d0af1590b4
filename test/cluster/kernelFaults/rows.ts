/** What can happen under a running cell. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KernelFault } from './row.ts';
import { name, pod, type KernelWorld } from './world.ts';

const lost = new RegExp(`^Connection to ${name} lost\\. The cell goes on running there\\.$`);

const gone = 'Its variables are gone; your notebook is not\\.$';
const unknown = new RegExp(
  `^The kernel ended, and it is not known why\\. Often it needed more memory than the server has\\. ${gone}`,
);
const restarted = new RegExp(`^${name} was restarted, and the kernel with it\\. ${gone}`);
const stopped = new RegExp(`^${name} was stopped, and the kernel with it\\. ${gone}`);

/** Numbers come again. */
const heardAgain = ({ cell }: KernelWorld) => cell.more(20, 60);

/** The path to the server is like this for some time, then open again. */
const pathFor = (state: 'refused' | 'silent', ms: number): Pick<KernelFault, 'make' | 'undo'> => ({
  make: async ({ lab }) => {
    await lab.proxy.path(state);
    await delay(ms);
  },
  undo: async (world) => {
    await world.lab.proxy.path('open');
    await heardAgain(world);
  },
});

const stop = ({ kubectl }: KernelWorld, manager: string) =>
  kubectl(
    'annotate',
    'notebook',
    name,
    `kubeflow-resource-stopped=${new Date().toISOString()}`,
    `--field-manager=${manager}`,
  );

const startAgain = async ({ kubectl, connection }: KernelWorld) => {
  await kubectl('annotate', 'notebook', name, 'kubeflow-resource-stopped-');
  await kubectl('wait', '--for=create', `pod/${pod}`, '--timeout=60s');
  for (const until = Date.now() + 60_000; ; await delay(200)) {
    const why = connection.tunnel.target.current();
    if (why.kind === 'ready' || why.why === 'starting') break;
    if (Date.now() > until) throw new Error('the server was not seen to start');
  }
  await connection.server.waitUntilAnswers(undefined, 60_000);
};

/** The way to the server. The cell knows nothing of it. */
export const way: KernelFault[] = [
  {
    fault: 'the tunnel is cut',
    make: ({ lab }) => lab.proxy.cut(),
    undo: heardAgain,
    cell: 'goes on',
    meanwhile: lost,
    output: 'perhaps lost, then named',
    variables: 'kept',
  },
  {
    fault: 'the network is away for some seconds',
    ...pathFor('refused', 3000),
    cell: 'goes on',
    meanwhile: lost,
    output: 'perhaps lost, then named',
    variables: 'kept',
  },
  {
    fault: 'the network says nothing for a moment, in which nobody gives up',
    ...pathFor('silent', 1500),
    cell: 'goes on',
    output: 'nothing lost',
    variables: 'kept',
  },
  {
    fault: 'the connection is half-open: both sides believe in it and no packet passes',
    make: ({ lab }) => lab.proxy.path('forgotten'),
    undo: heardAgain,
    heartbeatMs: 1000,
    cell: 'goes on',
    meanwhile: lost,
    output: 'loss named',
    variables: 'kept',
  },
  {
    fault: 'the API server is restarted',
    make: ({ lab }) => lab.component('kube-apiserver', 'kill'),
    undo: async (world) => {
      await world.lab.component('kube-apiserver', 'start');
      await heardAgain(world);
    },
    cell: 'goes on',
    meanwhile: lost,
    output: 'perhaps lost, then named',
    variables: 'kept',
  },
];

/** The kernel and what it runs in. */
export const kernel: KernelFault[] = [
  {
    fault: 'the kernel is killed',
    make: ({ cell }) => process.kill(cell.processes.kernel, 'SIGKILL'),
    cell: 'ends',
    says: unknown,
    remedy: 'Restart Kernel',
    output: 'nothing lost',
    variables: 'gone',
  },
  {
    fault: 'the kernel alone is ended as memory runs out, of which the pod tells nothing',
    simulated: 'there are no cgroups here, so it is what their OOM killer does: SIGKILL to the kernel, Jupyter goes on',
    make: ({ cell }) => process.kill(cell.processes.kernel, 'SIGKILL'),
    cell: 'ends',
    says: unknown,
    remedy: 'Restart Kernel',
    output: 'nothing lost',
    variables: 'gone',
  },
  {
    fault: 'the container is ended as memory runs out, and restarted',
    simulated: 'the lab kills the container and reports OOMKilled, as a kubelet does with memory.oom.group (cgroup v2)',
    container: true,
    make: ({ kubectl }) => kubectl('exec', pod, '--', 'simulate-oom').catch(() => undefined), // ends with the container
    cell: 'ends',
    says: /^The kernel ended \(out of memory\)\. Its variables are gone; your notebook is not\.$/,
    remedy: 'Restart Kernel',
    output: 'nothing lost',
    variables: 'gone',
  },
  {
    fault: 'Jupyter is killed, and its container restarted',
    container: true,
    make: ({ cell }) => process.kill(cell.processes.jupyter, 'SIGKILL'),
    cell: 'ends',
    says: restarted,
    remedy: 'Restart Kernel',
    output: 'nothing lost',
    variables: 'gone',
  },
  {
    fault: 'Jupyter ends in order, and its container is restarted',
    container: true,
    make: ({ cell }) => process.kill(cell.processes.jupyter, 'SIGTERM'),
    cell: 'ends',
    // It says that it shuts its kernels down, and takes its time to end.
    says: new RegExp(`^(${name} was restarted, and the kernel with it|The kernel was shut down)\\. ${gone}`),
    remedy: 'Restart Kernel',
    output: 'nothing lost',
    variables: 'gone',
  },
  {
    fault: 'the pod is deleted, and replaced by the StatefulSet',
    make: ({ kubectl }) => kubectl('delete', 'pod', pod, '--wait=false'),
    cell: 'ends',
    says: restarted,
    remedy: 'Restart Kernel',
    output: 'nothing lost',
    variables: 'gone',
  },
  {
    fault: 'the server is stopped by its user',
    make: (world) => stop(world, 'kubeflow-notebooks'),
    cell: 'ends',
    says: stopped,
    remedy: 'Start',
    output: 'nothing lost',
    variables: 'gone',
    refused: new RegExp(`^${name} is stopped\\.$`),
    remedied: startAgain,
  },
  {
    fault: 'the server is culled',
    simulated:
      "Kubeflow's culler spares a server with a busy kernel; this is the mark of one that does not see kernels",
    make: (world) => stop(world, 'notebook-controller'),
    cell: 'ends',
    says: stopped,
    remedy: 'Start',
    output: 'nothing lost',
    variables: 'gone',
    refused: new RegExp(`^${name} is stopped\\.$`),
    remedied: startAgain,
  },
];
