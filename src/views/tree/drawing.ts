import type { Disposable } from '../../k8s/events.ts';
import type { TreeNode } from './node.ts';

/** Changes are drawn in one go with those that follow at once. */
const drawMs = 60;

/** Collects which rows must be drawn again, and draws the smallest set of them soon. */
export class Drawing implements Disposable {
  private readonly pending = new Set<TreeNode>();
  private readonly draw: (nodes: TreeNode[] | undefined) => void;
  private whole = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param draw gets the rows, or undefined for all of the view */
  constructor(draw: (nodes: TreeNode[] | undefined) => void) {
    this.draw = draw;
  }

  row(node: TreeNode): void {
    this.pending.add(node);
    this.soon();
  }

  all(): void {
    this.whole = true;
    this.soon();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.pending.clear();
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const nodes = [...this.pending].filter((node) => !hasAncestorIn(node, this.pending));
      this.pending.clear();
      const { whole } = this;
      this.whole = false;
      this.draw(whole ? undefined : nodes);
    }, drawMs);
  }
}

function hasAncestorIn(node: TreeNode, nodes: ReadonlySet<TreeNode>): boolean {
  for (let above = node.parent; above; above = above.parent) if (nodes.has(above)) return true;
  return false;
}
