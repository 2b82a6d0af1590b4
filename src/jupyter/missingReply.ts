import type { KernelMessage } from '@jupyterlab/services';
import type { Disposable } from '../k8s/events.ts';
import type { KernelExecution } from './kernelExecution.ts';

/** How far a reply may be behind the end of its run, which comes by another way; ms. */
const behindMs = 500;

/**
 * Ends runs whose reply never comes. IPython sends none where an interrupt meets it just before the code or just behind it:
 * it tells that it is idle, and no more. Replies come in the order of what was asked, so the one to a later question tells
 * that there will be none.
 */
export class MissingReply implements Disposable {
  private readonly timers = new Map<KernelExecution, NodeJS.Timeout>();
  /** By the question that was asked later. */
  private readonly asked = new Map<string, KernelExecution>();

  /** @param ask puts a question to the kernel and gives its id; undefined when there is no connection */
  constructor(private readonly ask: () => string | undefined) {}

  /** To be told each message after its run was. */
  take(message: KernelMessage.IMessage, run: KernelExecution | undefined): void {
    if (run?.lacksReply === true && !this.timers.has(run)) this.watch(run);
    if (message.channel !== 'shell') return;
    const id = (message.parent_header as { msg_id?: string }).msg_id ?? '';
    const about = this.asked.get(id);
    this.asked.delete(id);
    if (about?.lacksReply === true) about.abandon();
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private watch(run: KernelExecution): void {
    const timer = setTimeout(() => {
      const id = this.ask();
      if (id !== undefined) this.asked.set(id, run);
    }, behindMs);
    this.timers.set(run, timer);
    void run.done.then(() => {
      clearTimeout(timer);
      this.timers.delete(run);
    });
  }
}
