import { randomUUID } from 'node:crypto';
import { Emitter, type Disposable } from '../k8s/events.ts';
import { ContentsClient } from './contents.ts';
import { isJupyterError, JupyterError } from './errors.ts';
import { makeFetch } from './fetch.ts';
import { TunnelHttp } from './http.ts';
import { KernelChannel } from './kernelChannel.ts';
import { waitOrThrow, withTimeout } from './patience.ts';
import { KernelSession } from './kernelSession.ts';
import { sweepWithKernel } from './kernelSweep.ts';
import { RawFiles } from './rawFiles.ts';
import { Rest } from './rest.ts';
import {
  foundOf,
  runningOf,
  type FoundKernel,
  type JupyterServerOptions,
  type KernelModel,
  type KernelSpecs,
  type OpenKernelOptions,
  type RunningKernel,
  type SessionModel,
  type SpecsModel,
} from './serverModels.ts';
import { uidOf } from './target.ts';
import type { Tunnel } from './tunnel.ts';
import { makeWebSocket, type WebSocketClass } from './webSocket.ts';
import { makeXsrfPair } from './xsrf.ts';

export type {
  JupyterServerOptions,
  KernelSpec,
  KernelSpecs,
  OpenKernelOptions,
  RunningKernel,
} from './serverModels.ts';

/** Jupyter in one notebook server, behind its tunnel. */
export class JupyterServer implements Disposable {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: WebSocketClass;
  readonly contents: ContentsClient;
  readonly raw: RawFiles;
  private readonly http: TunnelHttp;
  private readonly rest: Rest;
  private readonly kernelsChanged = new Emitter<void>();
  /** The list of running kernels may be another one, or one of them changed its state. */
  readonly onDidChangeKernels = this.kernelsChanged.event;
  private disposed = false;
  private readonly attached = new Map<string, Set<KernelSession>>();
  private knownSpecs: Promise<KernelSpecs> | undefined;

  constructor(private readonly options: JupyterServerOptions) {
    const { tunnel, namespace, name, heartbeatMs } = options;
    this.baseUrl = `http://localhost/notebook/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/`;
    const headers = makeXsrfPair();
    this.http = new TunnelHttp(tunnel);
    this.fetch = makeFetch(this.http, headers);
    this.WebSocket = makeWebSocket(tunnel, headers, { heartbeatMs, onSilent: () => this.http.suspect() });
    this.rest = new Rest(this.fetch, this.baseUrl);
    this.raw = new RawFiles({ http: this.http, basePath: new URL(this.baseUrl).pathname, headers });
    this.contents = new ContentsClient(this.rest, { raw: this.raw, sweep: (path) => sweepWithKernel(this, path) });
    tunnel.target.onDidChange(() => (this.knownSpecs = undefined));
  }

  get tunnel(): Tunnel {
    return this.options.tunnel;
  }

  /** A connection to it turned out to be dead without a word: those that wait to be used again are no better. */
  suspect(): void {
    this.tunnel.suspect();
    this.http.suspect();
  }

  /**
   * Resolves when Jupyter answers; waits for a server that starts. Rejects with NotRunning at once when it is stopped,
   * failing or deleted, with NotRunning, NotAnswering or Unreachable after `timeoutMs`.
   */
  async waitUntilAnswers(signal?: AbortSignal, timeoutMs = 60000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      try {
        await this.rest.call('GET', 'api', { signal: withTimeout(signal, deadline - Date.now()) });
        return;
      } catch (error) {
        if (signal?.aborted) throw error;
        if (Date.now() >= deadline)
          throw isJupyterError(error) ? error : new JupyterError(this.tunnel.whyNot(Math.round(timeoutMs / 1000)));
        await waitOrThrow(error as Error, signal);
      }
    }
  }

  /** Whether Jupyter answers within `timeoutMs`; an HTTP error is an answer of something else. */
  async answers(signal?: AbortSignal, timeoutMs = 5000): Promise<boolean> {
    try {
      await this.rest.call('GET', 'api', { signal: withTimeout(signal, timeoutMs) });
      return true;
    } catch (error) {
      if (signal?.aborted) throw error;
      return false;
    }
  }

  /** The kernels that can be started; asked once per pod. */
  specs(): Promise<KernelSpecs> {
    this.knownSpecs ??= this.rest.call<SpecsModel>('GET', 'api/kernelspecs').then((model) => ({
      default: model.default,
      specs: Object.values(model.kernelspecs).flatMap((s) =>
        s ? [{ name: s.name, displayName: s.spec.display_name, language: s.spec.language }] : [],
      ),
    }));
    const asked = this.knownSpecs;
    asked.catch(() => {
      if (this.knownSpecs === asked) this.knownSpecs = undefined;
    });
    return asked;
  }

  /** The kernels that run now, with the notebooks they belong to. */
  async kernels(signal?: AbortSignal): Promise<RunningKernel[]> {
    const [kernels, sessions] = await Promise.all([
      this.rest.call<KernelModel[]>('GET', 'api/kernels', { signal }),
      this.rest.call<SessionModel[]>('GET', 'api/sessions', { signal }),
    ]);
    return kernels.map((kernel) => runningOf(kernel, sessions));
  }

  /** The session that is already there for a path, if any; starts nothing. */
  async findSession(path: string): Promise<FoundKernel | undefined> {
    const sessions = await this.rest.call<SessionModel[]>('GET', 'api/sessions');
    const kernel = sessions.find((s) => s.path === path && s.kernel)?.kernel;
    return kernel ? foundOf(kernel) : undefined;
  }

  /**
   * The kernel of a notebook: the one that runs for its path, else a new one. Rejects with KernelStartFailed when
   * Jupyter refuses, or with what is wrong with the server.
   */
  async openKernel(o: OpenKernelOptions): Promise<KernelSession> {
    const found = await this.findSession(o.path);
    if (found) return this.attach(found, o, true);
    const specs = await this.specs();
    const wanted = specs.specs.find((s) => s.name === o.kernelName)?.name ?? specs.default;
    if (!specs.specs.some((s) => s.name === wanted))
      throw new JupyterError({
        code: 'KernelSpecMissing',
        name: o.kernelName ?? wanted,
        available: specs.specs.map((s) => s.name),
      });
    const body = { path: o.path, name: o.path.split('/').pop(), type: o.type ?? 'notebook', kernel: { name: wanted } };
    try {
      const session = await this.rest.call<SessionModel>('POST', 'api/sessions', { body });
      if (!session.kernel)
        throw new JupyterError({ code: 'Refused', status: 201, message: 'a session without kernel' });
      return this.attach({ ...foundOf(session.kernel), busy: false }, o);
    } catch (error) {
      if (!isJupyterError(error, 'Refused')) throw error;
      const { message } = error.problem;
      throw new JupyterError(
        { code: 'KernelStartFailed', server: this.options.name, detail: message },
        { cause: error },
      );
    }
  }

  /**
   * A kernel that was used before, under the same client id. Rejects with KernelEnded when it is not there any more.
   * @param podUid of the pod that it ran in then
   */
  async reopenKernel(kernelId: string, o: OpenKernelOptions, podUid?: string): Promise<KernelSession> {
    const kernels = await this.rest.call<KernelModel[]>('GET', 'api/kernels');
    const kernel = kernels.find(({ id }) => id === kernelId);
    if (kernel) return this.attach(foundOf(kernel), o, true);
    const { target } = this.tunnel;
    const now = uidOf(target);
    const known = podUid !== undefined && now !== undefined;
    const otherwise = known && now !== podUid ? 'serverRestarted' : 'shutDown';
    // Where the kernel's own container still runs, the end of one before it explains nothing.
    const reason = known && now === podUid ? 'shutDown' : (target.lastEnd?.()?.reason ?? otherwise);
    throw new JupyterError({ code: 'KernelEnded', server: target.server, reason });
  }

  /** After a notebook or folder was moved: its kernels go along, or the next cell would start others. */
  async moveSessions(from: string, to: string): Promise<void> {
    const sessions = await this.rest.call<SessionModel[]>('GET', 'api/sessions');
    for (const { id, path } of sessions) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      const now = to + path.slice(from.length);
      const body = { path: now, name: now.split('/').pop() };
      await this.rest.call('PATCH', `api/sessions/${encodeURIComponent(id)}`, { body });
    }
  }

  /** This window uses the kernel. */
  isAttached(id: string): boolean {
    return this.attached.has(id);
  }

  async interruptKernel(id: string): Promise<void> {
    await this.rest.call('POST', `api/kernels/${encodeURIComponent(id)}/interrupt`);
    this.kernelsChanged.fire();
  }

  /** Restarts; sessions of this window that use the kernel go on with the new process. */
  async restartKernel(id: string): Promise<void> {
    const [session] = this.attached.get(id) ?? [];
    if (session) await session.restart();
    else await this.postRestart(id);
    this.kernelsChanged.fire();
  }

  async shutdownKernel(id: string): Promise<void> {
    const [session] = this.attached.get(id) ?? [];
    if (session) await session.shutdown();
    else await this.deleteKernel(id);
    this.kernelsChanged.fire();
  }

  dispose(): void {
    this.disposed = true;
    for (const sessions of [...this.attached.values()]) for (const session of [...sessions]) session.dispose();
    this.attached.clear();
    this.http.dispose();
    this.kernelsChanged.dispose();
  }

  private attach({ kernelId, kernelName, busy }: FoundKernel, o: OpenKernelOptions, was = false): KernelSession {
    // A channel behind a closed tunnel would dial for ever.
    if (this.disposed) throw new JupyterError(this.tunnel.whyNot());
    const clientId = o.clientId ?? randomUUID();
    const path = `api/kernels/${encodeURIComponent(kernelId)}/channels?session_id=${encodeURIComponent(clientId)}`;
    const all = this.attached.get(kernelId) ?? new Set();
    const session: KernelSession = new KernelSession({
      channel: new KernelChannel({
        WebSocket: this.WebSocket,
        url: this.baseUrl.replace(/^http/, 'ws') + path,
        logger: this.options.logger,
      }),
      target: this.tunnel.target,
      clientId,
      kernelId,
      kernelName,
      path: o.path,
      found: was,
      busy,
      onDispose: () => {
        all.delete(session);
        if (all.size === 0) this.attached.delete(kernelId);
      },
      rest: {
        interrupt: () => this.rest.call('POST', `api/kernels/${encodeURIComponent(kernelId)}/interrupt`),
        restart: () => this.postRestart(kernelId),
        shutdown: () => this.deleteKernel(kernelId),
      },
    });
    this.attached.set(kernelId, all.add(session));
    session.onDidChangeStatus(() => this.kernelsChanged.fire());
    session.onDidEnd(() => this.kernelsChanged.fire());
    this.kernelsChanged.fire();
    return session;
  }

  private postRestart(id: string): Promise<void> {
    return this.rest.call('POST', `api/kernels/${encodeURIComponent(id)}/restart`);
  }

  /** Through the session where there is one, as a session without a kernel would be left behind. */
  private async deleteKernel(id: string): Promise<void> {
    const sessions = await this.rest.call<SessionModel[]>('GET', 'api/sessions');
    const session = sessions.find((s) => s.kernel?.id === id);
    const path = session ? `api/sessions/${encodeURIComponent(session.id)}` : `api/kernels/${encodeURIComponent(id)}`;
    try {
      await this.rest.call('DELETE', path);
    } catch (error) {
      // Gone already (410: the session is there, its kernel is not): that is what was asked for.
      if (!isJupyterError(error, 'Refused') || (error.problem.status !== 404 && error.problem.status !== 410))
        throw error;
    }
  }
}
