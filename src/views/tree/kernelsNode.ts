import * as vscode from 'vscode';
import type { ServerRef } from '../../editor/connections.ts';
import type { Disposable } from '../../k8s/events.ts';
import { restOf } from '../../jupyter/kernelRest.ts';
import type { JupyterServer, RunningKernel } from '../../jupyter/server.ts';
import { contextValue } from '../contextValue.ts';
import { explain } from '../words.ts';
import { age, clock } from '../words/amounts.ts';
import { Tooltip } from './markdown.ts';
import { Coalesced } from './coalesced.ts';
import { MessageNode } from './messageNode.ts';
import { Children, TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';

/** A kernel with its kernelspec's name for people: "Python 3". */
export interface LiveKernel extends RunningKernel {
  displayName: string;
  /** Used by this window, or started from this computer. */
  mine: boolean;
}

/** The kernels that run on a server, whoever started them. */
export class KernelsNode extends TreeNode {
  readonly id: string;
  readonly ref: ServerRef;
  private readonly parts: TreeParts;
  private readonly rows = new Children<KernelNode>();
  private watch: Disposable | undefined;
  /** Another kubeconfig brings another connection, and with it another Jupyter client. */
  private watched: JupyterServer | undefined;
  private known: readonly LiveKernel[] | undefined;
  private listed: TreeNode[] | undefined;
  private readonly again = new Coalesced();
  private readonly loading: MessageNode;

  constructor(parent: TreeNode, parts: TreeParts, ref: ServerRef) {
    super(parent);
    this.parts = parts;
    this.ref = ref;
    this.id = `${parent.id}#kernels`;
    this.loading = new MessageNode(this, `${this.id}#loading`, 'loading', { text: parts.t('Loading...') });
  }

  /** Asks the server which kernels run now. */
  kernelsNow(): Promise<readonly LiveKernel[]> {
    const { server } = this.parts.connections.get(this.ref);
    return named(server, (id) => server.isAttached(id) || this.parts.ownKernels.has(id));
  }

  kernel(id: string): LiveKernel | undefined {
    return this.known?.find((kernel) => kernel.id === id);
  }

  protected build(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.parts.t('Kernels'), vscode.TreeItemCollapsibleState.Collapsed);
    item.iconPath = new vscode.ThemeIcon('circuit-board');
    item.contextValue = contextValue({ kind: 'kernels' });
    return item;
  }

  /** Answers at once, as overlapping answers to VS Code would register a row twice; what is learned draws it again. */
  override children(): TreeNode[] {
    if (!this.listed) {
      this.isOpen = true;
      void this.again.run(() => this.list()).then(() => this.parts.refresh(this));
    }
    return this.listed ?? [this.loading];
  }

  /** Asks the server again; the old rows stay until it has answered. */
  relist(): Promise<void> {
    return this.again.run(() => this.relistOnce());
  }

  private async relistOnce(): Promise<void> {
    if (!this.listed) return;
    const before = this.listed;
    await this.list();
    const after = this.listed;
    if (before.length !== after.length || before.some((row, i) => row !== after[i])) this.parts.refresh(this);
    else for (const row of after) if (row.changed()) this.parts.refresh(row);
  }

  private async list(): Promise<void> {
    const { connections, t, logger, session } = this.parts;
    try {
      const server = connections.get(this.ref).server;
      if (server !== this.watched) {
        this.watch?.dispose();
        this.watched = server;
        this.watch = server.onDidChangeKernels(() => void this.relist());
      }
      this.known = await this.kernelsNow();
      const rows = this.rows.keep(
        this.known.map((kernel) => kernel.id),
        (id) => new KernelNode(this, this.parts, this.ref, id),
      );
      this.listed =
        rows.length > 0
          ? rows
          : [new MessageNode(this, `${this.id}#empty`, 'empty', { text: t('No kernel is running') })];
    } catch (error) {
      logger.warn(`kernels of ${this.ref.namespace}/${this.ref.name}: ${String(error)}`);
      const said = explain(t, error, { context: session.context.name });
      this.listed = [new MessageNode(this, `${this.id}#problem`, 'error', said)];
    }
  }

  /** Whether somebody looks at the rows below. Jupyter tells nobody of kernels that others start, so they are asked for. */
  isOpen = false;

  override expanded(): void {
    this.isOpen = true;
    void this.relist();
  }

  override collapsed(): void {
    this.isOpen = false;
  }

  override dispose(): void {
    this.watch?.dispose();
    this.watch = undefined;
    this.watched = undefined;
    this.rows.dispose();
    super.dispose();
  }
}

/** One kernel: the notebook that uses it, what it is and whether it is busy. */
export class KernelNode extends TreeNode {
  readonly id: string;
  readonly ref: ServerRef;
  readonly kernelId: string;
  private readonly group: KernelsNode;
  private readonly parts: TreeParts;

  constructor(parent: KernelsNode, parts: TreeParts, ref: ServerRef, kernelId: string) {
    super(parent);
    this.group = parent;
    this.parts = parts;
    this.ref = ref;
    this.kernelId = kernelId;
    this.id = `${parent.id}/${kernelId}`;
  }

  private get kernel(): LiveKernel | undefined {
    return this.group.kernel(this.kernelId);
  }

  /** Used by this window, or started from this computer; false also for one that is not known any more. */
  get mine(): boolean {
    return this.kernel?.mine === true;
  }

  /** The notebook that uses the kernel, else what the kernel is. */
  get title(): string {
    const kernel = this.kernel;
    return notebookName(kernel) ?? kernel?.displayName ?? this.kernelId;
  }

  protected build(): vscode.TreeItem {
    const { t, now } = this.parts;
    const kernel = this.kernel;
    const busy = kernel?.state === 'busy';
    const state = kernel ? stateFor(t, kernel, now()) : '';
    const item = new vscode.TreeItem(this.title);
    const foreign = kernel && !kernel.mine ? t('not yours') : undefined;
    // What may be cut off beside the icons is what matters least.
    const parts = [state, foreign, notebookName(kernel) ? kernel?.displayName : undefined];
    item.description = parts.filter(Boolean).join(' · ');
    item.iconPath = busy
      ? new vscode.ThemeIcon('loading~spin')
      : new vscode.ThemeIcon('circuit-board', new vscode.ThemeColor('testing.iconPassed'));
    item.contextValue = contextValue({ kind: 'kernel', busy });
    item.accessibilityInformation = { label: `${t('Kernel of {0}', this.title)}, ${item.description}` };
    return item;
  }

  override tooltip(): vscode.MarkdownString {
    const { t, now } = this.parts;
    const kernel = this.kernel;
    return new Tooltip()
      .title(kernel?.displayName ?? this.kernelId)
      .facts([
        [t('Notebook'), kernel?.path],
        [t('State'), kernel ? stateWord(t, kernel, now()) : undefined],
        [t('Started'), kernel && (kernel.mine ? t('from this computer') : t('elsewhere, maybe by somebody else'))],
        [t('Last activity'), kernel?.lastActivity ? clock(kernel.lastActivity, now()) : undefined],
      ])
      .done();
  }
}

/** An idle kernel holds memory for nobody: for how long says whether it is worth keeping. */
function stateFor(t: TreeParts['t'], kernel: LiveKernel, now: Date): string {
  const idleMs = now.getTime() - Date.parse(kernel.lastActivity);
  return kernel.state === 'idle' && idleMs >= 120_000 ? t('idle for {0}', age(t, idleMs)) : stateWord(t, kernel, now);
}

function stateWord(t: TreeParts['t'], kernel: LiveKernel, now: Date): string {
  if (restOf(kernel, now) === 'neverUsed') return t('idle, never used');
  switch (kernel.state) {
    case 'busy':
      return t('busy');
    case 'idle':
      return t('idle');
    case 'starting':
      return t('starting');
    case 'dead':
      return t('ended');
    default:
      return kernel.state;
  }
}

function notebookName(kernel: LiveKernel | undefined): string | undefined {
  return kernel?.path ? kernel.path.slice(kernel.path.lastIndexOf('/') + 1) : undefined;
}

/** The running kernels with names for people; a kernelspec that is gone leaves its bare name. */
async function named(server: JupyterServer, isMine: (id: string) => boolean): Promise<LiveKernel[]> {
  const [kernels, specs] = await Promise.all([server.kernels(), server.specs()]);
  const names = new Map(specs.specs.map((spec) => [spec.name, spec.displayName]));
  return kernels.map((kernel) => ({
    ...kernel,
    displayName: shortSpec(names.get(kernel.name) ?? kernel.name),
    mine: isMine(kernel.id),
  }));
}

/** "Python 3 (ipykernel)" says twice what it is, and a row has little room. */
function shortSpec(displayName: string): string {
  return displayName.replace(/ \(ipykernel\)$/, '');
}
