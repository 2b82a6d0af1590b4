import { writeFile, access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { isKubeError } from '../../src/k8s/errors.ts';
import { pods, resourcePath, type Pod, type Raw } from '../../src/k8s/objects.ts';
import type { V1Container } from '@kubernetes/client-node';
import { namespaceOf, notebookNameLabel, timestamp } from '../controllers/objects.ts';
import { markVariable } from '../cluster/leftovers.ts';
import { KubeletBackOff } from './backOff.ts';
import { ContainerConfigError, containerEnv } from './containerEnv.ts';
import { gpuKey } from './gpus.ts';
import { presentMessage, pullImage } from './imagePull.ts';
import { imageBehaviour } from './images.ts';
import { freePort, jupyterAnswers, jupyterArguments } from './jupyterCommand.ts';
import { PodEndpoints } from './kwokObjects.ts';
import type { LabNode } from './nodeObjects.ts';
import type { NodeContext } from './nodeContext.ts';
import { PodFolder } from './podFolder.ts';
import { PodProcess, type ProcessEnd } from './podProcess.ts';
import { PodReport } from './podReport.ts';
import { containerFiles, makeLinks, removeLinks, volumeFolders, type ContainerFiles } from './podVolumes.ts';

/** Kubeflow's, where the container names none. */
const defaultPort = 8888;
const readyAheadMs = 3000;
/** Mounts that the processes here have as they are, or have no use for. */
const provided = /^\/dev\/shm$|^(?:\/var)?\/run\/secrets\//;

/**
 * Plays the kubelet for one notebook server's pod: mounts, pulls, starts the real process, restarts it when it ends, and
 * ends it with the pod.
 */
export class PodWorker {
  readonly #context: NodeContext;
  readonly #node: LabNode;
  readonly #container: Raw<V1Container>;
  readonly #report: PodReport;
  readonly #folder: PodFolder;
  readonly #endpoints: PodEndpoints;
  readonly #life = new AbortController();
  readonly #ended: Promise<void>;
  #process: PodProcess | undefined;
  #port: number | undefined;
  #deleting: Promise<void> | undefined;
  #gpus: readonly number[] | undefined;
  #home = '';
  #files: ContainerFiles = { links: [], elsewhere: [] };

  constructor(context: NodeContext, node: LabNode, pod: Pod, podIP: string) {
    this.#context = context;
    this.#node = node;
    const named = pod.metadata.labels?.[notebookNameLabel];
    const containers = pod.spec!.containers;
    this.#container = containers.find((one) => one.name === named) ?? containers[0]!;
    this.#folder = new PodFolder(context.podFolder(pod.metadata.uid!));
    this.#endpoints = new PodEndpoints(context.cluster, pod, this.#container.name);
    this.#report = new PodReport(context, node.name, pod, podIP, this.#container);
    this.#ended = this.#run().catch((error: unknown) => {
      if (!this.#life.signal.aborted) context.logger.error(`${this.#report.key}: ${String(error)}`);
    });
  }

  /** The loopback port of the Jupyter, while it answers. */
  get port(): number | undefined {
    return this.#port;
  }

  /** The pod's own address, which leads nowhere outside of the lab's pod network. */
  get address(): string {
    return this.#report.podIP;
  }

  /** The container's port that the Jupyter is reached at. */
  get podPort(): number {
    return this.#container.ports?.[0]?.containerPort ?? defaultPort;
  }

  get uid(): string {
    return this.#report.pod.metadata.uid!;
  }

  /** The pod's object changed. */
  update(pod: Pod): void {
    this.#report.observe(pod);
    if (pod.metadata.deletionTimestamp) {
      this.#deleting ??= this.#delete(pod).catch((error: unknown) =>
        this.#context.logger.error(`${this.#report.key} is not deleted: ${String(error)}`),
      );
    }
  }

  /** The pod's object is gone, or the lab ends: so do its processes. Resolves when they have. */
  async stop(graceMs: number): Promise<void> {
    this.#life.abort(new Error('the pod ends'));
    await this.#process?.stop(graceMs);
    await this.#ended;
    await removeLinks(this.#home, this.#files.links);
    this.#context.gpus.release(this.uid);
    await this.#folder.remove();
  }

  async #run(): Promise<void> {
    const { signal } = this.#life;
    await this.#report.write();
    await this.#mount(signal);
    this.#report.sandbox = true;
    await this.#report.write();
    await pullImage(this.#context, this.#node.name, this.#container, this.#report, signal);
    const crashes = new KubeletBackOff();
    for (let restart = 0; ; restart++) {
      const end = await this.#runOnce(restart, signal);
      this.#port = undefined;
      await this.#endpoints.close();
      signal.throwIfAborted();
      await this.#report.terminated(end, await this.#reason(end));
      const failedAt = end.finishedAt.getTime();
      if (crashes.remaining(failedAt, Date.now()) > 0) {
        await this.#report.crashLoop(crashes.words);
        await delay(crashes.remaining(failedAt, Date.now()), undefined, { signal });
      }
      crashes.next(failedAt);
    }
  }

  async #mount(signal: AbortSignal): Promise<void> {
    const { pod } = this.#report;
    this.#gpus = this.#allocateGpus();
    await this.#folder.make(this.#node.name, this.#gpus);
    for (let wait = 500; ; wait = Math.min(wait * 2, 30_000)) {
      try {
        this.#files = containerFiles(
          this.#container,
          await volumeFolders(this.#context.cluster, pod, this.#folder.volumes()),
        );
        break;
      } catch (error) {
        this.#report.event('Warning', 'FailedMount', `MountVolume.SetUp failed: ${(error as Error).message}`, false);
        await delay(wait, undefined, { signal });
      }
    }
    this.#home = this.#files.home ?? this.#folder.home();
    await makeLinks(this.#home, this.#files.links);
    for (const { mountPath } of this.#files.elsewhere) {
      if (!provided.test(mountPath))
        this.#context.logger.warn(
          `${this.#report.key}: ${mountPath} is outside the home, so its processes don't see it there`,
        );
    }
  }

  /** One run of the container, from its making to its end. */
  async #runOnce(restart: number, signal: AbortSignal): Promise<ProcessEnd> {
    const image = this.#container.image ?? '';
    if (restart > 0) this.#report.event('Normal', 'Pulled', presentMessage(image));
    const authored = await this.#authoredEnv(signal);
    const { pod } = this.#report;
    const mark = process.env[markVariable];
    const base = this.#folder.baseEnv({
      home: this.#home,
      hostname: pod.metadata.name,
      venvBin: this.#context.jupyter.bin,
      node: this.#node.name,
      gpus: this.#gpus,
    });
    // PATH and HOME stand for the image's own, which its author's values would be relative to.
    const env = { ...base, ...authored, PATH: base.PATH!, HOME: base.HOME!, ...(mark ? { [markVariable]: mark } : {}) };
    const port = await freePort();
    const prefix = authored.NB_PREFIX || '/';
    const behaviour = imageBehaviour(image);
    const script = behaviour.kind === 'crash' ? `printf '%s\\n' "$@" >&2; exit ${behaviour.exitCode}` : '';
    signal.throwIfAborted();
    const running = await PodProcess.start({
      ...(behaviour.kind === 'crash'
        ? { program: '/bin/sh', args: ['-c', script, 'start', ...behaviour.log] }
        : {
            program: `${this.#context.jupyter.bin}/jupyter-lab`,
            args: jupyterArguments({ port, prefix, home: this.#home }),
          }),
      env,
      folder: this.#home,
      logFile: this.#folder.log(restart),
      podUid: this.uid,
    });
    this.#process = running;
    if (signal.aborted) await running.stop(0);
    await writeFile(this.#folder.pidFile(), String(running.pid ?? ''));
    this.#report.event('Normal', 'Created', 'Container created');
    this.#report.event('Normal', 'Started', 'Container started');
    await this.#report.running(running.startedAt, { id: randomUUID().replaceAll('-', '').padEnd(64, '0'), restart });
    await Promise.all([
      this.#endpoints.logs(this.#folder.log(restart), restart > 0 ? this.#folder.log(restart - 1) : undefined),
      this.#endpoints.exec(this.#home, { ...env, KUBEFLOW_LAB_POD: this.uid }),
      this.#endpoints.forward(this.podPort),
    ]);
    const run = new AbortController();
    const serving = this.#serve(port, prefix, AbortSignal.any([signal, run.signal])).catch((error: unknown) => {
      if (!run.signal.aborted && !signal.aborted) this.#context.logger.error(`${this.#report.key}: ${String(error)}`);
    });
    const end = await running.ended;
    run.abort(new Error('the container ended'));
    await serving;
    return end;
  }

  /** Readiness: when Jupyter answers, or, as without a probe on a real cluster, some time before it can be reached. */
  async #serve(port: number, prefix: string, signal: AbortSignal): Promise<void> {
    await jupyterAnswers(port, prefix, signal);
    if (this.#context.readyBeforeAnswering) {
      await this.#report.ready();
      await delay(readyAheadMs, undefined, { signal });
    }
    await this.#endpoints.forward(this.podPort, port);
    this.#port = port;
    if (!this.#context.readyBeforeAnswering) await this.#report.ready();
  }

  /** The node's cards for this pod; undefined on a node without any. */
  #allocateGpus(): readonly number[] | undefined {
    if (this.#node.gpus === 0) return undefined;
    const limits = this.#container.resources?.limits;
    return this.#context.gpus.allocate(this.uid, this.#node.name, Number(limits?.[gpuKey] ?? 0), this.#node.gpus);
  }

  async #authoredEnv(signal: AbortSignal): Promise<Record<string, string>> {
    for (;;) {
      try {
        return await containerEnv(
          this.#report.pod,
          this.#container,
          this.#report.podIP,
          this.#context.readData(namespaceOf(this.#report.pod)),
        );
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        this.#report.event('Warning', 'Failed', `Error: ${error.message}`);
        await this.#report.waiting('CreateContainerConfigError', error.message);
        await delay(5000, undefined, { signal });
      }
    }
  }

  async #reason(end: ProcessEnd): Promise<string> {
    const oom = await access(this.#folder.oomMark()).then(
      () => true,
      () => false,
    );
    if (oom) {
      await this.#folder.clearOomMark();
      return 'OOMKilled';
    }
    return end.exitCode === 0 ? 'Completed' : 'Error';
  }

  /** What a kubelet does with a pod that is to be deleted: ends its processes, then lets go of the object. */
  async #delete(pod: Pod): Promise<void> {
    const grace = (pod.metadata as { deletionGracePeriodSeconds?: number }).deletionGracePeriodSeconds ?? 30;
    if (this.#process) this.#report.event('Normal', 'Killing', `Stopping container ${this.#container.name}`);
    await this.stop(grace * 1000);
    await this.#endpoints.remove();
    const { name, uid } = pod.metadata;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
    try {
      await this.#report.written();
      await this.#context.cluster.request({
        method: 'DELETE',
        path: resourcePath(pods, { namespace: namespaceOf(pod), name }),
        body,
      });
    } catch (error) {
      if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Conflict')) throw error;
    }
    this.#context.logger.debug(`${this.#report.key} ended at ${timestamp(new Date())}`);
  }
}
