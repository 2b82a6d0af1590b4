import type { TreeItem } from 'vscode';
import type { Row } from '../../api.ts';
import type { TreeNode } from './node.ts';
import type { ServerTree } from './serverTree.ts';

/**
 * The rows as VS Code would draw them now, down to `depth`; with labels, those below the row that they lead to. Asking
 * for rows opens what is above them, as a look does.
 */
export function rowsBelow(tree: ServerTree, depth = 1, labels: readonly string[] = []): Row[] {
  let node: TreeNode | undefined;
  for (const label of labels) {
    node = tree.getChildren(node).find((child) => labelOf(child.item()) === label);
    if (!node) return [];
    node.expanded();
  }
  return rowsOf(tree, depth, node);
}

function rowsOf(tree: ServerTree, depth: number, node: TreeNode | undefined): Row[] {
  return tree.getChildren(node).map((child) => {
    const item = child.item();
    const deeper = depth > 1 && Boolean(item.collapsibleState);
    if (deeper) child.expanded();
    return {
      label: labelOf(item),
      description: typeof item.description === 'string' ? item.description : '',
      contextValue: item.contextValue ?? '',
      children: deeper ? rowsOf(tree, depth - 1, child) : [],
    };
  });
}

function labelOf({ label }: TreeItem): string {
  return typeof label === 'string' ? label : (label?.label ?? '');
}
