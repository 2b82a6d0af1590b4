import * as vscode from 'vscode';
import type { PersistentVolumeClaim } from '../../k8s/objects.ts';
import { contextValue } from '../contextValue.ts';
import { list } from '../words/amounts.ts';
import { Tooltip } from './markdown.ts';
import { Children, TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';

/** The volumes of a namespace: also those that no notebook server uses, as a deleted server leaves its own behind. */
export class VolumesNode extends TreeNode {
  readonly id: string;
  private readonly parts: TreeParts;
  private readonly namespace: string;
  private readonly volumes = new Children<VolumeNode>();
  private drawnOutline: string | undefined;

  constructor(parent: TreeNode, parts: TreeParts, namespace: string) {
    super(parent);
    this.parts = parts;
    this.namespace = namespace;
    this.id = `${parent.id}#volumes`;
  }

  protected build(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.parts.t('Volumes'), vscode.TreeItemCollapsibleState.Collapsed);
    item.iconPath = new vscode.ThemeIcon('database');
    item.contextValue = contextValue({ kind: 'volumes' });
    return item;
  }

  /** Whether the rows below would look different now; before anybody has looked there are none. */
  isStale(): boolean {
    return this.drawnOutline !== undefined && this.drawnOutline !== this.outline();
  }

  private outline(): string {
    const { inventory } = this.parts.session;
    return JSON.stringify([
      inventory.claims(this.namespace).map((c) => [c.metadata.name, c.status?.phase, c.status?.capacity]),
      inventory.profile(this.namespace)?.servers.map((server) => server.claims),
    ]);
  }

  override children(): TreeNode[] {
    this.drawnOutline = this.outline();
    const names = this.parts.session.inventory.claims(this.namespace).map((claim) => claim.metadata.name);
    return this.volumes.keep(names.sort(), (name) => new VolumeNode(this, this.parts, this.namespace, name));
  }

  override dispose(): void {
    this.volumes.dispose();
    super.dispose();
  }
}

/** One persistent volume claim: its size and who uses it. */
export class VolumeNode extends TreeNode {
  readonly id: string;
  readonly name: string;
  private readonly parts: TreeParts;
  private readonly namespace: string;

  constructor(parent: TreeNode, parts: TreeParts, namespace: string, name: string) {
    super(parent);
    this.parts = parts;
    this.namespace = namespace;
    this.name = name;
    this.id = `${parent.id}/${name}`;
  }

  private get claim(): PersistentVolumeClaim | undefined {
    return this.parts.session.inventory.claims(this.namespace).find((claim) => claim.metadata.name === this.name);
  }

  private users(): string[] {
    const servers = this.parts.session.inventory.profile(this.namespace)?.servers ?? [];
    return servers.filter((s) => s.claims.some((c) => c.claim === this.name)).map((s) => s.name);
  }

  private size(): string | undefined {
    const claim = this.claim;
    return claim?.status?.capacity?.['storage'] ?? claim?.spec?.resources?.requests?.['storage'];
  }

  protected build(): vscode.TreeItem {
    const { t } = this.parts;
    const item = new vscode.TreeItem(this.name);
    const users = this.users();
    // The row has little room: bare names are who uses it, as the tooltip and the spoken label say in full.
    const use = users.length > 0 ? users.join(', ') : t('not used');
    const spoken = users.length > 0 ? t('used by {0}', list(users)) : use;
    item.iconPath = new vscode.ThemeIcon('database');
    item.description = [this.size(), use].filter(Boolean).join(' · ');
    item.contextValue = contextValue({ kind: 'volume' });
    item.accessibilityInformation = {
      label: [t('Volume {0}', this.name), this.size(), spoken].filter(Boolean).join(', '),
    };
    return item;
  }

  override tooltip(): vscode.MarkdownString {
    const { t } = this.parts;
    const claim = this.claim;
    return new Tooltip()
      .title(this.name)
      .facts([
        [t('Size'), this.size()],
        [t('Access'), claim?.spec?.accessModes?.join(', ')],
        [t('Storage class'), claim?.spec?.storageClassName],
        [t('Volume'), claim?.spec?.volumeName],
        [t('Used by'), this.users().join(', ') || undefined],
      ])
      .line(claim?.status?.phase === 'Pending' ? t('Not bound to storage yet.') : undefined)
      .done();
  }
}
