import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { nodes, pods, type KubeObject, type Pod } from '../../src/k8s/objects.ts';
import type { KernelActivity } from '../controllers/idleness.ts';
import { notebookNameLabel } from '../controllers/objects.ts';
import { RunFolder, repository } from '../folders.ts';
import { ensureJupyterEnv } from './jupyterEnv.ts';
import { getFromJupyter } from './jupyterCommand.ts';
import { stages } from './kwokObjects.ts';
import { NodeContext } from './nodeContext.ts';
import { labNodes, nodeObject } from './nodeObjects.ts';
import { clearPodFolders, makeExecFolder } from './podFolder.ts';
import { PodWorker } from './podWorker.ts';

export { ensureJupyterEnv } from './jupyterEnv.ts';

/** How long Jupyter may take to end when the lab ends. */
const shutdownGraceMs = 3000;

export interface NodeOptions {
  /** The run folder. */
  run: string;
  readyBeforeAnswering: boolean;
  logger: Logger;
  progress?: (line: string) => void;
}

export interface LabNodes {
  /** What `GET api/kernels` of a notebook server says: the culler's way to it. Undefined while it does not answer. */
  kernels(namespace: string, name: string): Promise<readonly KernelActivity[] | undefined>;
  /** Where on this machine the Jupyter behind a pod's address and port listens; undefined while none does. */
  at(address: string, port: number): { host: string; port: number } | undefined;
  /** Ends every Jupyter. Resolves when no process is left. */
  dispose(): Promise<void>;
}

/** The folder that must be first on kwok's PATH, so that `kubectl exec` finds the pods' programs. */
export function execFolder(run: string): string {
  return path.join(run, 'exec-bin');
}

/**
 * Makes the lab's nodes and plays their kubelets: notebook servers' pods become real Jupyter processes, all others are
 * played by kwok, whose CRDs must be there.
 */
export async function startNodes(cluster: Cluster, o: NodeOptions): Promise<LabNodes> {
  const jupyter = await ensureJupyterEnv(o.progress ?? ((line) => o.logger.info(line)));
  const podsFolder = path.join(o.run, 'pods');
  await clearPodFolders(podsFolder);
  await makeExecFolder(execFolder(o.run));
  for (const stage of await readStages(new RunFolder(o.run).tools())) await ensure(cluster, stage);
  for (const node of labNodes) await ensure(cluster, nodeObject(node));
  const context = new NodeContext({ cluster, jupyter, podsFolder, ...o });
  const kubelets = new Kubelets(context);
  await kubelets.start();
  return {
    kernels: (namespace, name) => kubelets.kernels(namespace, name),
    at: (address, port) => kubelets.at(address, port),
    dispose: async () => {
      await kubelets.stop();
      context.dispose();
    },
  };
}

/** kwok's own stages for nodes, from its module, and ours for pods. */
async function readStages(tools: string): Promise<KubeObject[]> {
  const ofNodes = ['fast/node-initialize.yaml', 'heartbeat-with-lease/node-heartbeat-with-lease.yaml'];
  const files = [
    ...ofNodes.map((name) => path.join(tools, 'kwok', 'stage', 'node', name)),
    path.join(repository, 'lab', 'nodes', 'stages', 'pods.yaml'),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject));
}

async function ensure(cluster: Cluster, object: KubeObject): Promise<void> {
  try {
    await cluster.create(object.kind === 'Node' ? nodes : stages, object);
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
  }
}

/** Hands each notebook server's pod on our nodes to a worker of its own. */
class Kubelets {
  readonly #context: NodeContext;
  readonly #pods: LiveList<Pod>;
  readonly #workers = new Map<string, PodWorker>();
  readonly #ending = new Set<Promise<void>>();
  #addresses = 1;

  constructor(context: NodeContext) {
    this.#context = context;
    this.#pods = new LiveList<Pod>(
      context.cluster,
      { type: pods, labelSelector: notebookNameLabel },
      { logger: context.logger, batchMs: 5 },
    );
    this.#pods.onDidChange(({ keys }) => keys.forEach((key) => this.#changed(key)));
  }

  async start(): Promise<void> {
    this.#pods.start();
    await this.#pods.ready();
  }

  async stop(): Promise<void> {
    this.#pods.dispose();
    for (const key of [...this.#workers.keys()]) this.#end(key, shutdownGraceMs);
    await Promise.all(this.#ending);
  }

  async kernels(namespace: string, name: string): Promise<readonly KernelActivity[] | undefined> {
    const port = this.#workers.get(`${namespace}/${name}-0`)?.port;
    if (port === undefined) return undefined;
    try {
      return JSON.parse(
        await getFromJupyter(port, `/notebook/${namespace}/${name}/api/kernels`, 10_000),
      ) as KernelActivity[];
    } catch (error) {
      this.#context.logger.debug(`${namespace}/${name} does not tell its kernels: ${String(error)}`);
      return undefined;
    }
  }

  at(address: string, podPort: number): { host: string; port: number } | undefined {
    const worker = [...this.#workers.values()].find((one) => one.address === address && one.podPort === podPort);
    return worker?.port === undefined ? undefined : { host: '127.0.0.1', port: worker.port };
  }

  #changed(key: string): void {
    const pod = this.#pods.items.get(key);
    const worker = this.#workers.get(key);
    if (worker && worker.uid !== pod?.metadata.uid) this.#end(key, 0);
    if (!pod) return;
    if (this.#workers.has(key)) {
      this.#workers.get(key)!.update(pod);
      return;
    }
    const node = labNodes.find((one) => one.name === pod.spec?.nodeName);
    if (!node) return;
    const made = new PodWorker(this.#context, node, pod, `10.244.${node.subnet}.${(this.#addresses++ % 253) + 2}`);
    this.#workers.set(key, made);
    made.update(pod);
  }

  #end(key: string, graceMs: number): void {
    const worker = this.#workers.get(key);
    if (!worker) return;
    this.#workers.delete(key);
    const ending = worker
      .stop(graceMs)
      .catch((error: unknown) => this.#context.logger.error(`${key} did not end: ${String(error)}`))
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
