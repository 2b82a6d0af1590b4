import type { Disposable } from '../../k8s/events.ts';
import { Disposables } from '../../k8s/events.ts';
import type { InventoryChange, ProfileView } from '../../kubeflow/inventory.ts';
import { countMatches, type ActiveFilter } from './filter.ts';
import { MessageNode } from './messageNode.ts';
import { Children, type TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { ProfileNode } from './profileNode.ts';
import { actionRow } from './saidRows.ts';
import type { ServerNode } from './serverNode.ts';

/** A filter that leaves so few servers shows them at once, with their profiles expanded. */
const unfoldedMatches = 20;
/** Ends the id of a profile's row that a filter unfolds: for VS Code it is another row, with an expansion of its own. */
const unfoldedVariant = '?';

/** The rows of one context: its profiles, and which of them must be drawn again when the inventory changes. */
export class ClusterRoot implements Disposable {
  readonly parts: TreeParts;
  private readonly parent: TreeNode | undefined;
  private readonly profiles = new Children<ProfileNode>();
  private readonly disposables = new Disposables();
  private readonly redraw: () => void;
  private openBefore: ReadonlyMap<string, boolean>;
  private drawnVariant = '';
  private order = '';
  private look: Disposable | undefined;
  private unfolding: { filter: ActiveFilter; unfold: boolean } | undefined;

  /**
   * @param o.redraw draws all of these rows anew
   * @param o.openBefore which profiles stood open in the rows of the same context that these come in the place of
   */
  constructor(
    parts: TreeParts,
    o: { parent?: TreeNode; redraw: () => void; openBefore?: ReadonlyMap<string, boolean> },
  ) {
    this.parts = parts;
    this.parent = o.parent;
    this.redraw = o.redraw;
    this.openBefore = o.openBefore ?? new Map<string, boolean>();
    this.disposables.add(parts.session.inventory.onDidChange((change) => this.changed(change)));
    this.disposables.add(parts.rights.onDidChange((namespace) => this.refreshProfile(namespace)));
  }

  /** The rows of the profiles; when a filter leaves none, a row that says so. */
  children(): TreeNode[] {
    const names = this.names();
    this.order = names.join('\n');
    const variant = this.unfolds() ? unfoldedVariant : '';
    // Rows that a filter hides or unfolds stand again as the user left them when it is gone.
    if (!this.drawnVariant) this.openBefore = new Map([...this.openBefore, ...this.open]);
    this.drawnVariant = variant;
    const rows = this.profiles.keep(
      names.map((name) => name + variant),
      (key) => this.made(key, variant, names.length === 1),
    );
    return rows.length > 0 || !this.parts.filter() || this.parts.session.inventory.view.profiles.length === 0
      ? rows
      : this.noMatch();
  }

  profile(name: string): ProfileNode | undefined {
    return this.profiles.get(name) ?? this.profiles.get(name + unfoldedVariant);
  }

  server(key: string): ServerNode | undefined {
    return this.profile(namespaceOf(key))?.server(key);
  }

  /** Rows of servers that somebody may see. */
  *drawnServers(): Iterable<ServerNode> {
    for (const profile of this.profiles.all()) yield* profile.drawnServers();
  }

  /** Rows that show a time are drawn again when it reads differently by now; kernels in sight are asked for. */
  tick(): void {
    for (const server of this.drawnServers()) {
      if (server.changed()) this.parts.refresh(server);
      if (server.kernels?.isOpen) void server.kernels.relist();
    }
  }

  /** Somebody looks: watches of the rows that stand open are taken up. */
  wake(): void {
    this.look ??= this.parts.session.inventory.look();
    for (const profile of this.profiles.all()) profile.wake();
  }

  /** Nobody looks. The inventory itself lingers for a moment, as people switch views back and forth. */
  sleep(): void {
    for (const profile of this.profiles.all()) profile.rest();
    this.look?.dispose();
    this.look = undefined;
  }

  /** Which profiles stand open, by name. */
  get open(): ReadonlyMap<string, boolean> {
    return new Map(this.profiles.all().map((profile) => [profile.name, profile.isOpen]));
  }

  dispose(): void {
    this.sleep();
    this.profiles.dispose();
    this.disposables.dispose();
  }

  private made(key: string, variant: string, only: boolean): ProfileNode {
    const name = variant ? key.slice(0, -variant.length) : key;
    const unfolded = variant !== '' || (this.openBefore.get(name) ?? only);
    return new ProfileNode(this.parent, this.parts, name, { unfolded, variant });
  }

  private noMatch(): TreeNode[] {
    const { t } = this.parts;
    const id = `${this.parent?.id ?? ''}#noMatch`;
    const said = { text: t('No notebook server matches the filter') };
    const clear = { title: t('Clear Filter'), command: 'kubeflow.clearFilter' } as const;
    return [
      new MessageNode(this.parent, id, 'empty', said),
      actionRow(this.parent, { text: clear.title, action: clear }),
    ];
  }

  private visible(): readonly ProfileView[] {
    const filter = this.parts.filter();
    const { profiles } = this.parts.session.inventory.view;
    return filter ? profiles.filter((profile) => filter.of(profile).length > 0) : profiles;
  }

  private names(): string[] {
    return this.visible().map((profile) => profile.name);
  }

  /** Decided once for a filter, when there is something to decide upon: rows do not unfold and fold by themselves. */
  private unfolds(): boolean {
    const filter = this.parts.filter();
    if (!filter) return false;
    if (this.unfolding?.filter !== filter) {
      const { matching } = countMatches(filter, this.parts.session.inventory.view.profiles);
      if (matching === 0) return false;
      this.unfolding = { filter, unfold: matching <= unfoldedMatches };
    }
    return this.unfolding.unfold;
  }

  private changed(change: InventoryChange): void {
    if ((change.profiles || this.parts.filter()) && this.names().join('\n') !== this.order) this.redraw();
    if (change.profiles) {
      for (const profile of this.profiles.all()) profile.update(change.servers);
      return;
    }
    const touched = new Set(change.namespaces);
    for (const key of change.servers) touched.add(namespaceOf(key));
    for (const name of touched) this.profile(name)?.update(change.servers);
  }

  private refreshProfile(namespace: string): void {
    const profile = this.profile(namespace);
    if (profile) this.parts.refresh(profile);
  }
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
