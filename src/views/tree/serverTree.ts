import * as vscode from 'vscode';
import type { ServerRef } from '../../editor/address.ts';
import type { Connections } from '../../editor/connections.ts';
import type { OwnKernels } from '../../editor/ownKernels.ts';
import type { Access } from '../../k8s/access.ts';
import { Disposables, type Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import type { ProfileView } from '../../kubeflow/inventory.ts';
import type { Session, Sessions } from '../../kubeflow/sessions.ts';
import { ContextKeys } from '../contextKeys.ts';
import { Rights } from '../rights.ts';
import { inventoryFacts, viewState } from '../viewState.ts';
import { grouped } from '../words/amounts.ts';
import type { ContextNode } from './contextNode.ts';
import { ContextRows } from './contextRows.ts';
import { Drawing } from './drawing.ts';
import { countMatches } from './filter.ts';
import { FilterChoice } from './filterChoice.ts';
import { FilesDrop } from './filesDrop.ts';
import { MessageNode } from './messageNode.ts';
import type { TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { actionRow } from './saidRows.ts';

export interface ServerTreeOptions {
  sessions: Sessions;
  connections: Connections;
  ownKernels: OwnKernels;
  logger: Logger;
  report: (error: unknown) => void;
  /** Namespaces added by hand to a context. */
  namespaces: { of(context: string): readonly string[] };
  /** Remembers the filter of this workspace. */
  memory: vscode.Memento;
}

const viewId = 'kubeflow.servers';
/** How often rows are looked over for times that read differently by now. */
const tickMs = 5_000;

/** The view "Notebook Servers": which rows there are, when they are drawn, and what stands above them. */
export class ServerTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  private readonly o: ServerTreeOptions;
  private readonly disposables = new Disposables();
  private readonly emitter = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;
  readonly view: vscode.TreeView<TreeNode>;
  readonly filter: FilterChoice;
  private readonly keys = new ContextKeys();
  private readonly drawing = new Drawing((nodes) => this.emitter.fire(nodes));
  private readonly rows: ContextRows;
  private readonly rights = new WeakMap<Access, Rights>();
  private readonly stateChanged = new vscode.EventEmitter<void>();
  /** A context that is shown has another state now, or others are shown. */
  readonly onDidChangeState = this.stateChanged.event;
  private tickTimer: NodeJS.Timeout | undefined;
  private messageTimer: NodeJS.Timeout | undefined;
  private loaded = false;
  private awake = false;
  private problemRows: MessageNode[] = [];
  private problemKey = '';

  constructor(o: ServerTreeOptions) {
    this.o = o;
    this.filter = this.disposables.add(new FilterChoice(o.memory));
    this.rows = this.disposables.add(
      new ContextRows({
        sessions: o.sessions,
        t: vscode.l10n.t,
        partsOf: (session) => this.partsOf(session),
        refresh: (node) => this.refresh(node),
        redraw: () => this.redraw(),
        stated: () => this.describeState(),
      }),
    );
    const dragAndDropController = new FilesDrop(o.report);
    this.view = vscode.window.createTreeView(viewId, {
      treeDataProvider: this,
      dragAndDropController,
      canSelectMany: true,
    });
    for (const thing of [this.view, this.emitter, this.stateChanged, this.drawing]) this.disposables.add(thing);
    this.disposables.add(this.view.onDidChangeVisibility(({ visible }) => (visible ? this.shown() : this.hidden())));
    this.disposables.add(this.view.onDidExpandElement(({ element }) => element.expanded()));
    this.disposables.add(this.view.onDidCollapseElement(({ element }) => element.collapsed()));
    this.disposables.add(o.sessions.onDidChange(() => this.follow()));
    this.disposables.add(this.filter.onDidChange(() => this.redraw()));
    this.keys.state('loading');
    if (this.view.visible) this.shown();
  }

  /** What the user may do, for rows and commands alike. */
  rightsOf(session: Session): Rights {
    let rights = this.rights.get(session.access);
    if (!rights) this.rights.set(session.access, (rights = new Rights(session.access)));
    return rights;
  }

  /** The contexts that are shown, with how they stand. */
  get contexts(): readonly ContextNode[] {
    return this.rows.all();
  }

  /** The profiles of the contexts that somebody has looked at here. */
  get profiles(): ProfileView[] {
    return this.rows.all().flatMap(({ session }) => session?.inventory.view.profiles ?? []);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.item();
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    try {
      if (node) return node.children();
      this.shown();
      if (this.problemRows.length > 0) return this.problemRows;
      // Where there are no rows the view shows a welcome text, or that it is loading.
      const view = this.rows.only?.session?.inventory.view;
      if (!this.loaded || view?.kubeflowMissing || view?.profiles.length === 0) return [];
      return this.rows.children();
    } catch (error) {
      this.o.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const text = vscode.l10n.t('This could not be shown. The log has the details.');
      return [new MessageNode(node, `${node?.id ?? ''}#internal`, 'error', { text })];
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    await node.look();
    item.tooltip = node.tooltip();
    return item;
  }

  /** Draws rows again, the smallest ones that differ, together with what else changes in the same moment. */
  refresh(node: TreeNode): void {
    this.drawing.row(node);
  }

  /** Whether anybody has looked yet. */
  get used(): boolean {
    return this.loaded;
  }

  /**
   * Files of a server may be others now: in all of its folders after a cell, in one after a write. Rows that nobody has
   * looked at stay unasked.
   */
  filesChanged(ref: ServerRef, folder?: string): void {
    const server = this.rows.root(ref.context)?.server(`${ref.namespace}/${ref.name}`);
    void server?.files?.relist(folder);
    if (folder === undefined) void server?.kernels?.relist();
  }

  /**
   * Reads everything in sight anew, as the user asked for it: rights, lists, files and kernels.
   * @param context of this context only
   */
  async reload(context?: string): Promise<void> {
    if (this.o.sessions.problem || !this.o.sessions.current) await this.o.sessions.reload();
    const looked = this.rows.all().filter(({ name, root }) => root && (context === undefined || name === context));
    for (const { session } of looked) {
      if (session) this.rightsOf(session).drop();
      session?.inventory.retryNow();
    }
    this.redraw();
    for (const { root } of looked) {
      for (const server of root?.drawnServers() ?? []) {
        await server.files?.relist();
        await server.kernels?.relist();
      }
    }
  }

  dispose(): void {
    clearTimeout(this.messageTimer);
    clearInterval(this.tickTimer);
    this.disposables.dispose();
  }

  private shown(): void {
    if (this.awake) return;
    this.awake = true;
    this.tickTimer = setInterval(() => this.rows.tick(), tickMs);
    this.rows.wake();
    if (!this.loaded) {
      const loading = this.o.sessions.ensureLoaded().then(() => {
        this.loaded = true;
        this.follow();
      });
      void vscode.window.withProgress({ location: { viewId } }, () => loading);
    }
    this.describeState();
  }

  private hidden(): void {
    this.awake = false;
    clearInterval(this.tickTimer);
    this.rows.sleep();
  }

  private follow(): void {
    this.rows.follow();
    this.redraw();
  }

  private partsOf(session: Session): TreeParts {
    return {
      session,
      rights: this.rightsOf(session),
      connections: this.o.connections,
      ownKernels: this.o.ownKernels,
      logger: this.o.logger,
      t: vscode.l10n.t,
      now: () => new Date(),
      added: () => this.o.namespaces.of(session.context.name),
      filter: () => this.filter.active,
      refresh: (node) => this.refresh(node),
    };
  }

  private redraw(): void {
    this.describeState();
    this.drawing.all();
  }

  /** Context keys, the sentence above the rows, the context's name beside the title, and the rows of a problem. */
  private describeState(): void {
    clearTimeout(this.messageTimer);
    const { sessions } = this.o;
    const view = this.rows.only?.session?.inventory.view;
    const { state, said } = viewState(vscode.l10n.t, {
      loaded: this.loaded,
      contexts: sessions.contexts.length,
      shown: sessions.shown,
      missing: sessions.missing,
      now: new Date(),
      ...(sessions.problem ? { problem: sessions.problem } : {}),
      ...(view ? { inventory: inventoryFacts(view) } : {}),
    });
    this.keys.state(state);
    this.keys.filtered(this.filter.active !== undefined);
    const message =
      [said?.text, state === 'ready' ? this.filtered() : undefined].filter(Boolean).join(' ') || undefined;
    if (message !== this.view.message) this.view.message = message;
    const name = this.rows.only?.name;
    if (name !== this.view.description) this.view.description = name;
    const key = state === 'problem' ? JSON.stringify(said?.action) : state === 'kubeflowMissing' ? state : '';
    if (key !== this.problemKey) {
      this.problemKey = key;
      this.problemRows = state === 'problem' ? problemRows(said?.action) : [];
      this.drawing.all();
    }
    const waits = view?.state.kind === 'stale' || view?.state.kind === 'failed' ? view.state.retryAt : undefined;
    if (waits && this.awake) this.messageTimer = setTimeout(() => this.describeState(), 1_000);
    this.stateChanged.fire();
  }

  /** What the filter leaves, as a sentence; nothing before there is anything to leave out. */
  private filtered(): string | undefined {
    const filter = this.filter.active;
    if (!filter) return undefined;
    const { matching, all } = countMatches(filter, this.profiles);
    if (all === 0) return undefined;
    return vscode.l10n.t(
      'Showing {0} of {1} notebook servers. Clear the filter to see all.',
      grouped(matching),
      grouped(all),
    );
  }
}

/** Below the sentence of a problem: its remedy, and what helps always. */
function problemRows(action: { title: string; command: string } | undefined): MessageNode[] {
  const { t } = vscode.l10n;
  const always = [
    { title: t('Choose Context'), command: 'kubeflow.switchContext' },
    { title: t('Show Log'), command: 'kubeflow.showLog' },
  ] as const;
  const actions = [...(action ? [action] : []), ...always.filter(({ command }) => command !== action?.command)];
  return actions.map((remedy) =>
    actionRow(undefined, { text: remedy.title, action: remedy as (typeof always)[number] }),
  );
}
