import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ComponentName } from '../types.ts';

export interface Program {
  program: string;
  args: string[];
  /** The file that takes its output; a second start goes on in it. */
  log: string;
  env?: NodeJS.ProcessEnv;
}

/** One program of the control plane, running. */
export class Component {
  /** Resolves, with a sentence, when the program has ended for whatever reason. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private asked = false;

  constructor(
    readonly name: ComponentName,
    readonly o: Program,
  ) {
    const log = openSync(o.log, 'a', 0o600);
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

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** It ended, or will, because it was told to. */
  get wasAsked(): boolean {
    return this.asked;
  }

  /** True if it ended because somebody else had taken one of its ports in the meantime. */
  async lostItsPort(): Promise<boolean> {
    return /address already in use/.test(await readFile(this.o.log, 'utf8'));
  }

  /** Asks it to end, and makes it end after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.asked = true;
    if (!this.running) return;
    this.child.kill('SIGTERM');
    // One that was paused hears nothing otherwise.
    this.child.kill('SIGCONT');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    this.asked = true;
    if (this.running) this.child.kill('SIGKILL');
    await this.ended;
  }

  /** It stands still; its connections stay open. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}
