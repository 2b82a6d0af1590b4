import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { Disposable } from '../../src/k8s/events.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { events, type CoreEvent, type Raw } from '../../src/k8s/objects.ts';
import type { V1ObjectReference } from '@kubernetes/client-node';
import { EventCorrelator } from './eventCorrelator.ts';
import { timestamp } from './objects.ts';

export interface Occurrence {
  involved: Raw<V1ObjectReference> & { namespace: string; name: string };
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** Who the events are from. `reporting`: newer components name themselves in reportingComponent as well. */
export interface EventSource {
  component: string;
  host?: string;
  reporting?: boolean;
}

/**
 * Writes core/v1 events the way client-go's recorder does: what happens again raises the count of its event instead of
 * making a new one. Events are a courtesy: one that cannot be written is logged and dropped. In order, one at a time.
 */
export class EventRecorder implements Disposable {
  readonly #cluster: Cluster;
  readonly #source: EventSource;
  readonly #logger: Logger;
  readonly #correlator = new EventCorrelator();
  #last: Promise<void> = Promise.resolve();
  #lastName = 0n;
  #disposed = false;

  constructor(cluster: Cluster, source: EventSource, logger: Logger) {
    this.#cluster = cluster;
    this.#source = source;
    this.#logger = logger;
  }

  record(occurrence: Occurrence): void {
    const now = new Date();
    this.#last = this.#last
      .then(() => this.#write(occurrence, now))
      .catch((error: unknown) => {
        if (!this.#disposed)
          this.#logger.debug(`event ${occurrence.reason} on ${occurrence.involved.name} not written: ${String(error)}`);
      });
  }

  /** Resolves when everything recorded so far is written. */
  async flushed(): Promise<void> {
    await this.#last;
  }

  dispose(): void {
    this.#disposed = true;
  }

  async #write(occurrence: Occurrence, at: Date): Promise<void> {
    if (this.#disposed) return;
    const { involved, type, reason } = occurrence;
    const known = this.#correlator.correlate(occurrence, at);
    if (!known) return;
    const time = timestamp(at);
    if (known.written) {
      const patch = { count: known.count, lastTimestamp: time, message: known.message };
      try {
        await this.#cluster.patch(events, { namespace: involved.namespace, name: known.written.name }, patch, {
          kind: 'strategic',
        });
        return;
      } catch (error) {
        // Events expire after an hour: the next of the kind brings it back, with its name and count.
        if (!isKubeError(error, 'NotFound')) throw error;
      }
    }
    const event: CoreEvent = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: known.written?.name ?? this.#name(involved.name), namespace: involved.namespace },
      involvedObject: involved,
      reason,
      message: known.message,
      type,
      count: known.count,
      firstTimestamp: known.written?.firstTimestamp ?? time,
      lastTimestamp: time,
      source: { component: this.#source.component, ...(this.#source.host ? { host: this.#source.host } : {}) },
      ...(this.#source.reporting
        ? { reportingComponent: this.#source.component, reportingInstance: this.#source.host ?? '' }
        : {}),
    };
    await this.#cluster.create(events, event, { namespace: involved.namespace });
    known.remember({ name: event.metadata.name, firstTimestamp: event.firstTimestamp ?? time });
  }

  /** Object and nanoseconds in hexadecimal, as client-go names events; unique within this recorder. */
  #name(object: string): string {
    const now = BigInt(Date.now()) * 1_000_000n;
    this.#lastName = now > this.#lastName ? now : this.#lastName + 1n;
    return `${object}.${this.#lastName.toString(16)}`;
  }
}
