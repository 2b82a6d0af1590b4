import type { Disposable } from '../../k8s/events.ts';
import type { ClusterRoot } from './clusterRoot.ts';
import { ContextNode, type ContextParts } from './contextNode.ts';
import { Children, type TreeNode } from './node.ts';

/** The contexts that are shown: with rows of their own when they are several, else the one whose rows are the view's. */
export class ContextRows implements Disposable {
  private readonly o: ContextParts;
  private readonly nodes = new Children<ContextNode>();
  private awake = false;
  private several = false;

  constructor(o: ContextParts) {
    this.o = o;
  }

  all(): readonly ContextNode[] {
    return this.nodes.all();
  }

  /** The context that is shown alone. */
  get only(): ContextNode | undefined {
    return this.several ? undefined : this.nodes.all()[0];
  }

  get isSeveral(): boolean {
    return this.several;
  }

  children(): TreeNode[] {
    return this.several ? this.nodes.all() : (this.only?.children() ?? []);
  }

  root(context: string): ClusterRoot | undefined {
    return this.nodes.get(context)?.root;
  }

  /** Takes up which contexts are shown now, and what the kubeconfig says of them. Those that stay keep their rows. */
  follow(): void {
    const names = this.o.sessions.shown;
    const several = names.length > 1;
    if (several !== this.several) this.nodes.dispose();
    this.several = several;
    const before = new Set(this.nodes.all());
    // Nobody has asked to look at more than the first yet.
    const nodes = this.nodes.keep(
      names,
      (name) => new ContextNode(this.o, name, { isRow: several, unfolded: name === names[0] }),
    );
    for (const node of nodes) {
      if (before.has(node)) node.follow();
      else if (this.awake) node.wake();
    }
  }

  wake(): void {
    this.awake = true;
    for (const node of this.nodes.all()) node.wake();
  }

  sleep(): void {
    this.awake = false;
    for (const node of this.nodes.all()) node.sleep();
  }

  tick(): void {
    for (const node of this.nodes.all()) node.tick();
  }

  dispose(): void {
    this.nodes.dispose();
  }
}
