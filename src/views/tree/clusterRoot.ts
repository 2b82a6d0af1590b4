import type { Disposable } from '../../k8s/events.ts';
import { Disposables } from '../../k8s/events.ts';
import type { InventoryChange } from '../../kubeflow/inventory.ts';
import { Children, type TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { ProfileNode } from './profileNode.ts';
import type { ServerNode } from './serverNode.ts';

/** The rows of one context: its profiles, and which of them must be drawn again when the inventory changes. */
export class ClusterRoot implements Disposable {
  readonly parts: TreeParts;
  private readonly profiles = new Children<ProfileNode>();
  private readonly disposables = new Disposables();
  private readonly redraw: () => void;
  private order = '';
  private look: Disposable | undefined;
  private asleep: ProfileNode[] = [];

  constructor(parts: TreeParts, redraw: () => void) {
    this.parts = parts;
    this.redraw = redraw;
    this.disposables.add(parts.session.inventory.onDidChange((change) => this.changed(change)));
    this.disposables.add(parts.rights.onDidChange((namespace) => this.refreshProfile(namespace)));
  }

  children(): TreeNode[] {
    const names = this.names();
    this.order = names.join('\n');
    return this.profiles.keep(names, (name) => new ProfileNode(undefined, this.parts, name, names.length === 1));
  }

  profile(name: string): ProfileNode | undefined {
    return this.profiles.get(name);
  }

  server(key: string): ServerNode | undefined {
    return this.profiles.get(key.slice(0, key.indexOf('/')))?.server(key);
  }

  /** Rows that show a time are drawn again when it reads differently by now; kernels in sight are asked for. */
  tick(): void {
    for (const profile of this.profiles.all()) {
      for (const server of profile.allServers()) {
        if (server.changed()) this.parts.refresh(server);
        if (server.kernels?.isOpen) void server.kernels.relist();
      }
    }
  }

  /** Somebody looks again: watches of the rows that stood open are taken up. */
  wake(): void {
    this.look ??= this.parts.session.inventory.look();
    for (const profile of this.asleep) profile.expanded();
    this.asleep = [];
  }

  /** Nobody has looked for a while: no watch is kept. */
  sleep(): void {
    this.asleep = this.profiles.all().filter((profile) => profile.isOpen);
    for (const profile of this.asleep) profile.collapsed();
    this.look?.dispose();
    this.look = undefined;
  }

  dispose(): void {
    this.sleep();
    this.asleep = [];
    this.profiles.dispose();
    this.disposables.dispose();
  }

  private names(): string[] {
    return this.parts.session.inventory.view.profiles.map((profile) => profile.name);
  }

  private changed(change: InventoryChange): void {
    if (change.profiles && this.names().join('\n') !== this.order) this.redraw();
    const touched = new Set(change.namespaces);
    for (const key of change.servers) touched.add(key.slice(0, key.indexOf('/')));
    const names = change.profiles ? this.profiles.all().map((profile) => profile.name) : [...touched];
    for (const name of names) this.profiles.get(name)?.update(change.servers);
  }

  private refreshProfile(namespace: string): void {
    const profile = this.profiles.get(namespace);
    if (profile) this.parts.refresh(profile);
  }
}
