import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { portForward } from '../k8s/portForward.ts';
import type { ServerView } from '../kubeflow/inventory.ts';
import { Turns } from '../k8s/turns.ts';
import type { Session } from '../kubeflow/sessions.ts';

/** Pauses between two questions to a pod that does not answer yet; ms. */
const pauses = { first: 500, later: 3000, quickTries: 20, timeout: 5000 } as const;
const atOnce = 4;

/**
 * Asks Jupyter in every ready pod that the inventory shows whether it answers, and tells the inventory: Kubernetes calls
 * a pod ready about 3 s before Jupyter listens. Silent for users who may not forward ports.
 */
export class Readiness implements Disposable {
  /** By server: which start of which pod was asked, and who is still asking. */
  private readonly asked = new Map<string, { start: string; abort: AbortController }>();
  private readonly turns = new Turns(atOnce);
  private readonly subscription: Disposable;

  constructor(
    private readonly session: Session,
    private readonly logger: Logger,
  ) {
    this.subscription = session.inventory.onDidChange((change) => {
      for (const key of change.servers) this.look(key);
    });
    for (const profile of session.inventory.view.profiles) for (const server of profile.servers) this.look(server.key);
  }

  dispose(): void {
    this.subscription.dispose();
    for (const { abort } of this.asked.values()) abort.abort();
    this.asked.clear();
  }

  private look(key: string): void {
    const view = this.session.inventory.server(key);
    const start = view && startOf(view);
    const known = this.asked.get(key);
    if (known?.start === start) return;
    known?.abort.abort();
    this.asked.delete(key);
    if (!view || !start) return;
    const abort = new AbortController();
    this.asked.set(key, { start, abort });
    this.ask(view, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) this.logger.debug(`readiness of ${key}: ${String(error)}`);
    });
  }

  private async ask(view: ServerView, signal: AbortSignal): Promise<void> {
    if ((await this.session.access.canPortForward(view.namespace)) === 'no') return;
    const uid = view.pod!.metadata.uid!;
    for (let attempt = 1; !signal.aborted; attempt++) {
      const answers = await this.turns.take(() => this.once(view, signal));
      if (signal.aborted) return;
      if (answers !== undefined) this.session.inventory.setAnswers(view.key, uid, answers);
      if (answers) return;
      await pause(attempt < pauses.quickTries ? pauses.first : pauses.later, signal);
    }
  }

  /** True or false where that could be found out; undefined where the way to the pod is what failed. */
  private async once(view: ServerView, signal: AbortSignal): Promise<boolean | undefined> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(pauses.timeout)]);
    const to = { namespace: view.namespace, pod: view.pod!.metadata.name, port: view.port };
    let stream: Duplex;
    try {
      stream = await portForward(this.session.cluster, to, limit);
    } catch (error) {
      this.logger.debug(`readiness of ${view.key}: ${String(error)}`);
      return error instanceof Error && error.name === 'PortForwardRefused' ? false : undefined;
    }
    stream.on('error', () => undefined); // told through the request as well
    try {
      return await answersOver(stream, `/notebook/${view.namespace}/${view.name}/api`, limit);
    } finally {
      stream.destroy();
    }
  }
}

/** Which start of the container this is; undefined while it does not run. */
function startOf({ pod, container }: ServerView): string | undefined {
  if (!pod?.metadata.uid || pod.metadata.deletionTimestamp) return undefined;
  const status = pod.status?.containerStatuses?.find((s) => s.name === container);
  return status?.state?.running ? `${pod.metadata.uid}/${status.restartCount}` : undefined;
}

/** Any answer of an HTTP server below 500 counts: images other than Jupyter's have other paths. */
function answersOver(stream: Duplex, path: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = new http.ClientRequest({
      host: 'localhost',
      path,
      headers: { Connection: 'close' },
      createConnection: () => stream,
    });
    const end = (answers: boolean) => {
      signal.removeEventListener('abort', abort);
      request.destroy();
      resolve(answers);
    };
    const abort = () => end(false);
    signal.addEventListener('abort', abort, { once: true });
    request.on('response', (response) => {
      response.resume();
      end((response.statusCode ?? 500) < 500);
    });
    request.on('error', () => end(false));
    request.end();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
