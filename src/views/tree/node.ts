import type * as vscode from 'vscode';

/** One row. The object lives as long as its row does, so that VS Code keeps selection, expansion and scroll position. */
export abstract class TreeNode {
  /** Unique across the whole tree and the same after a reload. */
  abstract readonly id: string;
  readonly parent: TreeNode | undefined;
  private drawn = '';

  constructor(parent: TreeNode | undefined) {
    this.parent = parent;
  }

  /** The name of the context that the row belongs to; undefined for a row of the view as a whole. */
  get context(): string | undefined {
    return this.parent?.context;
  }

  protected abstract build(): vscode.TreeItem;

  /** The row as VS Code wants it; remembers what was drawn. */
  item(): vscode.TreeItem {
    const item = this.build();
    item.id = this.id;
    this.drawn = signature(item);
    return item;
  }

  /** Whether the row would look different now from how it was last drawn. */
  changed(): boolean {
    return signature(this.build()) !== this.drawn;
  }

  /** The rows below. Never rejects and is never empty for an error: it has a row that says so. */
  children(): TreeNode[] {
    return [];
  }

  /** The rich tooltip, made when somebody hovers. */
  tooltip(): vscode.MarkdownString | string | undefined {
    return undefined;
  }

  /** Somebody hovers: asks for what the tooltip could tell besides; resolves soon, known or not. Undefined: nothing to ask. */
  look(): Promise<void> | undefined {
    return undefined;
  }

  /**
   * The row has been expanded. That its children are asked for does not mean so: VS Code asks for those of a collapsed
   * row, too, when the row is drawn again.
   */
  expanded(): void {
    /* most rows hold nothing open */
  }

  /** The row has been collapsed. */
  collapsed(): void {
    /* most rows hold nothing open */
  }

  /** The row is gone. */
  dispose(): void {
    this.collapsed();
  }
}

function signature(item: vscode.TreeItem): string {
  return JSON.stringify([
    item.label,
    item.description,
    item.iconPath,
    item.contextValue,
    item.collapsibleState,
    item.accessibilityInformation?.label,
  ]);
}

/** Keeps one child object per key: makes the missing, disposes those that are gone, returns them in the keys' order. */
export class Children<N extends TreeNode> {
  private nodes = new Map<string, N>();

  keep(keys: readonly string[], make: (key: string) => N): N[] {
    const next = new Map<string, N>();
    for (const key of keys) next.set(key, this.nodes.get(key) ?? make(key));
    for (const [key, node] of this.nodes) if (!next.has(key)) node.dispose();
    this.nodes = next;
    return [...next.values()];
  }

  get(key: string): N | undefined {
    return this.nodes.get(key);
  }

  all(): N[] {
    return [...this.nodes.values()];
  }

  dispose(): void {
    for (const node of this.nodes.values()) node.dispose();
    this.nodes.clear();
  }
}
