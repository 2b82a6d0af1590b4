import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Watched, type ClientOptions } from './client.ts';
import type { Seen } from './seen.ts';

/** The client in a process of its own, which can be put to sleep, or have another clock. */
export class OtherProcess extends Watched {
  private readonly child: ChildProcess;

  constructor(o: ClientOptions, clockMs = 0) {
    super();
    const file = fileURLToPath(new URL('./clientProcess.ts', import.meta.url));
    this.child = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(o), String(clockMs)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.on('message', (seen) => this.take(seen as Seen));
  }

  sleep(): void {
    this.child.kill('SIGSTOP');
  }

  wake(): void {
    this.child.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
