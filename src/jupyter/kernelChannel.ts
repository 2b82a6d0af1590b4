import type { KernelMessage } from '@jupyterlab/services';
import { serialize } from '@jupyterlab/services/lib/kernel/serialize';
import { isKubeError } from '../k8s/errors.ts';
import { Emitter, type Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { isJupyterError } from './errors.ts';
import { KernelInbox } from './kernelInbox.ts';
import type { TunnelSocket, WebSocketClass } from './webSocket.ts';

export interface KernelChannelOptions {
  WebSocket: WebSocketClass;
  /** ws://…/api/kernels/<id>/channels?session_id=<session> */
  url: string;
  logger: Logger;
}

/** Jupyter Server's binary protocol; servers before 2.0 know only the older one, which has no name. */
const protocol = 'v1.kernel.websocket.jupyter.org';

/** How long the other end may take to acknowledge that the connection is closed; ms. */
const closeMs = 1000;
const closeLooks = 10;

/** Why there will be no further connection: no such kernel any more, no server, or no WebSocket comes through. */
export type ChannelEnd = 'kernelGone' | 'serverStopped' | 'noWebSockets';

/**
 * The kernel's messages over one WebSocket at a time. A lost connection is made anew for as long as server and kernel
 * exist; with the same session id, so that Jupyter hands over what it buffered meanwhile. Messages sent while there is
 * none wait for the next. JupyterLab's own connection gives up after seven tries and waits up to 30 s in between.
 */
export class KernelChannel implements Disposable {
  private readonly messages = new Emitter<KernelMessage.IMessage>();
  private readonly connections = new Emitter<boolean>();
  private readonly ends = new Emitter<ChannelEnd>();
  private readonly sends = new Emitter<string>();
  readonly onMessage = this.messages.event;
  /** true when connected, false when the connection was lost. */
  readonly onDidConnect = this.connections.event;
  readonly onDidEnd = this.ends.event;
  /** The message with this id left, which is not to say that it arrived. */
  readonly onDidSend = this.sends.event;
  private readonly inbox = new KernelInbox({
    deliver: (message) => this.messages.fire(message),
    refuse: (error) =>
      this.options.logger.warn(`kernel channel: a message that is none (${error instanceof Error ? error.name : ''})`),
    pause: () => this.socket?.pause(),
    resume: () => this.socket?.resume(),
  });
  private socket: TunnelSocket | undefined;
  private outbox: KernelMessage.IMessage[] = [];
  private timer: NodeJS.Timeout | undefined;
  private attempt = 0;
  private open = false;
  /** Who keeps messages waiting, also while connected. */
  private readonly holders = new Set<object>();
  private nameless = false;
  private acknowledging = false;
  private finishing: Promise<void> | undefined;
  private disposed = false;

  constructor(private readonly options: KernelChannelOptions) {
    this.dial();
  }

  get connected(): boolean {
    return this.open;
  }

  /** Sends, or keeps the message for the next connection. After a silence only once the other end has answered a ping. */
  send(message: KernelMessage.IMessage): void {
    if (this.held || !this.isFresh() || !this.sendNow(message)) this.outbox.push(message);
  }

  /** Sends past a hold; false when there is no connection just now. */
  sendNow(message: KernelMessage.IMessage): boolean {
    if (!this.open || !this.socket) return false;
    this.socket.send(serialize(message, this.socket.protocol));
    this.sends.fire(message.header.msg_id);
    return true;
  }

  /** From now on messages wait, also while connected, until all who hold them have let go. */
  hold(holder: object): void {
    this.holders.add(holder);
  }

  release(holder: object): void {
    this.holders.delete(holder);
    if (this.open && !this.held) this.flush();
  }

  /** Whether a message still waits to be sent. */
  waits(messageId: string): boolean {
    return this.outbox.some((message) => message.header.msg_id === messageId);
  }

  /**
   * Forgets messages that wait for a connection: their kernel is not the one they were meant for.
   * @param keep ids of those that are meant for the one that is reached next
   */
  dropUnsent(keep: ReadonlySet<string> = new Set()): void {
    this.outbox = this.outbox.filter((message) => keep.has(message.header.msg_id));
  }

  /** Takes back a message that still waits for a connection; false when it is on its way already. */
  takeBack(messageId: string): boolean {
    const before = this.outbox.length;
    this.outbox = this.outbox.filter((message) => message.header.msg_id !== messageId);
    return this.outbox.length < before;
  }

  /** Cuts the connection and makes another: a restarted kernel is reached only by a new WebSocket. */
  reconnect(): void {
    if (this.disposed || this.finishing) return;
    this.drop();
    this.inbox.clear();
    this.dial();
  }

  /**
   * Closes the connection without losing what is on its way: Jupyter counts that as handed over. Reads on until the other end
   * has acknowledged, for a second at most; nothing is sent or connected any more, which nobody is told. Then to be disposed.
   */
  finish(): Promise<void> {
    return (this.finishing ??= this.readOn());
  }

  dispose(): void {
    this.disposed = true;
    this.drop();
    this.inbox.dispose();
    this.messages.dispose();
    this.connections.dispose();
    this.ends.dispose();
    this.sends.dispose();
  }

  private async readOn(): Promise<void> {
    clearTimeout(this.timer);
    const { socket } = this;
    if (this.open && socket) {
      this.open = false;
      await new Promise<void>((resolve) => {
        const end = () => {
          clearInterval(timer);
          resolve();
        };
        // Looks and not a time limit: after a block of ours what came meanwhile, and the rest behind it, is yet to be read.
        let looks = 0;
        const timer = setInterval(() => ++looks === closeLooks && end(), closeMs / closeLooks);
        for (const event of ['acknowledged', 'close']) socket.once(event, end);
        socket.close();
      });
    }
    if (!this.disposed) this.inbox.flush();
  }

  private get held(): boolean {
    return this.holders.size > 0;
  }

  private drop(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = undefined;
    if (this.open) {
      this.open = false;
      this.connections.fire(false);
    }
    if (!socket) return;
    socket.removeAllListeners('message');
    socket.on('error', () => undefined); // closing a socket that is not open yet reports itself as an error
    if (socket.readyState === socket.OPEN) socket.close();
    else socket.terminate();
  }

  private flush(): void {
    for (const message of this.outbox.splice(0)) this.send(message);
  }

  /** What is sent into a dead connection is lost, and nobody knows whether it arrived. */
  private isFresh(): boolean {
    return !this.open || this.socket!.isFresh(() => !this.held && this.flush());
  }

  private dial(): void {
    const socket = new this.options.WebSocket(this.options.url, this.nameless ? [] : [protocol]);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.inbox.rewired();
    let end: ChannelEnd | undefined;
    socket.on('unexpected-response', (request, response) => {
      if (response.statusCode === 404) end = 'kernelGone';
      else this.options.logger.debug(`kernel channel: HTTP ${response.statusCode}`);
      request.destroy();
      this.lost(socket, end);
    });
    socket.on('error', (error) => {
      this.options.logger.debug(`kernel channel: ${error.message}`);
      if (/no subprotocol/.test(error.message)) this.nameless = true;
      if (isJupyterError(error, 'NotRunning')) end = 'serverStopped';
      if (isKubeError(error, 'Refused')) end = 'noWebSockets';
      this.lost(socket, end);
    });
    socket.on('close', () => this.lost(socket, end));
    socket.on('open', () => {
      if (this.socket !== socket || this.finishing) return;
      this.open = true;
      this.attempt = 0;
      if (!this.held) this.flush();
      this.connections.fire(true);
    });
    socket.on('message', (data: ArrayBuffer | Buffer, isBinary) => {
      if (this.socket !== socket) return;
      this.acknowledge(socket);
      const raw = isBinary ? (data as ArrayBuffer) : Buffer.from(data as ArrayBuffer).toString('utf8');
      this.inbox.push(raw, socket.protocol);
    });
  }

  /**
   * Jupyter's sockets hold small messages back until the last one is acknowledged (Nagle), and the pod's side delays that
   * by 40 ms. An unasked pong carries the acknowledgement at once: a trivial cell takes 8 ms instead of 47.
   */
  private acknowledge(socket: TunnelSocket): void {
    if (this.acknowledging) return;
    this.acknowledging = true;
    setTimeout(() => {
      this.acknowledging = false;
      if (socket.readyState === socket.OPEN) socket.pong();
    }, 0);
  }

  private lost(socket: TunnelSocket, end: ChannelEnd | undefined): void {
    if (this.disposed || this.finishing || this.socket !== socket) return;
    this.socket = undefined;
    if (this.open) {
      this.open = false;
      this.connections.fire(false);
    }
    if (this.disposed) return;
    if (end) return this.ends.fire(end);
    // The tunnel has its own pauses for an absent network; this one is for a server that hangs up at once.
    const pause = this.attempt === 0 ? 0 : Math.min(5000, 100 * 2 ** this.attempt) * (0.5 + Math.random() / 2);
    this.attempt++;
    this.timer = setTimeout(() => this.dial(), pause);
  }
}
