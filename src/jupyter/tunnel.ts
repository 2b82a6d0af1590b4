import type { Duplex } from 'node:stream';
import { Emitter, type Disposable } from '../k8s/events.ts';
import { PortForwardRefused } from '../k8s/portForward.ts';
import { JupyterError, type JupyterProblem } from './errors.ts';
import { settled } from './settled.ts';
import type { Target, TargetPod } from './target.ts';
import type { TunnelOptions } from './tunnelOptions.ts';
import { asError, causeOf, messageOf } from './tunnelErrors.ts';
import { tunnelWait, type TunnelWait } from './tunnelWait.ts';
import { reduce, type TunnelEffect, type TunnelInput, type TunnelState } from './tunnelState.ts';

interface Waiter {
  resolve(stream: Duplex): void;
  reject(error: unknown): void;
}

/**
 * Connections into one notebook server's pod, without any listener: each is a port-forward of its own. Follows the
 * target from pod to pod, keeps one spare warm while it is in use, and never starts a server that was stopped.
 */
export class Tunnel implements Disposable {
  private readonly changed = new Emitter<TunnelState>();
  readonly onDidChange = this.changed.event;
  private current: TunnelState = { kind: 'idle' };
  private waiters: Waiter[] = [];
  private readonly live = new Set<Duplex>();
  private readonly dials = new Set<AbortController>();
  private spare: Duplex | undefined;
  private spareUntil = 0;
  private spareTimer: NodeJS.Timeout | undefined;
  private fillTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private readonly following: Disposable;
  private held: Disposable | undefined;
  private disposed = false;

  constructor(private readonly options: TunnelOptions) {
    this.following = options.target.onDidChange(() => {
      this.dispatch({ type: 'target' });
      // Who asked while the pod was not known, with a connection up, waits for this moment.
      if (this.waiters.length > 0) this.fill();
    });
  }

  get target(): Target {
    return this.options.target;
  }

  get state(): TunnelState {
    return this.current;
  }

  /**
   * A new connection to Jupyter's port. Waits while the server starts or the network is away, until `signal` aborts.
   * Rejects with JupyterError NotRunning when the server is stopped, failing or deleted, with the cluster's KubeError
   * when no second try can help, or with the signal's reason.
   */
  connect(signal?: AbortSignal): Promise<Duplex> {
    if (this.disposed) return Promise.reject(new JupyterError(this.whyNot()));
    if (signal?.aborted) return Promise.reject(asError(signal.reason));
    clearTimeout(this.idleTimer);
    // A sleep leaves timers behind.
    if (this.spare && !this.spare.destroyed && this.current.kind === 'up' && Date.now() < this.spareUntil) {
      const stream = this.takeSpare()!;
      this.fillLater();
      return Promise.resolve(this.handOut(stream));
    }
    return new Promise<Duplex>((resolve, reject) => {
      const onAbort = () => {
        this.waiters = this.waiters.filter((w) => w !== waiter);
        reject(asError(signal?.reason));
        this.watchIdle();
      };
      const waiter: Waiter = {
        resolve: (stream) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(stream);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(asError(error));
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiters.push(waiter);
      this.dispatch({ type: 'wanted' });
      this.fill();
    });
  }

  /** Tries again now instead of when the pause is over (the machine woke up, the user asked). */
  reconnectNow(): void {
    // A dial that is under way may be one into a network that is no more: it would keep the others waiting.
    if (this.current.kind !== 'up') this.dropDials();
    this.dispatch({ type: 'reconnectNow' });
  }

  /** A connection turned out to be dead without a word: the spare, made before, is no better. */
  suspect(): void {
    this.takeSpare()?.destroy();
  }

  /** What it waits for, while somebody wants it. */
  get wait(): TunnelWait | undefined {
    return tunnelWait(this.current, this.target.current());
  }

  /** Why there is no connection just now, as data; for callers whose own time is over. */
  whyNot(seconds = 0): JupyterProblem {
    const server = this.target.server;
    const state = this.current;
    const target = this.target.current();
    if (target.kind === 'none') return { code: 'NotRunning', server, why: target.why };
    if (state.kind === 'retrying' && state.cause === 'network')
      return { code: 'Unreachable', server, detail: messageOf(state.problem) };
    return { code: 'NotAnswering', server, seconds };
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.following.dispose();
    this.release();
    clearTimeout(this.retryTimer);
    clearTimeout(this.idleTimer);
    clearTimeout(this.fillTimer);
    this.dropAll();
    for (const waiter of this.waiters.splice(0)) waiter.reject(new JupyterError(this.whyNot()));
    this.changed.dispose();
  }

  private dispatch(input: TunnelInput): void {
    if (this.disposed) return;
    const before = this.current;
    if (input.type === 'wanted') this.held ??= this.target.hold?.();
    const [next, effects] = reduce(before, input, {
      target: this.target.current(),
      waiting: this.waiters.length > 0,
      now: Date.now(),
      random: (this.options.random ?? Math.random)(),
    });
    this.current = next;
    for (const effect of effects) this.perform(effect);
    // A kernel's connection still wants to hear of another pod.
    if ((next.kind === 'idle' || next.kind === 'failed') && this.live.size === 0) this.release();
    if (next !== before) {
      this.options.logger.debug(`tunnel ${this.target.namespace}/${this.target.server}: ${next.kind}`);
      this.changed.fire(next);
    }
  }

  private perform(effect: TunnelEffect): void {
    switch (effect) {
      case 'dial':
        if (this.dials.size === 0) void this.dial();
        return;
      case 'startTimer':
        clearTimeout(this.retryTimer);
        if (this.current.kind === 'retrying')
          this.retryTimer = setTimeout(
            () => this.dispatch({ type: 'timer' }),
            Math.max(0, this.current.retryAt - Date.now()),
          );
        return;
      case 'stopTimer':
        clearTimeout(this.retryTimer);
        return;
      case 'dropAll':
        this.dropAll();
        return;
      case 'dropSpare':
        this.suspect();
        return;
      case 'rejectWaiters': {
        const state = this.current;
        const error =
          state.kind === 'failed' && state.problem !== undefined ? state.problem : new JupyterError(this.whyNot());
        for (const waiter of this.waiters.splice(0)) waiter.reject(error);
      }
    }
  }

  private release(): void {
    this.held?.dispose();
    this.held = undefined;
  }

  /** A TLS handshake just now would delay the first byte of the connection that was just handed out. */
  private fillLater(): void {
    this.fillTimer ??= setTimeout(() => {
      this.fillTimer = undefined;
      this.fill();
    }, 25);
    this.fillTimer.unref?.();
  }

  /** While up: as many dials under way as there are waiters, and one more for the spare. */
  private fill(): void {
    if (this.current.kind !== 'up') return;
    const wanted = this.waiters.length + (this.spare ? 0 : 1);
    for (let missing = wanted - this.dials.size; missing > 0; missing--) void this.dial();
  }

  private async dial(): Promise<void> {
    const target = this.target.current();
    if (target.kind !== 'ready') return;
    const { pod } = target;
    const abort = new AbortController();
    this.dials.add(abort);
    const timer = setTimeout(
      () => abort.abort(new Error('no connection in time')),
      this.options.dialTimeoutMs ?? 15000,
    );
    const proven = this.current.kind === 'up';
    try {
      const stream = await this.target.open(pod, abort.signal);
      clearTimeout(timer);
      // What nobody reads yet must not bring the process down; whoever gets the stream sees the error as well.
      stream.on('error', (error: unknown) => this.died(stream, pod, error));
      stream.once('close', () => this.closed(stream));
      if (!proven) await settled(stream, this.options.settleMs ?? 80);
      if (abort.signal.aborted || stream.destroyed) {
        stream.destroy();
        if (abort.signal.aborted) return;
        throw stream.errored ?? new Error('the connection was closed at once');
      }
      if (this.leadsElsewhere(pod)) {
        stream.destroy();
        throw new Error('another pod by now');
      }
      this.dials.delete(abort);
      this.dispatch({ type: 'opened', uid: pod.uid });
      this.place(stream);
    } catch (error) {
      this.dials.delete(abort);
      // Dropped on purpose: another pod, or nobody wants it any more. A dial that took too long is a failure.
      if (this.disposed || (abort.signal.aborted && abort.signal.reason === dropped)) return;
      this.options.logger.debug(`tunnel ${this.target.namespace}/${this.target.server}: ${messageOf(error)}`);
      this.dispatch({ type: 'openFailed', cause: causeOf(error), problem: error });
    } finally {
      clearTimeout(timer);
      this.dials.delete(abort);
    }
  }

  private leadsElsewhere(pod: TargetPod): boolean {
    const now = this.target.current();
    return now.kind === 'ready' && now.pod.uid !== pod.uid;
  }

  private place(stream: Duplex): void {
    // Whoever listens to the state may have ended the tunnel, or turned it to another pod.
    if (this.disposed || this.current.kind !== 'up') return void stream.destroy();
    const waiter = stream.destroyed ? undefined : this.waiters.shift();
    if (waiter) waiter.resolve(this.handOut(stream));
    else if (this.spare) stream.destroy();
    else this.keepSpare(stream);
    this.fill();
    this.watchIdle();
  }

  private keepSpare(stream: Duplex): void {
    this.spare = stream;
    const keptMs = this.options.spareMs ?? 30000;
    this.spareUntil = Date.now() + keptMs;
    this.spareTimer = setTimeout(() => this.suspect(), keptMs);
    this.spareTimer.unref?.();
  }

  private takeSpare(): Duplex | undefined {
    clearTimeout(this.spareTimer);
    const stream = this.spare;
    this.spare = undefined;
    return stream;
  }

  private handOut(stream: Duplex): Duplex {
    this.live.add(stream);
    return stream;
  }

  /** A refusal says that Jupyter does not listen (any more): the next connection has to be proven again. */
  private died(stream: Duplex, pod: TargetPod, error: unknown): void {
    if (this.spare === stream) this.takeSpare();
    if (this.current.kind === 'up' && this.current.uid === pod.uid && error instanceof PortForwardRefused)
      this.dispatch({ type: 'openFailed', cause: 'refused', problem: error });
  }

  private closed(stream: Duplex): void {
    if (this.spare === stream) this.takeSpare();
    this.live.delete(stream);
    this.watchIdle();
  }

  private watchIdle(): void {
    clearTimeout(this.idleTimer);
    if (this.disposed || this.live.size > 0 || this.waiters.length > 0) return;
    this.idleTimer = setTimeout(() => this.dispatch({ type: 'unused' }), this.options.idleMs ?? 60000);
    this.idleTimer.unref?.();
  }

  private dropDials(): void {
    for (const dial of this.dials) dial.abort(dropped);
    this.dials.clear();
  }

  private dropAll(): void {
    this.dropDials();
    this.suspect();
    for (const stream of [...this.live]) stream.destroy(new Error('the notebook server is another one now'));
    this.live.clear();
  }
}

/** The abort reason of dials that nobody wants; by identity. */
const dropped = new Error('dropped');
