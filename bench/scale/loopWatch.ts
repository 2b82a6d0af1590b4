import { readFileSync } from 'node:fs';

const everyMs = 5;

/**
 * The longest that one turn of the event loop held this process's main thread: in processor time, which other programs
 * of a busy computer do not add to (Linux tells it per thread), and by the clock, which they do.
 */
export class LoopWatch {
  private timer: NodeJS.Timeout | undefined;
  private last = { at: 0, cpu: 0 };
  private longest = { ms: 0, cpuMs: 0 };

  /** Begins anew. */
  start(): void {
    clearInterval(this.timer);
    this.last = { at: performance.now(), cpu: threadMs() };
    this.longest = { ms: 0, cpuMs: 0 };
    this.timer = setInterval(() => this.look(), everyMs);
  }

  read(): { ms: number; cpuMs: number } {
    this.look();
    return { ...this.longest };
  }

  private look(): void {
    const at = performance.now();
    const cpu = threadMs();
    this.longest.ms = Math.max(this.longest.ms, at - this.last.at - everyMs);
    this.longest.cpuMs = Math.max(this.longest.cpuMs, cpu - this.last.cpu);
    this.last = { at, cpu };
  }
}

/** The processor time that the main thread has used, in ms. */
function threadMs(): number {
  return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
