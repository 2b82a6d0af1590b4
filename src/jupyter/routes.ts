import type { Duplex } from 'node:stream';
import { isKubeError } from '../k8s/errors.ts';
import type { Logger } from '../k8s/log.ts';
import { RefusedHandshake } from '../k8s/refusedHandshake.ts';
import { JupyterError, type ClosedWay } from './errors.ts';
import { withTimeout } from './patience.ts';
import type { TargetPod } from './target.ts';
import { causeOf, messageOf } from './tunnelErrors.ts';

/** A way to the server in a pod. HTTP and WebSockets go over what it opens; who uses it need not know which way it is. */
export interface Route {
  open(pod: TargetPod, signal?: AbortSignal): Promise<Duplex>;
  /** The rights, as `verb resource`, that are known to be missing for it. */
  missing(namespace: string): Promise<string[]>;
}

export interface RoutesOptions {
  server: string;
  /** Asked first. */
  portForward: Route;
  /** Used where port-forwards do not come through, if it works. */
  podProxy: Route;
  /** Whether the API server answers ordinary requests just now. */
  answers(signal: AbortSignal): Promise<boolean>;
  logger: Logger;
  now?: () => number;
}

/** The second way is gone by for so long before port-forward is tried again: rights are given, proxies are repaired; ms. */
const detourMs = 5 * 60_000;
/** Port-forwards that fail in a row for reasons that may pass before the other way is tried. */
const doubtsAfter = 2;
/** A port-forward that was in doubt already must leave time for the other way, and the other way for the next try; ms. */
const doubtfulMs = 6000;
/** In doubt, the other way is not tried more often than this: what has failed comes back mostly; ms. */
const doubtPauseMs = 30_000;

/** Opens connections by whichever way works. Each way is tried, never assumed. */
export class Routes {
  private detourUntil = 0;
  private failures = 0;
  private doubtedAt = -Infinity;
  private readonly now: () => number;

  constructor(private readonly o: RoutesOptions) {
    this.now = o.now ?? Date.now;
  }

  /** Whether connections go by pods/proxy just now. */
  get detour(): boolean {
    return this.now() < this.detourUntil;
  }

  /**
   * @throws what port-forward says, while it may work later; JupyterError NoRoute when it does not come through and the other
   *   way is closed, too; PortForwardRefused: nobody listens (yet); the signal's reason
   */
  async open(pod: TargetPod, signal?: AbortSignal): Promise<Duplex> {
    if (this.detour) {
      try {
        return await this.o.podProxy.open(pod, signal);
      } catch (error) {
        // Jupyter does not listen, or the network is away: port-forward would say the same.
        if (signal?.aborted || causeOf(error) !== 'final') throw error;
        this.detourUntil = 0;
      }
    }
    try {
      const stream = await this.o.portForward.open(pod, this.failures > 0 ? withTimeout(signal, doubtfulMs) : signal);
      this.failures = 0;
      return stream;
    } catch (error) {
      if (signal?.aborted) throw error;
      if (isKubeError(error, 'Forbidden') || blocked(error)) return await this.goRound(pod, error, signal);
      if (causeOf(error) !== 'network' || isKubeError(error, 'NotFound') || !(await this.doubts(signal))) throw error;
      return await this.goRound(pod, error, signal);
    }
  }

  /** Port-forwards fail again and again, and ordinary requests do not: it may be that WebSockets alone are lost. */
  private async doubts(signal: AbortSignal | undefined): Promise<boolean> {
    this.failures++;
    if (this.failures < doubtsAfter || this.now() - this.doubtedAt < doubtPauseMs) return false;
    this.doubtedAt = this.now();
    return this.o.answers(withTimeout(signal, doubtfulMs));
  }

  private async goRound(pod: TargetPod, first: unknown, signal: AbortSignal | undefined): Promise<Duplex> {
    const { server, portForward, podProxy, logger } = this.o;
    const [forward, proxy] = await Promise.all([portForward.missing(pod.namespace), podProxy.missing(pod.namespace)]);
    const inDoubt = causeOf(first) === 'network';
    let second: unknown;
    if (proxy.length === 0) {
      try {
        const stream = await podProxy.open(pod, withTimeout(signal, doubtfulMs));
        logger.info(`${pod.namespace}/${server} goes by pods/proxy, as port-forward does not: ${messageOf(first)}`);
        this.detourUntil = this.now() + (inDoubt ? doubtPauseMs : detourMs);
        return stream;
      } catch (error) {
        if (signal?.aborted || causeOf(error) === 'refused') throw error;
        // The network is away, or the way is as it should be and the other side is not: both may come back.
        if (!inDoubt && isKubeError(error, 'Unreachable')) throw error;
        second = error;
      }
    }
    // As long as the first way may come back by itself, it is waited for.
    if (inDoubt) throw first;
    throw new JupyterError(
      {
        code: 'NoRoute',
        server,
        namespace: pod.namespace,
        portForward: closed(forward, first),
        podProxy: closed(proxy, second),
      },
      { cause: first },
    );
  }
}

/** Something between us and the API server lets no WebSocket through. */
function blocked(error: unknown): boolean {
  return error instanceof RefusedHandshake && !error.byApiServer && error.code !== 'Unauthorized';
}

function closed(missing: string[], error: unknown): ClosedWay {
  // What an older server does not ask for is not what closes it here.
  if (blocked(error)) return { missing: [], blocked: true, detail: messageOf(error) };
  const named =
    isKubeError(error) && error.problem.code === 'Forbidden' && error.problem.verb && error.problem.resource
      ? [`${error.problem.verb} ${error.problem.resource}`]
      : [];
  return { missing: [...new Set([...missing, ...named])], blocked: false, detail: error ? messageOf(error) : '' };
}
