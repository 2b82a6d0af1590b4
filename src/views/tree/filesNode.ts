import * as vscode from 'vscode';
import { toUri } from '../../editor/uri.ts';
import type { ServerRef } from '../../editor/connections.ts';
import type { Entry } from '../../jupyter/contents.ts';
import { baseName } from '../../jupyter/contentsModel.ts';
import { contextValue } from '../contextValue.ts';
import { explain } from '../words.ts';
import { clock, fileSize } from '../words/amounts.ts';
import { Coalesced } from './coalesced.ts';
import { MessageNode } from './messageNode.ts';
import { Children, TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';

/**
 * A folder of a notebook server, as last listed. It is listed once when somebody looks and again after `relist`, never
 * because the row above it changed; while a listing is under way the old rows stay.
 */
abstract class ListedNode extends TreeNode {
  readonly id: string;
  protected readonly parts: TreeParts;
  readonly ref: ServerRef;
  /** From the server's root, '' for the root itself. */
  readonly path: string;
  private readonly rows = new Children<FileNode | FolderNode>();
  private listed: TreeNode[] | undefined;
  private readonly again = new Coalesced();
  /** The next listing is to go on to the folders below. */
  private deep = false;
  private readonly loading: MessageNode;

  constructor(parent: TreeNode, parts: TreeParts, ref: ServerRef, path: string, id: string) {
    super(parent);
    this.parts = parts;
    this.ref = ref;
    this.path = path;
    this.id = id;
    this.loading = new MessageNode(this, `${id}#loading`, 'loading', { text: parts.t('Loading...') });
  }

  get uri(): vscode.Uri {
    return toUri(this.ref, this.parts.session.context.fingerprint, this.path);
  }

  /** Answers at once, as overlapping answers to VS Code would register a row twice; a listing draws the row again. */
  override children(): TreeNode[] {
    if (!this.listed) void this.again.run(() => this.list()).then(() => this.parts.refresh(this));
    return this.listed ?? [this.loading];
  }

  /**
   * Lists this folder, and those below it that have been looked at, anew; of one `folder` alone where that is named. Draws
   * only what is different.
   */
  async relist(folder?: string): Promise<void> {
    if (folder === undefined || folder === this.path) {
      this.deep ||= folder === undefined;
      return this.again.run(() => this.relistOnce());
    }
    const on = this.rows.all().find((row) => row instanceof FolderNode && `${folder}/`.startsWith(`${row.path}/`));
    await (on as FolderNode | undefined)?.relist(folder);
  }

  private async relistOnce(): Promise<void> {
    if (!this.listed) return;
    const deep = this.deep;
    this.deep = false;
    const before = this.listed.map((node) => node.id).join('\n');
    await this.list();
    if (before !== this.listed.map((node) => node.id).join('\n')) this.parts.refresh(this);
    if (deep) for (const row of this.rows.all()) if (row instanceof FolderNode) await row.relist();
  }

  private async list(): Promise<void> {
    this.listed = await this.read();
  }

  private async read(): Promise<TreeNode[]> {
    const { connections, t, logger, session } = this.parts;
    try {
      const entries = await connections.get(this.ref).server.contents.list(this.path);
      const known = new Map(entries.map((entry) => [`${entry.type === 'directory' ? 'd' : 'f'}:${entry.path}`, entry]));
      const nodes = this.rows.keep([...known.keys()], (key) =>
        key.startsWith('d:')
          ? new FolderNode(this, this.parts, this.ref, key.slice(2))
          : new FileNode(this, this.parts, this.ref, key.slice(2)),
      );
      for (const node of nodes) if (node instanceof FileNode) node.entry = known.get(`f:${node.path}`);
      if (nodes.length > 0) return nodes;
      return [new MessageNode(this, `${this.id}#empty`, 'empty', { text: t('This folder is empty') })];
    } catch (error) {
      logger.warn(`listing ${this.ref.namespace}/${this.ref.name}/${this.path}: ${String(error)}`);
      const said = explain(t, error, { context: session.context.name });
      return [new MessageNode(this, `${this.id}#problem`, 'error', said)];
    }
  }

  override dispose(): void {
    this.rows.dispose();
    super.dispose();
  }
}

/** The root of a server's files. */
export class FilesNode extends ListedNode {
  constructor(parent: TreeNode, parts: TreeParts, ref: ServerRef) {
    super(parent, parts, ref, '', `${parent.id}#files`);
  }

  protected build(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.parts.t('Files'), vscode.TreeItemCollapsibleState.Collapsed);
    item.iconPath = new vscode.ThemeIcon('files');
    item.contextValue = contextValue({ kind: 'files' });
    return item;
  }
}

/** A folder on a server. */
export class FolderNode extends ListedNode {
  constructor(parent: TreeNode, parts: TreeParts, ref: ServerRef, path: string) {
    super(parent, parts, ref, path, `${parent.id}/${baseName(path)}/`);
  }

  protected build(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.uri, vscode.TreeItemCollapsibleState.Collapsed);
    item.label = baseName(this.path);
    item.iconPath = vscode.ThemeIcon.Folder;
    item.contextValue = contextValue({ kind: 'folder' });
    return item;
  }
}

/** A file on a server; a click opens it. Its icon is the file icon theme's. */
export class FileNode extends TreeNode {
  readonly id: string;
  readonly ref: ServerRef;
  readonly path: string;
  entry: Entry | undefined;
  private readonly parts: TreeParts;

  constructor(parent: TreeNode, parts: TreeParts, ref: ServerRef, path: string) {
    super(parent);
    this.parts = parts;
    this.ref = ref;
    this.path = path;
    this.id = `${parent.id}/${baseName(path)}`;
  }

  get uri(): vscode.Uri {
    return toUri(this.ref, this.parts.session.context.fingerprint, this.path);
  }

  protected build(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.uri);
    item.label = baseName(this.path);
    item.iconPath = vscode.ThemeIcon.File;
    item.contextValue = contextValue({ kind: 'file', notebook: this.path.endsWith('.ipynb') });
    item.command = { title: this.parts.t('Open'), command: 'kubeflow.openFile', arguments: [this] };
    return item;
  }

  override tooltip(): string {
    const { t, now } = this.parts;
    const lines = [this.path];
    if (this.entry?.size !== undefined) lines.push(fileSize(this.entry.size));
    if (this.entry?.modified) lines.push(t('Changed {0}', clock(new Date(this.entry.modified), now())));
    return lines.join('\n');
  }
}
