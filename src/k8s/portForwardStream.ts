import type WebSocket from 'ws';
import { KubeError } from './errors.ts';
import { SocketLike } from './socketLike.ts';

const dataChannel = 0;
const errorChannel = 1;
/** A kubelet drops a WebSocket that sends 32 MiB in one frame. */
const maxFrame = 1024 * 1024;
/** Writes are held back while this much waits to be sent. */
const maxBuffered = 1024 * 1024;

/** Nobody listens on the port in the pod (yet). */
export class PortForwardRefused extends Error {
  override readonly name = 'PortForwardRefused';
}

/**
 * A connection into a pod over one v4.channel.k8s.io WebSocket.
 * Back-pressure works both ways. There is no half-close in the protocol, so ending the writing side sends nothing, and
 * the reading side ends with close code 1000 (about a second late) or not at all (kwok): protocols that are carried must
 * know their lengths. Emits 'open' when the kubelet has opened both channels.
 */
export class PortForwardStream extends SocketLike {
  readonly #socket: WebSocket;
  #announced = [false, false];
  #trouble = '';

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data) => this.#message(data as Buffer));
    socket.on('error', (error) => this.destroy(lost(error.message, error)));
    socket.on('close', (code) => this.#closed(code));
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  /** Nothing on the wire says "no more to send"; the socket stays for what the other side still sends. */
  override _final(done: () => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#socket.isPaused) this.#socket.resume();
    this.#socket.close(1000);
    this.#cutLater(Infinity);
    done(error);
  }

  /** A peer that is gone never answers a close: the socket is cut when 2 s have sent nothing more. */
  #cutLater(waiting: number): void {
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    const cut = setTimeout(() => {
      const left = this.#socket.bufferedAmount;
      if (left > 0 && left < waiting) this.#cutLater(left);
      else this.#socket.terminate();
    }, 2000);
    cut.unref();
    this.#socket.once('close', () => clearTimeout(cut));
  }

  #message(data: Buffer): void {
    const channel = data[0];
    if (channel !== dataChannel && channel !== errorChannel) return;
    if (!this.#announced[channel]) {
      // The first frame of each channel is the port in two bytes.
      this.#announced[channel] = true;
      if (this.#announced.every(Boolean)) this.emit('open');
      return;
    }
    const body = data.subarray(1);
    if (body.length === 0 || this.destroyed) return;
    if (channel === errorChannel) return this.#failed(body.toString('utf8').trim());
    if (!this.push(body)) this.#socket.pause();
  }

  #failed(text: string): void {
    this.#trouble = text;
    const refused = /connection refused/i.test(text);
    this.destroy(
      refused ? new PortForwardRefused(text) : new KubeError({ code: 'ServerError', status: 500, message: text }),
    );
  }

  #closed(code: number): void {
    if (this.destroyed || this.#trouble !== '') return;
    if (code !== 1000 || !this.#announced.every(Boolean)) {
      return void this.destroy(lost(`the WebSocket closed with code ${code}`));
    }
    this.push(null);
    this.end();
  }

  #send(chunks: Buffer[], done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return done(lost('the WebSocket is closed'));
    const frames = framed(chunks);
    frames.forEach((frame, index) => {
      const last = index === frames.length - 1;
      const full = socket.bufferedAmount + frame.length > maxBuffered;
      // The last frame's callback comes when it was handed to the system: that holds a fast writer back.
      if (last && full) socket.send(frame, (error) => done(error ? lost(error.message, error) : null));
      else socket.send(frame, (error) => error && this.destroy(lost(error.message, error)));
      if (last && !full) done();
    });
  }
}

/** Frames of at most 1 MiB, the channel's byte first; small writes share one. */
function framed(chunks: Buffer[]): Buffer[] {
  const channel = Buffer.of(dataChannel);
  const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const frames: Buffer[] = [];
  for (let from = 0; from < all.length; from += maxFrame) {
    frames.push(Buffer.concat([channel, all.subarray(from, from + maxFrame)]));
  }
  return frames.length > 0 ? frames : [channel];
}

function lost(detail: string, cause?: unknown): KubeError {
  return new KubeError({ code: 'Unreachable', host: 'the pod', reason: 'reset', detail }, { cause });
}
