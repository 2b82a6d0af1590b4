import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Passes TCP connections from one loopback address on to another, in a thread of its own: what goes through it is measured
 * by benchmarks, and must not wait for the lab's controllers.
 */
export class Relay {
  private constructor(private readonly worker: Worker) {}

  /** @throws Error when the address is taken */
  static async start(o: { port: number; from: string; to: string }): Promise<Relay> {
    const worker = new Worker(new URL('./relayWorker.mjs', import.meta.url), { workerData: o });
    await once(worker, 'message');
    return new Relay(worker);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
