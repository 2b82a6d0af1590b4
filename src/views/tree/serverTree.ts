import * as vscode from 'vscode';
import type { ServerRef } from '../../editor/address.ts';
import type { Connections } from '../../editor/connections.ts';
import type { OwnKernels } from '../../editor/ownKernels.ts';
import type { Access } from '../../k8s/access.ts';
import { Disposables, type Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import type { Session, Sessions } from '../../kubeflow/sessions.ts';
import { ContextKeys } from '../contextKeys.ts';
import { Rights } from '../rights.ts';
import { viewState } from '../viewState.ts';
import { ClusterRoot } from './clusterRoot.ts';
import { MessageNode } from './messageNode.ts';
import type { TreeNode } from './node.ts';

export interface ServerTreeOptions {
  sessions: Sessions;
  connections: Connections;
  ownKernels: OwnKernels;
  logger: Logger;
  /** Namespaces added by hand to a context. */
  added: (context: string) => readonly string[];
}

const viewId = 'kubeflow.servers';
/** Changes are drawn in one go with those that follow at once. */
const drawMs = 60;
/** How often rows are looked over for times that read differently by now. */
const tickMs = 5_000;

/** The view "Notebook Servers": which rows there are, when they are drawn, and what stands above them. */
export class ServerTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  private readonly o: ServerTreeOptions;
  private readonly disposables = new Disposables();
  private readonly emitter = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;
  readonly view: vscode.TreeView<TreeNode>;
  private readonly keys = new ContextKeys();
  private readonly pending = new Set<TreeNode>();
  private whole = false;
  private drawTimer: NodeJS.Timeout | undefined;
  private tickTimer: NodeJS.Timeout | undefined;
  private messageTimer: NodeJS.Timeout | undefined;
  private loaded = false;
  private awake = false;
  private root: ClusterRoot | undefined;
  private rootWatch: Disposable | undefined;
  private session: Session | undefined;
  private readonly rights = new WeakMap<Access, Rights>();
  private problemRows: MessageNode[] = [];
  private problemKey = '';

  constructor(o: ServerTreeOptions) {
    this.o = o;
    this.view = vscode.window.createTreeView(viewId, { treeDataProvider: this });
    this.disposables.add(this.view);
    this.disposables.add(this.emitter);
    this.disposables.add(this.view.onDidChangeVisibility(({ visible }) => (visible ? this.shown() : this.hidden())));
    this.disposables.add(this.view.onDidExpandElement(({ element }) => element.expanded()));
    this.disposables.add(this.view.onDidCollapseElement(({ element }) => element.collapsed()));
    this.disposables.add(o.sessions.onDidChange(() => this.sessionChanged()));
    this.keys.state('loading');
    if (this.view.visible) this.shown();
  }

  /** What the user may do, for rows and commands alike. */
  rightsOf(session: Session): Rights {
    let rights = this.rights.get(session.access);
    if (!rights) this.rights.set(session.access, (rights = new Rights(session.access)));
    return rights;
  }

  get cluster(): ClusterRoot | undefined {
    return this.root;
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
      // The view's welcome text says so, and it shows only where there are no rows.
      if (this.session?.inventory.view.kubeflowMissing) return [];
      return this.root?.children() ?? [];
    } catch (error) {
      this.o.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const text = vscode.l10n.t('This could not be shown. The log has the details.');
      return [new MessageNode(node, `${node?.id ?? ''}#internal`, 'error', { text })];
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    item.tooltip = node.tooltip();
    return item;
  }

  /** Draws rows again, the smallest ones that differ, together with what else changes in the same moment. */
  refresh(node: TreeNode): void {
    this.pending.add(node);
    this.drawSoon();
  }

  /** Whether anybody has looked yet. */
  get used(): boolean {
    return this.loaded;
  }

  /** Files of a server may be others now: after a cell, after a write. Rows that nobody has looked at stay unasked. */
  filesChanged(ref: ServerRef): void {
    if (ref.context !== this.session?.context.name) return;
    const server = this.root?.server(`${ref.namespace}/${ref.name}`);
    void server?.files?.relist();
    void server?.kernels?.relist();
  }

  /** Reads everything anew, as the user asked for it: rights, lists, files and kernels. */
  async reload(): Promise<void> {
    if (this.session) this.rightsOf(this.session).drop();
    this.session?.inventory.retryNow();
    if (this.o.sessions.problem || !this.session) await this.o.sessions.reload();
    this.redraw();
    for (const profile of this.session?.inventory.view.profiles ?? []) {
      for (const server of this.root?.profile(profile.name)?.allServers() ?? []) {
        await server.files?.relist();
        await server.kernels?.relist();
      }
    }
  }

  dispose(): void {
    for (const timer of [this.drawTimer, this.messageTimer]) clearTimeout(timer);
    clearInterval(this.tickTimer);
    this.dropRoot();
    this.disposables.dispose();
  }

  private shown(): void {
    if (this.awake) return;
    this.awake = true;
    this.tickTimer = setInterval(() => this.root?.tick(), tickMs);
    this.root?.wake();
    if (!this.loaded) {
      const loading = this.o.sessions.ensureLoaded().then(() => {
        this.loaded = true;
        this.sessionChanged();
      });
      void vscode.window.withProgress({ location: { viewId } }, () => loading);
    }
    this.describeState();
  }

  /** The inventory itself lingers for a moment, as people switch views back and forth. */
  private hidden(): void {
    this.awake = false;
    clearInterval(this.tickTimer);
    this.root?.sleep();
  }

  private sessionChanged(): void {
    const session = this.o.sessions.current;
    if (session !== this.session) {
      this.dropRoot();
      this.session = session;
      if (session) this.root = this.rootOf(session);
      if (this.awake) this.root?.wake();
    }
    this.redraw();
  }

  private rootOf(session: Session): ClusterRoot {
    const parts = {
      session,
      rights: this.rightsOf(session),
      connections: this.o.connections,
      ownKernels: this.o.ownKernels,
      logger: this.o.logger,
      t: vscode.l10n.t,
      now: () => new Date(),
      added: () => this.o.added(session.context.name),
      refresh: (node: TreeNode) => this.refresh(node),
    };
    this.rootWatch = session.inventory.onDidChange(() => this.describeState());
    return new ClusterRoot(parts, () => this.redraw());
  }

  private dropRoot(): void {
    this.rootWatch?.dispose();
    this.root?.dispose();
    this.root = undefined;
    this.pending.clear();
  }

  private redraw(): void {
    this.whole = true;
    this.describeState();
    this.drawSoon();
  }

  private drawSoon(): void {
    this.drawTimer ??= setTimeout(() => {
      this.drawTimer = undefined;
      const nodes = [...this.pending].filter((node) => !hasAncestorIn(node, this.pending));
      this.pending.clear();
      const all = this.whole;
      this.whole = false;
      this.emitter.fire(all ? undefined : nodes);
    }, drawMs);
  }

  /** Context keys, the sentence above the rows, the context's name beside the title, and the rows of a problem. */
  private describeState(): void {
    clearTimeout(this.messageTimer);
    const { sessions } = this.o;
    const view = this.session?.inventory.view;
    const now = new Date();
    const { state, said } = viewState(vscode.l10n.t, {
      loaded: this.loaded,
      contexts: sessions.contexts.length,
      now,
      ...(sessions.problem ? { problem: sessions.problem } : {}),
      ...(this.session ? { context: this.session.context.name } : {}),
      ...(view
        ? {
            inventory: {
              state: view.state,
              profiles: view.profiles.length,
              ...(view.problem ? { problem: view.problem } : {}),
              ...(view.kubeflowMissing ? { kubeflowMissing: true } : {}),
            },
          }
        : {}),
    });
    this.keys.state(state);
    this.view.message = said?.text;
    this.view.description = this.session?.context.name;
    const key = state === 'problem' ? JSON.stringify(said?.action) : state === 'kubeflowMissing' ? state : '';
    if (key !== this.problemKey) {
      this.problemKey = key;
      this.problemRows = state === 'problem' ? problemRows(said?.action) : [];
      this.whole = true;
      this.drawSoon();
    }
    const waits = view?.state.kind === 'stale' || view?.state.kind === 'failed' ? view.state.retryAt : undefined;
    if (waits && this.awake) {
      this.messageTimer = setTimeout(() => this.describeState(), 1_000);
    }
  }
}

/** Below the sentence of a problem: its remedy, and what helps always. */
function problemRows(action: { title: string; command: string } | undefined): MessageNode[] {
  const { t } = vscode.l10n;
  const always = [
    { title: t('Switch Context'), command: 'kubeflow.switchContext' },
    { title: t('Show Log'), command: 'kubeflow.showLog' },
  ] as const;
  const actions = [...(action ? [action] : []), ...always.filter(({ command }) => command !== action?.command)];
  return actions.map(
    (remedy) =>
      new MessageNode(undefined, `#${remedy.command}`, 'action', {
        text: remedy.title,
        action: remedy as (typeof always)[number],
      }),
  );
}

function hasAncestorIn(node: TreeNode, nodes: ReadonlySet<TreeNode>): boolean {
  for (let above = node.parent; above; above = above.parent) if (nodes.has(above)) return true;
  return false;
}
