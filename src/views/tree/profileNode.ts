import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { ProfileView } from '../../kubeflow/inventory.ts';
import { contextValue } from '../contextValue.ts';
import { explain } from '../words.ts';
import { gpuKind } from '../words/amounts.ts';
import { missingLine } from '../words/rights.ts';
import { Tooltip } from './markdown.ts';
import { MessageNode } from './messageNode.ts';
import { Children, TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { ServerNode } from './serverNode.ts';
import { VolumesNode } from './volumesNode.ts';

/** A profile, or a namespace that is shown in the place of one. Open in the inventory while it is expanded. */
export class ProfileNode extends TreeNode {
  readonly id: string;
  readonly name: string;
  private readonly parts: TreeParts;
  private readonly servers = new Children<ServerNode>();
  private readonly volumes: VolumesNode;
  private hold: Disposable | undefined;
  private drawnOutline = '';
  /** Whether the only profile stood expanded from the start; decided once, as the user's own choice comes after it. */
  private readonly unfolded: boolean;

  constructor(parent: TreeNode | undefined, parts: TreeParts, name: string, unfolded: boolean) {
    super(parent);
    this.parts = parts;
    this.name = name;
    this.unfolded = unfolded;
    this.id = `${parts.session.context.name}/${name}`;
    this.volumes = new VolumesNode(this, parts, name);
  }

  get view(): ProfileView | undefined {
    return this.parts.session.inventory.profile(this.name);
  }

  server(key: string): ServerNode | undefined {
    return this.servers.get(key);
  }

  allServers(): ServerNode[] {
    return this.servers.all();
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
    const { t } = this.parts;
    const view = this.view;
    if (!view) return '';
    if (view.deleting) return t('Deleting');
    if (view.state.kind === 'denied') return t('No access');
    const parts = (view.gpuQuota ?? []).map(({ key, used, hard }) => t('{0} of {1} {2}', used, hard, gpuKind(key)));
    const count = view.servers.length;
    if (view.state.kind !== 'loading' || count > 0) {
      parts.push(count === 1 ? t('1 server') : t('{0} servers', count));
    }
    return parts.join(' · ');
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
        [t('Servers'), view ? String(view.servers.length) : undefined],
      ])
      .line(view?.source === 'namespace' ? t('A namespace: its profile cannot be seen with your rights.') : undefined)
      .notes(
        'lock',
        (['create', 'deleteProfile'] as const).filter((deed) => may[deed] === 'no').map((deed) => missingLine(t, deed)),
      )
      .done();
  }

  override children(): TreeNode[] {
    this.expanded();
    this.drawnOutline = this.outline();
    const { t, session } = this.parts;
    const view = this.view;
    if (!view) return [];
    const known = new Map(view.servers.map((server) => [server.key, server]));
    const servers = this.servers.keep([...known.keys()], (key) => new ServerNode(this, this.parts, key));
    const rows: TreeNode[] = [...servers];
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
    if (session.inventory.claims(this.name).length > 0) rows.push(this.volumes);
    return rows;
  }

  get isOpen(): boolean {
    return this.hold !== undefined;
  }

  /** Draws the smallest row that is different: a server, the volumes, or the whole profile when rows came, went or moved. */
  update(servers: ReadonlySet<string>): void {
    if (!this.isOpen) {
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
    if (this.volumes.isStale()) this.parts.refresh(this.volumes);
  }

  /** Which rows stand below, in which order: what `children` depends on. */
  private outline(): string {
    const view = this.view;
    return JSON.stringify([
      view?.servers.map((server) => server.key),
      view?.servers.length === 0 ? view.state.kind : '',
      this.parts.session.inventory.claims(this.name).length > 0,
    ]);
  }

  override expanded(): void {
    this.hold ??= this.parts.session.inventory.open(this.name);
  }

  override collapsed(): void {
    this.hold?.dispose();
    this.hold = undefined;
  }

  override dispose(): void {
    this.servers.dispose();
    this.volumes.dispose();
    super.dispose();
  }
}
