import { isJupyterError, JupyterError } from '../jupyter/errors.ts';
import { isKubeError } from '../k8s/errors.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { serverKey, type ServerRef } from './address.ts';
import type { Connections } from './connections.ts';
import type { Memory } from './usedServers.ts';

export interface SaveLaterOptions {
  connections: Connections;
  logger: Logger;
  /** Of this workspace: a window that closes meanwhile goes on when it is opened again. */
  memory: Memory;
  /** Whether a document of this URI is open and holds changes. */
  isDirty: (uri: string) => boolean;
  save: (uri: string) => PromiseLike<unknown>;
  pauseMs?: number;
}

type Waiting = { ref: ServerRef; uris: string[] };

const memoryKey = 'kubeflow.saveLater';
/** No save takes longer, but for one that ended in another way. */
const savingMs = 60_000;

/**
 * Documents whose save failed because their server did not answer: each is saved once more, by itself, when it does. One
 * whose save fails for another reason then is the user's to deal with, as VS Code says it.
 */
export class SaveLater implements Disposable {
  private readonly servers = new Map<string, Waiting & { abort: AbortController }>();
  private readonly wake = new Set<() => void>();
  /** When each save began that has not been heard of since. */
  private readonly saving = new Map<string, number>();
  private readonly subscription: Disposable;

  constructor(private readonly o: SaveLaterOptions) {
    // The way to a server changed: it may answer now.
    this.subscription = o.connections.onDidChange(() => {
      for (const go of [...this.wake]) go();
    });
  }

  /** Goes on with what a window of before could not save; contacts nobody where there is nothing. */
  resume(): void {
    for (const { ref, uris } of this.o.memory.get<Waiting[]>(memoryKey) ?? [])
      for (const uri of uris) this.add(ref, uri);
  }

  /** The document is about to be saved. */
  willSave(uri: string): void {
    this.saving.set(uri, Date.now());
  }

  /**
   * The document on whose behalf a question about a file or folder may be: VS Code asks about both before it saves, and
   * gives up where neither is answered.
   */
  savingAt(uri: string): string | undefined {
    for (const [saved, since] of this.saving) {
      if (Date.now() - since > savingMs) this.saving.delete(saved);
      else if (saved === uri || saved.startsWith(`${uri}/`)) return saved;
    }
    return undefined;
  }

  /** The error to show for a save that failed with `error`: another one where the document is saved later. */
  failed(ref: ServerRef, uri: string, error: unknown): unknown {
    const why = unanswered(error);
    if (!why || !this.o.isDirty(uri)) return error;
    this.saving.delete(uri);
    this.add(ref, uri);
    return new JupyterError({ code: 'SaveLater', server: ref.name, why }, { cause: error });
  }

  /** The document was saved, or there is nothing to save any more. */
  done(ref: ServerRef, uri: string): void {
    this.saving.delete(uri);
    const waiting = this.servers.get(serverKey(ref));
    if (!waiting?.uris.includes(uri)) return;
    waiting.uris = waiting.uris.filter((other) => other !== uri);
    if (waiting.uris.length === 0) this.end(serverKey(ref));
    this.keep();
  }

  /** How many documents wait. */
  get count(): number {
    return [...this.servers.values()].reduce((sum, { uris }) => sum + uris.length, 0);
  }

  dispose(): void {
    this.subscription.dispose();
    for (const { abort } of this.servers.values()) abort.abort();
    this.servers.clear();
  }

  private add(ref: ServerRef, uri: string): void {
    const key = serverKey(ref);
    const known = this.servers.get(key);
    if (known?.uris.includes(uri)) return;
    if (known) known.uris.push(uri);
    else {
      const made = { ref, uris: [uri], abort: new AbortController() };
      this.servers.set(key, made);
      void this.wait(key, made);
    }
    this.keep();
  }

  private end(key: string): void {
    this.servers.get(key)?.abort.abort();
    this.servers.delete(key);
  }

  private keep(): void {
    const all = [...this.servers.values()].map(({ ref, uris }) => ({ ref, uris }));
    void this.o.memory.update(memoryKey, all);
  }

  private async wait(key: string, waiting: Waiting & { abort: AbortController }): Promise<void> {
    const { signal } = waiting.abort;
    while (!signal.aborted) {
      try {
        const { server } = await this.o.connections.open(waiting.ref);
        await server.waitUntilAnswers(signal, 60_000);
        if (signal.aborted) return;
        this.end(key);
        this.keep();
        for (const uri of waiting.uris) if (this.o.isDirty(uri)) await this.o.save(uri);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.o.logger.debug(`saving later on ${waiting.ref.name}: ${String(error)}`);
        await this.pause(signal);
      }
    }
  }

  /** Until the way to some server changes; a stopped server that nobody else looks at says nothing, so not for ever. */
  private pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.wake.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, this.o.pauseMs ?? 10_000);
      this.wake.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }
}

/** Why a server gave no answer, where that is what went wrong; its own refusals are answers. */
function unanswered(error: unknown): Extract<JupyterError['problem'], { code: 'SaveLater' }>['why'] | undefined {
  if (isJupyterError(error, 'NotRunning')) return error.problem.why === 'deleted' ? undefined : error.problem.why;
  if (isJupyterError(error, 'Unreachable') || isJupyterError(error, 'NotAnswering')) return 'silent';
  if (isKubeError(error) && ['Unreachable', 'Timeout'].includes(error.code)) return 'silent';
  if (error instanceof Error && error.name === 'TimeoutError') return 'silent';
  return undefined;
}
