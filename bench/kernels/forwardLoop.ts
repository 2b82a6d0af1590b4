import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import { freePort } from '../../lab/nodes/jupyterCommand.ts';
import { kubectlForward, type KubectlForward } from '../kubectlForward.ts';
import type { BenchServer } from '../server.ts';
import type { LastingWay } from './restarts.ts';

type Forwarded = Pick<BenchServer, 'namespace' | 'name' | 'pod'>;

/** `while true; do kubectl port-forward ...; done`: what people write who need one that lasts. */
export class ForwardLoop implements LastingWay {
  private running: KubectlForward | undefined;
  private disposed = false;
  private readonly loop: Promise<void>;

  private constructor(
    private readonly lab: Lab,
    private readonly server: Forwarded,
    private readonly port: number,
  ) {
    this.loop = this.run();
  }

  static async start(lab: Lab, server: Forwarded): Promise<ForwardLoop> {
    return new ForwardLoop(lab, server, await freePort());
  }

  /** Where Jupyter is while kubectl forwards its port. */
  get url(): string {
    const { namespace, name } = this.server;
    return `http://127.0.0.1:${this.port}/notebook/${namespace}/${name}/`;
  }

  async answers(): Promise<boolean> {
    const url = new URL('api', this.url);
    // A connection of its own each time: what the last pod's is kept for is gone.
    const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) };
    return fetch(url, options).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.running?.stop();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.disposed) {
      try {
        this.running = await kubectlForward(this.lab, this.server, { podPort: 8888, port: this.port, quiet: true });
        if (this.disposed) await this.running.stop();
        await this.running.ended;
      } catch {
        // There is no pod, or it does not run yet.
        await delay(50);
      }
    }
  }
}
