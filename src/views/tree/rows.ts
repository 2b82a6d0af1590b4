import type { Row } from '../../api.ts';
import type { TreeNode } from './node.ts';
import type { ServerTree } from './serverTree.ts';

/** The rows as VS Code would draw them now, down to `depth`. Asking for rows opens what is above them, as a look does. */
export function rowsOf(tree: ServerTree, depth = 1, node?: TreeNode): Row[] {
  return tree.getChildren(node).map((child) => {
    const item = child.item();
    const deeper = depth > 1 && Boolean(item.collapsibleState);
    if (deeper) child.expanded();
    return {
      label: typeof item.label === 'string' ? item.label : (item.label?.label ?? ''),
      description: typeof item.description === 'string' ? item.description : '',
      contextValue: item.contextValue ?? '',
      children: deeper ? rowsOf(tree, depth - 1, child) : [],
    };
  });
}
