import * as vscode from 'vscode';
import type { Entry } from '../jupyter/contents.ts';
import { parentOf } from '../jupyter/contentsModel.ts';
import { isJupyterError, JupyterError } from '../jupyter/errors.ts';
import type { JupyterServer } from '../jupyter/server.ts';
import type { Logger } from '../k8s/log.ts';
import { serverKey, type ServerRef } from './address.ts';
import type { FileVersions } from './fileVersions.ts';
import { sha256 } from './fileVersions.ts';
import type { OtherCluster } from './otherCluster.ts';
import { Probes } from './probes.ts';
import type { SaveLater } from './saveLater.ts';
import { fromUri, isServerCopy } from './uri.ts';

export interface FileSystemOptions {
  versions: FileVersions;
  clusters: OtherCluster;
  later: SaveLater;
  logger: Logger;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
  /** A file is too large for an editor. */
  tooLarge: (uri: vscode.Uri, bytes: number) => void;
}

/** What happened below a folder of a server, by this window. */
export interface Touched {
  ref: ServerRef;
  folder: string;
}

/** Before a save VS Code asks twice about the file: a cut connection must not hold that up for as long as other requests. */
const patienceMs = 5000;

/** Files on notebook servers as VS Code's files, through Jupyter's Contents API. */
export class KubeflowFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  private readonly touches = new vscode.EventEmitter<Touched>();
  /** Files were made, written, moved or deleted through here. */
  readonly onDidTouch = this.touches.event;
  private readonly probes = new Probes();

  constructor(private readonly o: FileSystemOptions) {}

  /** The API tells of no changes; `refresh` does, after cells ran and when somebody comes back to an editor. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return this.read(uri, async (server, path, strange) => {
      const signal = this.o.later.savingAt(uri.toString()) ? AbortSignal.timeout(patienceMs) : undefined;
      const entry = await server.contents.stat(path, signal);
      const readonly = !entry.writable || strange || isServerCopy(uri);
      await this.recognise(server, uri, entry);
      return {
        type: typeOf(entry),
        ctime: entry.created,
        ...this.o.versions.tell(uri.toString(), entry),
        ...(readonly ? { permissions: vscode.FilePermission.Readonly } : {}),
      };
    });
  }

  readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return this.read(uri, async (server, path, _strange, ref) => {
      const entries = await server.contents.list(path);
      this.probes.listed(
        serverKey(ref),
        path,
        entries.map((entry) => entry.name),
      );
      return entries.map((entry): [string, vscode.FileType] => [entry.name, typeOf(entry)]);
    });
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return this.read(uri, async (server, path) => {
      try {
        const { bytes, entry } = await server.contents.readFile(path);
        this.o.versions.read(uri.toString(), entry, bytes);
        return bytes;
      } catch (error) {
        if (isJupyterError(error, 'TooLarge')) this.o.tooLarge(uri, error.problem.bytes);
        throw error;
      }
    });
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await this.change(uri, (server, path) => server.contents.mkdir(path));
    this.fire({ type: vscode.FileChangeType.Created, uri });
  }

  /**
   * VS Code asks for the file's time before it saves, and asks the user where that is a later one than it knows. What
   * changes after its question is found here: nothing is overwritten unseen.
   */
  async writeFile(uri: vscode.Uri, content: Uint8Array, o: { create: boolean; overwrite: boolean }): Promise<void> {
    const key = uri.toString();
    const { versions } = this.o;
    const created = await this.change(uri, async ({ contents }, path) => {
      const now = await unlessMissing(contents.stat(path, AbortSignal.timeout(patienceMs)));
      if (now && o.create && !o.overwrite) throw vscode.FileSystemError.FileExists(uri);
      if (!now && !o.create) throw vscode.FileSystemError.FileNotFound(uri);
      if (now && versions.changed(key, now)) {
        const { sha256: hash } = await contents.stat(path, undefined, { hash: true });
        if (hash !== sha256(content)) throw new JupyterError({ code: 'Conflict', path });
      }
      versions.writing(key, content);
      versions.wrote(key, await contents.writeFile(path, content), content);
      return !now;
    });
    this.fire({ type: created ? vscode.FileChangeType.Created : vscode.FileChangeType.Changed, uri });
  }

  async delete(uri: vscode.Uri, o: { recursive: boolean }): Promise<void> {
    await this.change(uri, ({ contents }, path) => contents.delete(path, o));
    this.o.versions.forget(uri.toString());
    this.fire({ type: vscode.FileChangeType.Deleted, uri });
  }

  async rename(from: vscode.Uri, to: vscode.Uri, o: { overwrite: boolean }): Promise<void> {
    const target = onSameServer(from, to);
    if (target === undefined) {
      await this.copyAcross(from, to, o);
      return this.delete(from, { recursive: true });
    }
    await this.change(from, async (server, path, ref) => {
      this.o.versions.replaced(to.toString(), await server.contents.rename(path, target, o));
      this.probes.made(serverKey(ref), target);
      try {
        await server.moveSessions(path, target);
      } catch (error) {
        this.o.logger.warn(`the kernels of ${path}, which was moved: ${String(error)}`);
      }
    });
    this.o.versions.forget(from.toString());
    this.fire({ type: vscode.FileChangeType.Deleted, uri: from }, { type: vscode.FileChangeType.Created, uri: to });
  }

  async copy(from: vscode.Uri, to: vscode.Uri, o: { overwrite: boolean }): Promise<void> {
    const target = onSameServer(from, to);
    if (target === undefined) return this.copyAcross(from, to, o);
    await this.change(to, async ({ contents }) => {
      this.o.versions.replaced(to.toString(), await contents.copy(fromUri(from)!.path, target, o));
    });
    this.fire({ type: vscode.FileChangeType.Created, uri: to });
  }

  /** Lets open editors of this server's files look for newer content: a cell may have written them. */
  refresh(ref: ServerRef): void {
    const { textDocuments, notebookDocuments } = vscode.workspace;
    const uris = [...textDocuments, ...notebookDocuments].map((document) => document.uri);
    this.look(
      uris.filter((uri) => {
        const at = fromUri(uri);
        return at !== undefined && serverKey(at.ref) === serverKey(ref);
      }),
    );
  }

  /** Lets VS Code look at these files anew. */
  look(uris: readonly vscode.Uri[]): void {
    if (uris.length > 0) this.changes.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  dispose(): void {
    this.changes.dispose();
    this.touches.dispose();
  }

  /** From one server to another, by way of this computer. */
  private async copyAcross(from: vscode.Uri, to: vscode.Uri, o: { overwrite: boolean }): Promise<void> {
    const { type } = await this.stat(from);
    if (type !== vscode.FileType.Directory)
      return this.writeFile(to, await this.readFile(from), { create: true, overwrite: o.overwrite });
    await this.createDirectory(to);
    for (const [name] of await this.readDirectory(from))
      await this.copyAcross(vscode.Uri.joinPath(from, name), vscode.Uri.joinPath(to, name), o);
  }

  /** Finds out whether a file with another time has a content that is known: it was touched, or our write arrived. */
  private async recognise(server: JupyterServer, uri: vscode.Uri, entry: Entry): Promise<void> {
    const key = uri.toString();
    const candidates = this.o.versions.candidates(key, entry);
    if (candidates.length === 0) return;
    const hashed = await server.contents.stat(entry.path, undefined, { hash: true });
    if (hashed.sha256 && hashed.version === entry.version && candidates.includes(hashed.sha256))
      this.o.versions.same(key, entry, hashed.sha256);
  }

  private async read<T>(
    uri: vscode.Uri,
    work: (server: JupyterServer, path: string, strange: boolean, ref: ServerRef) => Promise<T>,
  ): Promise<T> {
    const at = fromUri(uri);
    // VS Code and its extensions look for these in every folder; no server needs to be asked.
    if (!at || this.probes.absent(serverKey(at.ref), at.path)) throw vscode.FileSystemError.FileNotFound(uri);
    try {
      const { server, strange, address } = await this.o.clusters.open(uri.toString(), at);
      const result = await work(server, at.path, strange, at.ref);
      if (strange) this.o.clusters.notice(uri.toString(), at, address);
      return result;
    } catch (error) {
      const saving = this.o.later.savingAt(uri.toString());
      throw this.translate(saving ? this.o.later.failed(at.ref, saving, error) : error, uri);
    }
  }

  private async change<T>(
    uri: vscode.Uri,
    work: (server: JupyterServer, path: string, ref: ServerRef) => Promise<T>,
  ): Promise<T> {
    const at = fromUri(uri);
    if (!at || isServerCopy(uri)) throw vscode.FileSystemError.NoPermissions(uri);
    const key = uri.toString();
    try {
      const { server, strange, address } = await this.o.clusters.open(key, at);
      if (strange) {
        this.o.clusters.notice(key, at, address);
        throw this.o.clusters.refusal(at.ref);
      }
      const result = await work(server, at.path, at.ref);
      this.probes.made(serverKey(at.ref), at.path);
      this.o.later.done(at.ref, key);
      return result;
    } catch (error) {
      throw this.translate(this.o.later.failed(at.ref, key, error), uri);
    }
  }

  /** Codes where VS Code acts on them, our sentence where it shows the message as it is. */
  private translate(error: unknown, uri: vscode.Uri): Error {
    if (error instanceof vscode.FileSystemError) return error;
    if (isJupyterError(error, 'NotFound')) return vscode.FileSystemError.FileNotFound(uri);
    this.o.logger.debug(`${uri.path}: ${String(error)}`);
    const sentence = this.o.explain(error);
    if (isJupyterError(error, 'Exists')) return vscode.FileSystemError.FileExists(sentence);
    if (isJupyterError(error, 'NotPermitted') || isJupyterError(error, 'OtherCluster'))
      return vscode.FileSystemError.NoPermissions(sentence);
    return vscode.FileSystemError.Unavailable(sentence);
  }

  private fire(...changes: vscode.FileChangeEvent[]): void {
    this.changes.fire(changes);
    for (const { uri } of changes) {
      const at = fromUri(uri);
      if (at) this.touches.fire({ ref: at.ref, folder: parentOf(at.path) });
    }
  }
}

/** Where on the server of `from` the path of `to` is; undefined for another server. */
function onSameServer(from: vscode.Uri, to: vscode.Uri): string | undefined {
  const [source, target] = [fromUri(from), fromUri(to)];
  return source && target && serverKey(source.ref) === serverKey(target.ref) ? target.path : undefined;
}

async function unlessMissing(asked: Promise<Entry>): Promise<Entry | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isJupyterError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function typeOf(entry: Entry): vscode.FileType {
  return entry.type === 'directory' ? vscode.FileType.Directory : vscode.FileType.File;
}
