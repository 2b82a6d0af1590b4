import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { carries } from './cluster/leftovers.ts';
import type { BootEvent } from './control.ts';
import type { RunFolder } from './folders.ts';
import type { LabState } from './types.ts';

/** What a run folder says about who runs it. */
export interface Owner {
  pid: number;
  /** See leftovers.ts. */
  mark: string;
}

/** The text of a file as JSON, or undefined when there is none or it was not written to the end. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Who runs the lab of this folder, if the daemon lives. */
export async function livingOwner(run: RunFolder): Promise<Owner | undefined> {
  const owner = await readJson<Owner>(run.ownerFile());
  return owner && (await carries(owner.pid, owner.mark)) ? owner : undefined;
}

/** Speaks to a lab's daemon. */
export class ControlClient {
  private constructor(
    private readonly port: number,
    private readonly secret: string,
  ) {}

  /** @returns undefined when no daemon of this run folder lives */
  static async find(run: RunFolder): Promise<ControlClient | undefined> {
    if (!(await livingOwner(run))) return undefined;
    const state = await readJson<LabState>(run.stateFile());
    if (!state) return undefined;
    const secret = await readFile(run.secretFile(), 'utf8');
    return new ControlClient(state.ports.control, secret);
  }

  /** @throws Error with the daemon's sentence when it refuses */
  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.open(method, path, body);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
    if (response.statusCode !== 200) throw new Error(text || `the lab answered ${response.statusCode}`);
    return JSON.parse(text) as T;
  }

  /** Waits until the lab is ready. @throws Error with the reason when it does not become so */
  async booted(progress: (line: string) => void): Promise<void> {
    const response = await this.open('GET', '/boot');
    for await (const line of createInterface({ input: response })) {
      const event = JSON.parse(line) as BootEvent;
      if ('progress' in event) progress(event.progress);
      else if ('failed' in event) throw new Error(event.failed);
      else return;
    }
    throw new Error('the lab ended while it was starting');
  }

  /** Asks the daemon to end, and resolves when its connection ends, which it does with the process. */
  async stop(): Promise<void> {
    const response = await this.open('POST', '/stop');
    await new Promise<void>((resolve) => {
      response.resume().on('error', () => resolve());
      response.on('close', resolve);
    });
  }

  private open(method: string, path: string, body?: unknown): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.secret}` };
      http
        .request({ host: '127.0.0.1', port: this.port, method, path, headers, agent: false }, resolve)
        .on('error', reject)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
