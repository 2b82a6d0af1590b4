import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Lab, Person } from '../lab/index.ts';
import type { ServerRef } from '../src/editor/address.ts';
import { Session } from '../test/e2e/session.ts';
import { packOwn } from './packOwn.ts';

type OnServer = { ref: ServerRef; path: string };
export type Kernel = 'ours' | 'direct';

/** What bench/direct does in the extension host. Times in ms, moments in ms since the epoch. */
export interface HostAsks {
  ready: { ask: void; answer: true };
  begin: { ask: void; answer: void };
  read: { ask: void; answer: { share: number; longest: number } };
  memory: { ask: void; answer: { rssMB: number; heapMB: number } };
  open: { ask: OnServer & { kernel: Kernel }; answer: void };
  use: { ask: OnServer & { kernel: Kernel }; answer: void };
  run: { ask: { path: string }; answer: void };
  expectEnd: { ask: { path: string }; answer: void };
  ended: { ask: void; answer: number };
  close: { ask: void; answer: void };
  openForm: { ask: void; answer: number };
  openPlainPanel: { ask: void; answer: number };
  closePanels: { ask: void; answer: void };
  makeLarge: { ask: { megabytes: number }; answer: void };
  saveOurs: { ask: OnServer; answer: number };
  savePlain: { ask: { path: string }; answer: number };
  saveAsJupyterLab: { ask: { path: string }; answer: number };
  openOurs: { ask: OnServer; answer: number };
  openPlain: { ask: { path: string }; answer: number };
  openAsJupyterLab: { ask: { path: string }; answer: number };
}

type Reply = { id: number } & ({ answer: unknown } | { problem: string });

/** No single thing that is asked takes longer, also on a busy computer. */
const patienceMs = 180_000;

/** The bench's own extension in an extension host, as it is spoken to. */
export class Host {
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private asked = 0;

  constructor(private readonly socket: net.Socket) {
    createInterface({ input: socket }).on('line', (line) => {
      const reply = JSON.parse(line) as Reply;
      this.waiting.get(reply.id)?.(reply);
    });
    socket.on('close', () => {
      for (const [id, end] of this.waiting) end({ id, problem: 'the extension host has ended' });
    });
  }

  /** @throws Error with what went wrong there, or that there was no answer in time */
  ask<K extends keyof HostAsks>(what: K, ...ask: HostAsks[K]['ask'] extends void ? [] : [HostAsks[K]['ask']]) {
    const id = ++this.asked;
    return new Promise<HostAsks[K]['answer']>((resolve, reject) => {
      const late = setTimeout(() => end({ id, problem: `${what}: no answer in time` }), patienceMs);
      const end = (reply: Reply) => {
        clearTimeout(late);
        this.waiting.delete(id);
        if ('problem' in reply) reject(new Error(reply.problem));
        else resolve(reply.answer as HostAsks[K]['answer']);
      };
      this.waiting.set(id, end);
      this.socket.write(`${JSON.stringify({ id, what, ask: ask[0] })}\n`);
    });
  }
}

/** Opens a VS Code with the extension and the bench's own, and hands it to `work`. Nothing of it is left afterwards. */
export async function withVscode<T>(
  lab: Lab,
  who: Person,
  o: { jupyter?: string; kubeconfig?: string; machineSettings?: Record<string, unknown> },
  work: (session: Session, host: Host) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeflow-bench-'));
  const listener = net.createServer();
  const path = join(folder, 'socket');
  listener.listen(path);
  const came = new Promise<net.Socket>((resolve) => listener.once('connection', resolve));
  const env = {
    BENCH_SOCKET: path,
    ...(o.jupyter && { BENCH_JUPYTER: o.jupyter }),
    ...(o.kubeconfig && { KUBECONFIG: o.kubeconfig }),
  };
  let session: Session | undefined;
  try {
    // In the browser VS Code saves a second after each change: that is measured by itself.
    const { machineSettings } = o;
    const settings = { 'files.autoSave': 'off' };
    session = await Session.open(who, {
      lab,
      extensions: [await packOwn('direct', folder), await packOwn('plain', folder)],
      env,
      settings,
      machineSettings,
    });
    const host = new Host(await inTime(came, 'the extension host has not come up'));
    await host.ask('ready');
    return await work(session, host);
  } catch (error) {
    await session?.failed('bench');
    throw error;
  } finally {
    await session?.close();
    listener.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function inTime<T>(coming: Promise<T>, problem: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(problem)), patienceMs);
    void coming.then(resolve).finally(() => clearTimeout(late));
  });
}
