import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Disposable } from '../k8s/events.ts';
import type { PluginEnd } from '../k8s/pluginProcess.ts';
import {
  addressVariable,
  jsonLine,
  JsonLines,
  longestHello,
  longestMessage,
  secretVariable,
  type Ended,
  type Hello,
  type SignInTask,
} from './signInProtocol.ts';

/**
 * The extension's end of a sign-in in a terminal. It listens on a socket in a folder of this user's (a named pipe on
 * Windows) and gives the task to the first who knows the secret, so neither credentials nor the plugin's variables are
 * ever on disk, on the screen or on a command line.
 */
export class SignInChannel implements Disposable {
  /** For the program in the terminal. */
  readonly env: Readonly<Record<string, string>>;
  /** How the task ended; `closed` when the program went away before. */
  readonly ended: Promise<PluginEnd>;
  readonly #server: net.Server;
  readonly #folder: string | undefined;
  readonly #secret: string;
  readonly #task: SignInTask;
  readonly #sockets = new Set<net.Socket>();
  #client: net.Socket | undefined;
  #end: (end: PluginEnd) => void = () => undefined;

  private constructor(server: net.Server, address: string, folder: string | undefined, task: SignInTask) {
    this.#server = server;
    this.#folder = folder;
    this.#task = task;
    this.#secret = randomBytes(32).toString('hex');
    this.env = { [addressVariable]: address, [secretVariable]: this.#secret };
    this.ended = new Promise((resolve) => (this.#end = resolve));
    server.on('connection', (socket) => this.#greet(socket));
  }

  /** Listens. Dispose it. */
  static async open(task: SignInTask, platform: NodeJS.Platform = process.platform): Promise<SignInChannel> {
    // mkdtemp makes folders of mode 700.
    const folder = platform === 'win32' ? undefined : await mkdtemp(path.join(tmpdir(), 'kubeflow-'));
    const address = folder ? path.join(folder, 's') : `\\\\.\\pipe\\kubeflow-${randomBytes(16).toString('hex')}`;
    const server = net.createServer();
    const channel = new SignInChannel(server, address, folder, task);
    server.listen(address);
    try {
      await once(server, 'listening');
    } catch (error) {
      channel.dispose();
      throw error;
    }
    return channel;
  }

  /** The terminal's last words; its program then waits for a key. */
  say(text: string): void {
    this.#client?.end(jsonLine({ say: text }));
  }

  /** Ends the program too, if it has not been told its last words. */
  dispose(): void {
    this.#end({ kind: 'closed' });
    this.#server.close();
    for (const socket of this.#sockets) if (!socket.writableEnded) socket.destroy();
    // What is left of a temporary folder is empty and harms nobody.
    if (this.#folder) rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }

  #greet(socket: net.Socket): void {
    this.#sockets.add(socket);
    const lines = new JsonLines(longestHello);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      try {
        for (const message of lines.add(text)) {
          this.#hear(socket, message);
          if (socket === this.#client) lines.longest = longestMessage;
        }
      } catch {
        // It does not speak our language: whoever it is, it gets no answer.
        socket.destroy();
      }
    });
    // A program that ends closes its socket, which is what tells us.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (socket === this.#client) this.#end({ kind: 'closed' });
    });
  }

  #hear(socket: net.Socket, message: unknown): void {
    if (socket === this.#client) return this.#end((message as Ended).end);
    const { secret } = message as Hello;
    if (this.#client || typeof secret !== 'string' || !same(secret, this.#secret)) return void socket.destroy();
    this.#client = socket;
    socket.write(jsonLine(this.#task));
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
