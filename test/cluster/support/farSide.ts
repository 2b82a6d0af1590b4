import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The program of farSide.mjs. */
export class FarSide {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<FarSide> {
    const child = fork(new URL('./farSide.mjs', import.meta.url), { execArgv: [] });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new FarSide(child, port);
  }

  /** The bytes that it has handed to its system, and those that it has taken from it. */
  async passed(): Promise<{ sent: number; received: number }> {
    this.child.send('how much');
    const [passed] = (await once(this.child, 'message')) as [{ sent: number; received: number }];
    return passed;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }
}
