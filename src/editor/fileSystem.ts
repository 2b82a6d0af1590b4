import * as vscode from 'vscode';
import type { Entry } from '../jupyter/contents.ts';
import { isJupyterError } from '../jupyter/errors.ts';
import type { ContentsClient } from '../jupyter/contents.ts';
import type { JupyterServer } from '../jupyter/server.ts';
import type { Logger } from '../k8s/log.ts';
import { serverKey, type ServerRef } from './address.ts';
import type { Connections } from './connections.ts';
import { isProbe } from './probes.ts';
import { ShownTimes } from './shownTimes.ts';
import { fromUri } from './uri.ts';

export interface FileSystemOptions {
  connections: Connections;
  logger: Logger;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
}

/** Files on notebook servers as VS Code's files, through Jupyter's Contents API. */
export class KubeflowFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  private readonly times = new ShownTimes();

  constructor(private readonly o: FileSystemOptions) {}

  /** The API tells of no changes; `refresh` does, after cells ran and after our own writes. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const entry = await this.at(uri, (contents, path) => contents.stat(path));
    return {
      type: typeOf(entry),
      ctime: entry.created,
      mtime: this.times.read(uri.toString(), entry.modified),
      size: entry.size ?? 0,
      ...(entry.writable ? {} : { permissions: vscode.FilePermission.Readonly }),
    };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const entries = await this.at(uri, (contents, path) => contents.list(path));
    return entries.map((entry) => [entry.name, typeOf(entry)]);
  }

  async createDirectory(uri: vscode.Uri): Promise<void> {
    await this.at(uri, (contents, path) => contents.mkdir(path));
    this.fire(uri, vscode.FileChangeType.Created);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { bytes, entry } = await this.at(uri, (contents, path) => contents.readFile(path));
    this.times.read(uri.toString(), entry.modified);
    return bytes;
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array, o: { create: boolean; overwrite: boolean }): Promise<void> {
    const key = uri.toString();
    const created = await this.at(uri, async (contents, path) => {
      const known = this.times.knows(key);
      const exists = (!o.create || !o.overwrite || !known) && (await contents.exists(path));
      if (exists && o.create && !o.overwrite) throw vscode.FileSystemError.FileExists(uri);
      if (!exists && !o.create) throw vscode.FileSystemError.FileNotFound(uri);
      this.times.wrote(key, (await contents.writeFile(path, content)).modified);
      return !exists && !known;
    });
    this.fire(uri, created ? vscode.FileChangeType.Created : vscode.FileChangeType.Changed);
  }

  async delete(uri: vscode.Uri, o: { recursive: boolean }): Promise<void> {
    await this.at(uri, (contents, path) => contents.delete(path, o));
    this.times.forget(uri.toString());
    this.fire(uri, vscode.FileChangeType.Deleted);
  }

  async rename(from: vscode.Uri, to: vscode.Uri, o: { overwrite: boolean }): Promise<void> {
    const target = fromUri(to);
    const source = fromUri(from);
    if (!target || !source || serverKey(target.ref) !== serverKey(source.ref))
      throw vscode.FileSystemError.NoPermissions(to);
    await this.at(from, async (contents, path, server) => {
      const { modified } = await contents.rename(path, target.path, o);
      // What was there before is another version, even with the same time.
      this.times.wrote(to.toString(), modified);
      try {
        await server.moveSessions(path, target.path);
      } catch (error) {
        this.o.logger.warn(`the kernels of ${path}, which was moved: ${String(error)}`);
      }
    });
    this.times.forget(from.toString());
    this.changes.fire([
      { type: vscode.FileChangeType.Deleted, uri: from },
      { type: vscode.FileChangeType.Created, uri: to },
    ]);
  }

  /** Lets open editors of this server's files look for newer content: a cell may have written them. */
  refresh(ref: ServerRef): void {
    const uris = vscode.workspace.textDocuments.map((document) => document.uri);
    const ours = uris.filter((uri) => {
      const at = fromUri(uri);
      return at !== undefined && serverKey(at.ref) === serverKey(ref);
    });
    if (ours.length > 0) this.changes.fire(ours.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  dispose(): void {
    this.changes.dispose();
  }

  private async at<T>(
    uri: vscode.Uri,
    work: (contents: ContentsClient, path: string, server: JupyterServer) => Promise<T>,
  ): Promise<T> {
    const at = fromUri(uri);
    // VS Code and its extensions look for these in every folder; no server needs to be asked.
    if (!at || isProbe(at.path)) throw vscode.FileSystemError.FileNotFound(uri);
    try {
      const { server } = await this.o.connections.open(at.ref, at.fingerprint);
      return await work(server.contents, at.path, server);
    } catch (error) {
      throw this.translate(error, uri);
    }
  }

  /** Codes where VS Code acts on them, our sentence where it shows the message as it is. */
  private translate(error: unknown, uri: vscode.Uri): Error {
    if (error instanceof vscode.FileSystemError) return error;
    if (isJupyterError(error, 'NotFound')) return vscode.FileSystemError.FileNotFound(uri);
    this.o.logger.debug(`${uri.path}: ${String(error)}`);
    const sentence = this.o.explain(error);
    if (isJupyterError(error, 'Exists')) return vscode.FileSystemError.FileExists(sentence);
    if (isJupyterError(error, 'NotPermitted')) return vscode.FileSystemError.NoPermissions(sentence);
    return vscode.FileSystemError.Unavailable(sentence);
  }

  private fire(uri: vscode.Uri, type: vscode.FileChangeType): void {
    this.changes.fire([{ type, uri }]);
  }
}

function typeOf(entry: Entry): vscode.FileType {
  return entry.type === 'directory' ? vscode.FileType.Directory : vscode.FileType.File;
}
