import type { KernelMessage } from '@jupyterlab/services';
import { deserialize } from '@jupyterlab/services/lib/kernel/serialize';
import type { Disposable } from '../k8s/events.ts';
import { streamPieces } from './streamPieces.ts';

/** Bytes from which on a message is read in pieces: reading a megabyte takes a few milliseconds. */
const largeBytes = 1_000_000;
/** How long messages that wait are handed on before others get their turn; ms. */
const turnMs = 8;
/** Bytes that may wait here before the wire is held up, and at which it goes on. */
const mostWaiting = 32_000_000;
const fewWaiting = 8_000_000;

export interface KernelInboxOptions {
  deliver: (message: KernelMessage.IMessage) => void;
  /** What came is no message. */
  refuse: (error: unknown) => void;
  /** The wire: holds up what comes, and lets it go on. */
  pause: () => void;
  resume: () => void;
  /** In ms; only its steps matter. */
  now?: () => number;
}

/**
 * Hands what comes over the wire on as messages, in order. Small ones at once; a print of 100 MB, which is one message, in
 * pieces and with pauses, so that neither typing nor other notebooks wait for it.
 */
export class KernelInbox implements Disposable {
  private readonly waiting: { pieces: Iterator<KernelMessage.IMessage>; bytes: number }[] = [];
  private bytes = 0;
  private paused = false;
  private timer: NodeJS.Immediate | undefined;

  private readonly now: () => number;

  constructor(private readonly o: KernelInboxOptions) {
    this.now = o.now ?? (() => performance.now());
  }

  push(raw: ArrayBuffer | string, protocol: string): void {
    const bytes = typeof raw === 'string' ? raw.length : raw.byteLength;
    if (this.waiting.length === 0 && bytes < largeBytes) {
      this.handOn(read(raw, protocol));
      return;
    }
    this.waiting.push({ pieces: read(raw, protocol), bytes });
    this.bytes += bytes;
    if (!this.paused && this.bytes > mostWaiting) {
      this.paused = true;
      this.o.pause();
    }
    this.timer ??= setImmediate(() => this.turn());
  }

  /** The wire is another one, which nothing holds up. */
  rewired(): void {
    this.paused = false;
  }

  /** Hands all that waits on at once: nobody types any more. */
  flush(): void {
    for (const { pieces } of this.waiting) while (!this.handOn(pieces));
    this.clear();
  }

  /** Forgets what waits: it is from a kernel's process that is gone. */
  clear(): void {
    clearImmediate(this.timer);
    this.timer = undefined;
    this.waiting.length = this.bytes = 0;
  }

  dispose(): void {
    this.clear();
  }

  private turn(): void {
    this.timer = undefined;
    const until = this.now() + turnMs;
    for (let first = this.waiting[0]; first && this.now() < until; first = this.waiting[0])
      if (this.handOn(first.pieces)) {
        this.waiting.shift();
        this.bytes -= first.bytes;
      }
    if (this.paused && this.bytes < fewWaiting) {
      this.paused = false;
      this.o.resume();
    }
    if (this.waiting.length > 0) this.timer ??= setImmediate(() => this.turn());
  }

  /** Hands one piece on; true when there was none left. */
  private handOn(pieces: Iterator<KernelMessage.IMessage>): boolean {
    let next: IteratorResult<KernelMessage.IMessage>;
    try {
      next = pieces.next();
    } catch (error) {
      this.o.refuse(error);
      return true;
    }
    if (!next.done) this.o.deliver(next.value);
    return next.done === true;
  }
}

function* read(raw: ArrayBuffer | string, protocol: string): Generator<KernelMessage.IMessage, undefined> {
  if (typeof raw !== 'string' && raw.byteLength >= largeBytes && protocol !== '') {
    const pieces = streamPieces(raw);
    if (pieces) {
      yield* pieces;
      return undefined;
    }
  }
  yield deserialize(raw as ArrayBuffer, protocol); // its type forgets that old servers send text
  return undefined;
}
