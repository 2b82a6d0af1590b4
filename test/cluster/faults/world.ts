/** One row's surroundings: the lab, the client's kubeconfig, and what changes in the cluster behind the client's back. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { Lab, Person } from '../../../lab/index.ts';
import { smallNotebook } from '../support/notebooks.ts';
import { LocalClient, type ClientOptions, type Watched } from './client.ts';
import { OtherProcess } from './otherProcess.ts';
import { difference, isLive, truth, type Truth } from './truth.ts';

/** As much of a kubeconfig as rows change. */
export interface Config {
  clusters: { name: string; cluster: Record<string, unknown> & { server: string } }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  'current-context': string;
}

/** The folder that is open, and where things change. */
export const namespace = 'bob';

export class World {
  readonly config: string;
  /** Its programs are on the client's PATH. */
  readonly bin: string;
  private running: LocalClient | OtherProcess | undefined;
  /** The namespaces that the client's user may see; all when not given. */
  visible: readonly string[] | undefined;
  private count = 0;
  /** Keys of rows that were deleted in this row. */
  readonly deleted = new Set<string>();

  constructor(
    readonly lab: Lab,
    readonly folder: string,
  ) {
    this.config = join(folder, 'config');
    this.bin = join(folder, 'bin');
  }

  get env(): Record<string, string> {
    return { PATH: `${this.bin}:/usr/bin:/bin`, HOME: this.folder };
  }

  get client(): Watched {
    if (!this.running) throw new Error('no client runs');
    return this.running;
  }

  get local(): LocalClient {
    if (!(this.running instanceof LocalClient)) throw new Error('no client runs in this process');
    return this.running;
  }

  get other(): OtherProcess {
    if (!(this.running instanceof OtherProcess)) throw new Error('no client runs in another process');
    return this.running;
  }

  /** As admin. */
  readonly kubectl = (...args: string[]): Promise<string> => this.lab.kubectl(args);

  apply(...objects: unknown[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
  }

  /** Somebody's kubeconfig, through the proxy. */
  async read(who: Person): Promise<Config> {
    return parse(await readFile(this.lab.kubeconfig(who, { at: 'proxy' }), 'utf8')) as Config;
  }

  /** The folder of the client's programs, which is there now. */
  async programs(): Promise<string> {
    await mkdir(this.bin, { recursive: true });
    return this.bin;
  }

  /** Writes the client's kubeconfig: that of somebody through the proxy, with a change. As an editor does it, at once. */
  async write(who: Person, change: (config: Config) => void = () => undefined): Promise<void> {
    const config = await this.read(who);
    for (const { context } of config.contexts) context.namespace = namespace;
    change(config);
    await writeFile(`${this.config}.next`, stringify(config), { mode: 0o600 });
    await rename(`${this.config}.next`, this.config);
  }

  async startClient(o: { clockMs?: number; apart?: boolean } = {}): Promise<void> {
    const options: ClientOptions = { kubeconfig: this.config, namespace, env: this.env };
    const apart = o.apart || o.clockMs !== undefined;
    this.running = apart ? new OtherProcess(options, o.clockMs) : await new LocalClient(options).start();
  }

  /**
   * Creates, changes and deletes notebook servers, a pod, its events and claims, by kubectl at the API server itself;
   * resolves when the controllers have done their part.
   */
  async change(): Promise<void> {
    const before = this.count++;
    const now = this.count;
    const { changed, created, waiting, claim } = names(now);
    await this.apply(changed, created, waiting, claim);
    if (before > 0) {
      const old = names(before);
      const gone = [old.created, old.waiting].map(({ metadata }) => metadata.name);
      for (const name of gone) this.deleted.add(`${namespace}/${name}`);
      await this.kubectl(
        '-n',
        namespace,
        'delete',
        ...gone.map((name) => `notebook/${name}`),
        `pvc/${old.claim.metadata.name}`,
      );
    }
    const key = `${namespace}/${waiting.metadata.name}`;
    for (const began = Date.now(); ; await delay(200)) {
      const { rows } = await this.truth();
      const told = rows[key]?.events.filter((event) => /SuccessfulCreate|FailedScheduling/.test(event)) ?? [];
      if (told.length >= 2 && rows[key]?.pod?.includes('Unschedulable')) return;
      if (Date.now() - began > 30_000) throw new Error(`the lab made no pod of ${key}`);
    }
  }

  truth(): Promise<Truth> {
    return truth(this.lab, namespace, this.visible);
  }

  /**
   * Resolves when everything is live and as kubectl says.
   * @returns seconds until it was so
   */
  async settled(seconds: number): Promise<number> {
    const began = performance.now();
    const took = () => (performance.now() - began) / 1000;
    await this.client.untilNow('all live', isLive, seconds);
    for (;;) {
      const is = await this.truth();
      const met = this.client
        .untilNow('the same as kubectl', (seen) => isLive(seen) && difference(seen, is).length === 0, 2)
        .then(() => true);
      if (await met.catch(() => false)) return took();
      if (took() > seconds) throw new Error(`not as kubectl says:\n${difference(this.client.seen, is).join('\n')}`);
    }
  }

  /** Waits for what the cluster itself needs a moment to do. */
  readonly until = async (what: string, met: () => Promise<boolean>, seconds = 40): Promise<void> => {
    for (const began = Date.now(); !(await met()); await delay(200)) {
      if (Date.now() - began > seconds * 1000) throw new Error(`not so in ${seconds} s: ${what}`);
    }
  };

  /** Ends the client. */
  async end(): Promise<void> {
    await this.running?.dispose();
    this.running = undefined;
  }

  /** A healthy way to a healthy cluster. */
  async reset(): Promise<void> {
    const { proxy } = this.lab;
    await proxy.path('open');
    await proxy.clear();
    await proxy.certificate();
    await proxy.cut();
    this.deleted.clear();
    this.visible = undefined;
  }
}

function names(count: number) {
  const stopped = { 'kubeflow-resource-stopped': '2026-01-01T00:00:00Z' };
  const stop = (name: string, image: string) => {
    const notebook = smallNotebook(name, namespace, { image });
    return { ...notebook, metadata: { ...notebook.metadata, annotations: stopped } };
  };
  // No node has so many cores: a pod that waits costs nothing.
  const waiting = smallNotebook(`waits-${count}`, namespace);
  waiting.spec!.template!.spec!.containers[0]!.resources = { requests: { cpu: '500' } };
  return {
    changed: stop('changed', `example.com/image:${count}`),
    created: stop(`new-${count}`, 'example.com/image:1'),
    waiting,
    claim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: `claim-${count}`, namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${count}Gi` } } },
    },
  };
}
