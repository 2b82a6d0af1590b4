import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { Cluster } from '../../k8s/cluster.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { Session, Sessions } from '../../kubeflow/sessions.ts';
import { contextValue } from '../contextValue.ts';
import { contextState, inventoryFacts, type Shown } from '../viewState.ts';
import { explain, type Said, type Translate } from '../words.ts';
import { contextShort, type ContextState } from '../words/context.ts';
import { ClusterRoot } from './clusterRoot.ts';
import { Tooltip } from './markdown.ts';
import { MessageNode } from './messageNode.ts';
import { TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { actionRow, saidRows } from './saidRows.ts';

/** What a context's row stands on. */
export interface ContextParts {
  sessions: Sessions;
  t: Translate;
  partsOf: (session: Session) => TreeParts;
  /** Draws a row and what is below it again. */
  refresh: (node: TreeNode) => void;
  /** Draws the whole view again. */
  redraw: () => void;
  /** The state of the context as a whole may be another one. */
  stated: () => void;
}

/**
 * One context that is shown. With others it is a row of its own, which contacts its cluster when it is expanded, and no
 * longer once it is collapsed; alone, its profiles are the view's rows.
 */
export class ContextNode extends TreeNode {
  readonly id: string;
  readonly name: string;
  private readonly o: ContextParts;
  /** Whether there is a row for it. */
  private readonly isRow: boolean;
  private readonly unfolded: boolean;
  private open: boolean;
  private awake = false;
  private made: { root: ClusterRoot; cluster: Cluster; watch: Disposable } | undefined;
  private drawnFace = '';

  constructor(o: ContextParts, name: string, row: { isRow: boolean; unfolded: boolean }) {
    super(undefined);
    this.o = o;
    this.name = name;
    this.isRow = row.isRow;
    this.unfolded = this.open = row.unfolded;
    this.id = `${encodeURIComponent(name)}#context`;
  }

  override get context(): string {
    return this.name;
  }

  /** The rows of its profiles, once somebody has looked. */
  get root(): ClusterRoot | undefined {
    return this.made?.root;
  }

  get session(): Session | undefined {
    return this.made?.root.parts.session;
  }

  /** Why the context can't be used at all. */
  private get problem(): KubeError | undefined {
    return this.o.sessions.problemOf(this.name);
  }

  /** How the context stands, for its row and for lists of contexts. */
  get face(): { state: ContextState; said?: Said; problem?: KubeError } {
    const gone = this.problem;
    if (gone) return { state: 'gone', said: explain(this.o.t, gone, { context: this.name }) };
    const { session } = this;
    if (!session || !this.open) return { state: 'closed' };
    const facts = inventoryFacts(session.inventory.view);
    return { ...contextState(this.o.t, this.name, facts), ...(facts.problem ? { problem: facts.problem } : {}) };
  }

  protected build(): vscode.TreeItem {
    const { t } = this.o;
    const { state, problem } = this.face;
    const item = new vscode.TreeItem(
      this.name,
      state === 'gone'
        ? vscode.TreeItemCollapsibleState.None
        : this.unfolded
          ? vscode.TreeItemCollapsibleState.Expanded
          : vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.iconPath = icon(state, problem);
    // That no profile is known is said in the row below.
    item.description = (state === 'noProfiles' ? undefined : contextShort(t, state, problem)) ?? this.user;
    item.contextValue = contextValue({ kind: 'context', state: state === 'gone' ? 'gone' : 'there' });
    item.accessibilityInformation = {
      label: [t('Context {0}', this.name), item.description].filter(Boolean).join(', '),
    };
    return item;
  }

  /** Who the user is there; many kubeconfigs call the user like the context, which says nothing more. */
  private get user(): string | undefined {
    const user = this.entry?.userName;
    return user === this.name ? undefined : user;
  }

  private get entry() {
    return this.o.sessions.contexts.find((context) => context.name === this.name);
  }

  override tooltip(): vscode.MarkdownString {
    const { t } = this.o;
    const { said } = this.face;
    return new Tooltip()
      .title(this.name)
      .line(said?.text)
      .facts([
        [t('Cluster'), this.entry?.clusterName],
        [t('Server'), this.entry?.server],
        [t('User'), this.entry?.userName],
        [t('Namespace'), this.entry?.namespace],
      ])
      .done();
  }

  override children(): TreeNode[] {
    if (this.open) this.contact();
    const { root } = this;
    if (!root) return [this.loading()];
    if (!this.isRow) return root.children();
    this.drawnFace = this.faceKey();
    const { t } = this.o;
    const { state, said } = contextState(t, undefined, inventoryFacts(root.parts.session.inventory.view));
    switch (state) {
      case 'loading':
        return [this.loading()];
      case 'kubeflowMissing':
        return saidRows(
          this,
          {
            text: t('There is no Kubeflow. The cluster does not know the type Notebook.'),
            action: { title: t('Retry'), command: 'kubeflow.refresh' },
          },
          this.name,
        );
      case 'noProfiles':
        return [
          new MessageNode(this, `${this.id}#empty`, 'empty', { text: t('No profiles are known yet') }),
          actionRow(this, {
            text: t('Add Namespace...'),
            action: { title: t('Add Namespace...'), command: 'kubeflow.addNamespace', args: [{ context: this.name }] },
          }),
        ];
      default:
        return [...(said ? saidRows(this, said, this.name) : []), ...(state === 'ready' ? root.children() : [])];
    }
  }

  private loading(): MessageNode {
    return new MessageNode(this.isRow ? this : undefined, `${this.id}#loading`, 'loading', {
      text: this.o.t('Loading...'),
    });
  }

  override expanded(): void {
    if (this.open) return;
    this.open = true;
    this.contact();
    this.o.refresh(this);
    this.o.stated();
  }

  override collapsed(): void {
    if (!this.open) return;
    this.open = false;
    this.root?.sleep();
    this.o.stated();
  }

  /** The view is in sight. */
  wake(): void {
    this.awake = true;
    if (this.open) this.contact();
  }

  sleep(): void {
    this.awake = false;
    this.root?.sleep();
  }

  tick(): void {
    if (this.open) this.root?.tick();
  }

  /** The kubeconfig is another one: what belongs to another cluster or user is gone at once. */
  follow(): void {
    const before = this.made;
    if (!before || this.o.sessions.session(this.name)?.cluster === before.cluster) {
      if (this.isRow && this.changed()) this.o.refresh(this);
      return;
    }
    const openBefore = before.root.open;
    this.drop();
    if (this.open) this.contact(openBefore);
    if (this.isRow) this.o.refresh(this);
    else this.o.redraw();
  }

  override dispose(): void {
    this.drop();
  }

  private drop(): void {
    this.made?.watch.dispose();
    this.made?.root.dispose();
    this.made = undefined;
  }

  /** Makes what is needed to look at the context, and looks while the view is in sight. */
  private contact(openBefore?: ReadonlyMap<string, boolean>): void {
    const session = this.o.sessions.session(this.name);
    if (!session) return;
    if (!this.made) {
      const redraw = (): void => (this.isRow ? this.o.refresh(this) : this.o.redraw());
      const root = new ClusterRoot(this.o.partsOf(session), {
        ...(this.isRow ? { parent: this } : {}),
        redraw,
        ...(openBefore ? { openBefore } : {}),
      });
      const watch = session.inventory.onDidChange(({ profiles }) => this.stated(profiles));
      this.made = { root, cluster: session.cluster, watch };
    }
    if (this.awake) this.made.root.wake();
  }

  private stated(profiles: boolean): void {
    if (this.isRow && profiles && (this.changed() || this.faceKey() !== this.drawnFace)) this.o.refresh(this);
    if (profiles || this.root?.parts.filter()) this.o.stated();
  }

  /** What of the state has rows. When it is tried again has none: a row does not count seconds. */
  private faceKey(): string {
    const { session } = this;
    if (!session) return '';
    const { state, said }: Shown = contextState(this.o.t, this.name, inventoryFacts(session.inventory.view));
    return JSON.stringify([state, said]);
  }
}

function icon(state: ContextState, problem: KubeError | undefined): vscode.ThemeIcon {
  if (state === 'loading') return new vscode.ThemeIcon('loading~spin');
  if (state === 'gone' || problem)
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon('server-environment');
}
