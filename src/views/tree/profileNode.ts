import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { ProfileView, ServerView } from '../../kubeflow/inventory.ts';
import { contextValue } from '../contextValue.ts';
import { explain } from '../words.ts';
import { missingLine } from '../words/rights.ts';
import { Tooltip } from './markdown.ts';
import { MessageNode } from './messageNode.ts';
import { MoreNode } from './moreNode.ts';
import { Children, TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { countServers, countsInFull, profileDescription, type ServerCounts } from './profileLook.ts';
import { ServerNode } from './serverNode.ts';
import { VolumesNode } from './volumesNode.ts';

/**
 * How many servers are drawn below a profile. Each row crosses to VS Code's window at each drawing, so a profile of
 * thousands shows those that stand first, and more when somebody asks. Below a collapsed row VS Code asks for rows that
 * nobody sees.
 */
const drawn = { first: 200, more: 500, unseen: 20 } as const;

/** A profile, or a namespace that is shown in the place of one. Open in the inventory while it is expanded. */
export class ProfileNode extends TreeNode {
  readonly id: string;
  readonly name: string;
  private readonly parts: TreeParts;
  private readonly servers = new Children<ServerNode>();
  private readonly volumes: VolumesNode;
  private readonly more: MoreNode;
  private hold: Disposable | undefined;
  private drawnOutline = '';
  private limit: number = drawn.first;
  /** Whether the row stood expanded from the start; decided once, as the user's own choice comes after it. */
  private readonly unfolded: boolean;
  private open: boolean;
  private counted: { of: readonly ServerView[]; counts: ServerCounts } | undefined;

  /** @param o.unfolded stands expanded from the start; `variant`: the same profile as another row, as VS Code sees it */
  constructor(
    parent: TreeNode | undefined,
    parts: TreeParts,
    name: string,
    o: { unfolded: boolean; variant?: string },
  ) {
    super(parent);
    this.parts = parts;
    this.name = name;
    this.unfolded = this.open = o.unfolded;
    this.id = `${encodeURIComponent(parts.session.context.name)}/${name}${o.variant ?? ''}`;
    this.volumes = new VolumesNode(this, parts, name);
    this.more = new MoreNode(this, parts.t, {
      counts: () => this.counts(),
      showMore: () => {
        this.limit += drawn.more;
        parts.refresh(this);
      },
    });
  }

  override get context(): string {
    return this.parts.session.context.name;
  }

  get view(): ProfileView | undefined {
    return this.parts.session.inventory.profile(this.name);
  }

  server(key: string): ServerNode | undefined {
    return this.servers.get(key);
  }

  /** Rows of servers that somebody may see; none of a collapsed profile. */
  drawnServers(): ServerNode[] {
    return this.isOpen ? this.servers.all() : [];
  }

  get volumesNode(): VolumesNode {
    return this.volumes;
  }

  protected build(): vscode.TreeItem {
    const { t, rights } = this.parts;
    const view = this.view;
    const item = new vscode.TreeItem(
      this.name,
      this.unfolded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
    );
    const may = rights.peek(this.name);
    const icon = view?.source === 'namespace' ? 'folder' : 'account';
    item.iconPath = new vscode.ThemeIcon(view?.deleting ? 'loading~spin' : icon);
    item.description = this.description();
    item.contextValue = contextValue({
      kind: 'profile',
      source: view?.source ?? 'namespace',
      canCreate: !view?.deleting && may.create !== 'no',
      canDelete: view?.source === 'profile' && !view.deleting && may.deleteProfile !== 'no',
      added: this.parts.added().includes(this.name),
    });
    item.accessibilityInformation = { label: `${t('Profile {0}', this.name)}, ${item.description}` };
    return item;
  }

  private description(): string {
    const view = this.view;
    if (!view) return '';
    const filter = this.parts.filter();
    return profileDescription(this.parts.t, view, this.count(view), filter?.of(view).length);
  }

  private count({ servers }: ProfileView): ServerCounts {
    if (this.counted?.of !== servers) this.counted = { of: servers, counts: countServers(servers) };
    return this.counted.counts;
  }

  /** The servers that there are rows for, as far as they are drawn at all. */
  private shown(): readonly ServerView[] {
    const view = this.view;
    return view ? (this.parts.filter()?.of(view) ?? view.servers) : [];
  }

  private counts(): { drawn: number; all: number; next: number } {
    const all = this.shown().length;
    return { drawn: Math.min(this.limit, all), all, next: Math.min(drawn.more, all - this.limit) };
  }

  override tooltip(): vscode.MarkdownString {
    const { t, rights } = this.parts;
    const view = this.view;
    const may = rights.peek(this.name);
    return new Tooltip()
      .title(this.name)
      .facts([
        [t('Owner'), view?.owner],
        ...(view?.gpuQuota ?? []).map(({ key, used, hard }): [string, string] => [
          key,
          t('{0} of {1} used', used, hard),
        ]),
        [t('Servers'), view ? countsInFull(t, this.count(view)) : undefined],
      ])
      .line(view?.source === 'namespace' ? t('A namespace: its profile cannot be seen with your rights.') : undefined)
      .notes(
        'lock',
        (['create', 'deleteProfile'] as const).filter((deed) => may[deed] === 'no').map((deed) => missingLine(t, deed)),
      )
      .done();
  }

  override children(): TreeNode[] {
    if (this.open) this.hold ??= this.parts.session.inventory.open(this.name);
    this.drawnOutline = this.outline();
    const { t, session } = this.parts;
    const view = this.view;
    if (!view) return [];
    const keys = this.keys();
    const servers = this.servers.keep(keys, (key) => new ServerNode(this, this.parts, key));
    const rows: TreeNode[] = [...servers];
    if (this.open && this.shown().length > keys.length) rows.push(this.more);
    if (view.state.kind === 'denied' || view.state.kind === 'failed' || view.state.kind === 'stale') {
      if (servers.length === 0 && !session.inventory.view.problem) {
        const said = explain(t, view.state.error, { context: session.context.name });
        rows.push(new MessageNode(this, `${this.id}#problem`, 'error', said));
      }
    } else if (servers.length === 0) {
      rows.push(
        view.state.kind === 'loading'
          ? new MessageNode(this, `${this.id}#loading`, 'loading', { text: t('Loading...') })
          : new MessageNode(this, `${this.id}#empty`, 'empty', { text: t('No notebook servers yet') }),
      );
    }
    if (!this.parts.filter() && session.inventory.claims(this.name).length > 0) rows.push(this.volumes);
    return rows;
  }

  private keys(): string[] {
    return this.shown()
      .slice(0, this.open ? this.limit : drawn.unseen)
      .map((server) => server.key);
  }

  /** Whether it stands expanded. */
  get isOpen(): boolean {
    return this.open;
  }

  /** Draws the smallest row that is different: a server, the volumes, or the whole profile when rows came, went or moved. */
  update(servers: ReadonlySet<string>): void {
    if (!this.open) {
      if (this.changed()) this.parts.refresh(this);
      return;
    }
    if (this.changed() || this.outline() !== this.drawnOutline) {
      this.parts.refresh(this);
      return;
    }
    for (const key of servers) {
      const node = this.servers.get(key);
      if (node?.changed()) this.parts.refresh(node);
    }
    if (this.shown().length > this.limit && this.more.changed()) this.parts.refresh(this.more);
    if (this.volumes.isStale()) this.parts.refresh(this.volumes);
  }

  /** Which rows stand below, in which order: what `children` depends on. */
  private outline(): string {
    const keys = this.keys();
    return JSON.stringify([
      keys,
      keys.length === 0 ? this.view?.state.kind : '',
      this.shown().length > keys.length,
      this.parts.session.inventory.claims(this.name).length > 0,
    ]);
  }

  override expanded(): void {
    if (this.open) return;
    this.open = true;
    this.wake();
    if (this.outline() !== this.drawnOutline) this.parts.refresh(this);
  }

  override collapsed(): void {
    this.open = false;
    this.rest();
  }

  /** Somebody looks at the view again. */
  wake(): void {
    if (this.open) this.hold ??= this.parts.session.inventory.open(this.name);
  }

  /** Nobody looks: nothing is held open, though the row stands expanded. */
  rest(): void {
    this.hold?.dispose();
    this.hold = undefined;
  }

  override dispose(): void {
    this.servers.dispose();
    this.volumes.dispose();
    super.dispose();
  }
}
