import type { KernelMessage } from '@jupyterlab/services';

/** How long somebody who types waits for the kernel's help; ms. */
const patienceMs = 2500;

export interface KernelQuestionsOptions {
  /** Makes the message and sends it now; undefined when there is no connection. */
  send: (type: string, content: object) => KernelMessage.IMessage | undefined;
  /** The kernel runs nothing, so it would answer at once. */
  quiet: () => boolean;
  patienceMs?: number;
}

interface Pending {
  end(content: object | undefined): void;
}

/**
 * Questions that a kernel answers with one reply and that change nothing: completions, inspection. They are put to a
 * kernel that runs nothing, as one that is busy would answer them all after its cell, when nobody wants to know any more.
 */
export class KernelQuestions {
  private readonly asked = new Map<string, Pending>();
  private readonly waiting = new Set<() => void>();

  constructor(private readonly o: KernelQuestionsOptions) {}

  /** The reply's content; undefined when it did not come in time, when the kernel had none or on `signal`. */
  ask(type: string, content: object, signal?: AbortSignal): Promise<object | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      let id: string | undefined;
      const end = (reply: object | undefined) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', dismiss);
        this.waiting.delete(send);
        if (id !== undefined) this.asked.delete(id);
        resolve(reply);
      };
      const dismiss = () => end(undefined);
      const timer = setTimeout(dismiss, this.o.patienceMs ?? patienceMs);
      signal?.addEventListener('abort', dismiss, { once: true });
      const send = () => {
        if (!this.o.quiet()) return;
        this.waiting.delete(send);
        id = this.o.send(type, content)?.header.msg_id;
        if (id === undefined) dismiss();
        else this.asked.set(id, { end });
      };
      this.waiting.add(send);
      send();
    });
  }

  /** The kernel may run nothing by now: what waits for that is sent. */
  changed(): void {
    for (const send of [...this.waiting]) send();
  }

  take(message: KernelMessage.IMessage): void {
    if (message.channel !== 'shell') return;
    const pending = this.asked.get((message.parent_header as { msg_id?: string }).msg_id ?? '');
    const content = message.content as { status?: string };
    pending?.end(content.status === 'ok' ? content : undefined);
  }
}
