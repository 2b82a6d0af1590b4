import type { Duplex } from 'node:stream';
import type { NotRunningReason } from '../jupyter/errors.ts';
import type { Routes } from '../jupyter/routes.ts';
import type { ContainerEnd, Target, TargetPod, TargetState } from '../jupyter/target.ts';
import { Emitter, type Disposable } from '../k8s/events.ts';
import type { Pod } from '../k8s/objects.ts';
import type { Logger } from '../k8s/log.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { podRoutes } from './podRoutes.ts';

/** An end of the container longer ago than this explains nothing that happens now; ms. */
const recentMs = 5 * 60 * 1000;

/** What a tunnel leads to, as the inventory sees it. Watches the server's namespace only while it is held. */
export class InventoryTarget implements Target, Disposable {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription: Disposable;
  private readonly key: string;
  private readonly routes: Routes;

  constructor(
    private readonly session: Session,
    readonly namespace: string,
    readonly server: string,
    logger: Logger,
  ) {
    this.routes = podRoutes(session, { namespace, server, logger });
    this.key = `${namespace}/${server}`;
    this.subscription = session.inventory.onDidChange((change) => {
      if (change.servers.has(this.key) || change.namespaces.has(namespace)) this.changed.fire();
    });
  }

  current(): TargetState {
    const view = this.session.inventory.server(this.key);
    if (view) return stateOf(view);
    const state = this.session.inventory.profile(this.namespace)?.state.kind;
    return { kind: 'none', why: state === 'live' ? 'deleted' : 'unknown' };
  }

  open(pod: TargetPod, signal?: AbortSignal): Promise<Duplex> {
    return this.routes.open(pod, signal);
  }

  hold(): Disposable {
    const { inventory } = this.session;
    const holds = [inventory.look(), inventory.open(this.namespace)];
    return { dispose: () => holds.forEach((hold) => hold.dispose()) };
  }

  lastEnd(): ContainerEnd | undefined {
    const view = this.session.inventory.server(this.key);
    const status = view && container(view, view.pod);
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    if (ended?.reason !== 'OOMKilled') return undefined;
    const at = Date.parse(ended.finishedAt ?? '');
    if (Date.now() - at >= recentMs) return undefined;
    return { reason: 'outOfMemory', which: ended.containerID ?? ended.finishedAt ?? '' };
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

function container(view: ServerView, pod: Pod | undefined) {
  return pod?.status?.containerStatuses?.find((status) => status.name === view.container);
}

/** Ready is that the container runs: whether Jupyter in it answers is found out by asking. */
function stateOf(view: ServerView): TargetState {
  const { pod } = view;
  const { phase } = view.status;
  if (phase === 'deleting') return { kind: 'none', why: 'deleted' };
  if (phase === 'stopped' || phase === 'stopping') return { kind: 'none', why: 'stopped' };
  const started = container(view, pod);
  if (pod?.metadata.uid && !pod.metadata.deletionTimestamp && started?.state?.running) {
    // A container that ends and is started again within a moment may be seen as running all the time.
    const uid = `${pod.metadata.uid}/${started.restartCount}`;
    return { kind: 'ready', pod: { namespace: view.namespace, pod: pod.metadata.name, uid, port: view.port } };
  }
  // One that has just ended is started again by the kubelet, at once or, told as waiting, after its back-off.
  if (!pod?.metadata.deletionTimestamp && started?.state?.terminated) return { kind: 'none', why: 'starting' };
  return { kind: 'none', why: whyNot(phase) };
}

function whyNot(phase: ServerView['status']['phase']): NotRunningReason {
  // Waiting can last for ever (no GPU, no quota): saying so beats a spinner.
  if (phase === 'failing' || phase === 'waiting') return 'failing';
  // Running without a known pod: its namespace is not watched yet.
  return phase === 'running' || phase === 'unknown' ? 'unknown' : 'starting';
}
