import { JupyterError } from '../jupyter/errors.ts';
import { JupyterServer } from '../jupyter/server.ts';
import type { TunnelWait } from '../jupyter/tunnelWait.ts';
import { Tunnel } from '../jupyter/tunnel.ts';
import type { Cluster } from '../k8s/cluster.ts';
import { KubeError } from '../k8s/errors.ts';
import { Emitter, type Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { Session, Sessions } from '../kubeflow/sessions.ts';
import { fingerprintLength, serverKey, type ServerRef } from './address.ts';
import { InventoryTarget } from './inventoryTarget.ts';
import { Readiness } from './readiness.ts';

export type { ServerRef } from './address.ts';

/** One notebook server as the editor uses it. */
export interface Connection {
  readonly ref: ServerRef;
  readonly server: JupyterServer;
  readonly tunnel: Tunnel;
  /** Of the API server that it is reached through. */
  readonly fingerprint: string;
  /** The API server's URL. */
  readonly address: string;
}

interface Held extends Connection {
  /** A session of another default namespace has the same; of another server or user another one. */
  cluster: Cluster;
  parts: Disposable[];
}

/** Inventory, tunnel and Jupyter put together: one connection per notebook server, made when somebody asks for it. */
export class Connections implements Disposable {
  private readonly all = new Map<string, Held>();
  private readonly watched = new Map<Cluster, Readiness>();
  private readonly changed = new Emitter<ServerRef>();
  /** The connection to this server is in another state, or another one now. */
  readonly onDidChange = this.changed.event;
  private readonly subscription: Disposable;

  constructor(
    private readonly sessions: Sessions,
    private readonly o: { logger: Logger },
  ) {
    const follow = () => this.follow();
    const subscriptions = [sessions.onDidChange(follow), sessions.onDidMake(follow)];
    this.subscription = { dispose: () => subscriptions.forEach((each) => each.dispose()) };
    this.follow();
  }

  /**
   * The connection to a server; contacts nobody. Throws KubeError ContextMissing (or what is wrong with the kubeconfig)
   * where the context is not known: see `open` for callers that come before the kubeconfig was read.
   */
  get(ref: ServerRef): Connection {
    const session = this.sessions.session(ref.context);
    if (!session) throw this.sessions.problem ?? new KubeError({ code: 'ContextMissing', context: ref.context });
    const key = serverKey(ref);
    const known = this.all.get(key);
    if (known?.cluster === session.cluster) return known;
    if (known) this.drop(key, known);
    const made = this.make(ref, session);
    this.all.set(key, made);
    return made;
  }

  /**
   * Like `get`, after the kubeconfig has been read. With the fingerprint that a file or kernel came with: throws
   * JupyterError OtherCluster when the context's name leads to another API server by now.
   */
  async open(ref: ServerRef, fingerprint?: string): Promise<Connection> {
    await this.sessions.ensureLoaded();
    const connection = this.get(ref);
    const now = connection.fingerprint.slice(0, fingerprintLength);
    if (fingerprint !== undefined && fingerprint.slice(0, fingerprintLength) !== now)
      throw new JupyterError({ code: 'OtherCluster', context: ref.context });
    return connection;
  }

  /** Somebody uses this server and the way to it is cut just now. */
  isDisconnected(ref: ServerRef): boolean {
    return this.all.get(serverKey(ref))?.tunnel.state.kind === 'retrying';
  }

  /** What the connection to this server waits for; undefined where nobody uses it, or it is up. */
  wait(ref: ServerRef): TunnelWait | undefined {
    return this.all.get(serverKey(ref))?.tunnel.wait;
  }

  /** Somebody uses this server and the way to it works. */
  isUp(ref: ServerRef): boolean {
    return this.all.get(serverKey(ref))?.tunnel.state.kind === 'up';
  }

  /** Tries every cut connection again at once. */
  reconnectNow(ref?: ServerRef): void {
    for (const connection of this.all.values())
      if (!ref || serverKey(ref) === serverKey(connection.ref)) connection.tunnel.reconnectNow();
  }

  dispose(): void {
    this.subscription.dispose();
    for (const [key, connection] of [...this.all]) this.drop(key, connection);
    for (const readiness of this.watched.values()) readiness.dispose();
    this.watched.clear();
    this.changed.dispose();
  }

  private make(ref: ServerRef, session: Session): Held {
    const { logger } = this.o;
    const target = new InventoryTarget(session, ref.namespace, ref.name, logger);
    const tunnel = new Tunnel({ target, logger });
    const server = new JupyterServer({ tunnel, namespace: ref.namespace, name: ref.name, logger });
    const listening = tunnel.onDidChange(() => this.changed.fire(ref));
    return {
      ref,
      cluster: session.cluster,
      tunnel,
      server,
      fingerprint: session.context.fingerprint,
      address: session.context.server,
      parts: [listening, server, tunnel, target],
    };
  }

  private drop(key: string, connection: Held): void {
    this.all.delete(key);
    for (const part of connection.parts) part.dispose();
    this.changed.fire(connection.ref);
  }

  /** After the kubeconfig changed: connections by way of a cluster that is gone are cut. Those that are used are watched. */
  private follow(): void {
    for (const [key, connection] of [...this.all])
      if (this.sessions.session(connection.ref.context)?.cluster !== connection.cluster) this.drop(key, connection);
    const { made } = this.sessions;
    for (const [cluster, readiness] of this.watched) {
      if (made.some((session) => session.cluster === cluster)) continue;
      readiness.dispose();
      this.watched.delete(cluster);
    }
    for (const session of made)
      if (!this.watched.has(session.cluster)) this.watched.set(session.cluster, new Readiness(session, this.o.logger));
  }
}
