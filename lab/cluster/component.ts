import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** One program of the control plane, running. */
export class Component {
  /** Resolves, with a sentence, when the program has ended for whatever reason. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;

  /** @param o.log the file that takes its output */
  constructor(
    readonly name: string,
    private readonly o: { program: string; args: string[]; log: string; env?: NodeJS.ProcessEnv },
  ) {
    const log = openSync(o.log, 'w', 0o600);
    this.child = spawn(o.program, o.args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...o.env },
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(`${name} can't be started: ${error.message}`));
      this.child.on('exit', (code, signal) => resolve(`${name} ended with ${signal ?? code}; its log: ${o.log}`));
    });
  }

  /** True if it ended because somebody else had taken one of its ports in the meantime. */
  async lostItsPort(): Promise<boolean> {
    return /address already in use/.test(await readFile(this.o.log, 'utf8'));
  }

  /** Asks it to end, and makes it end after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }
}
