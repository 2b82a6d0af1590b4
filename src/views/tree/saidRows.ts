import type { Said } from '../words.ts';
import { MessageNode } from './messageNode.ts';
import type { TreeNode } from './node.ts';
import { wrapped } from './wrapped.ts';

/**
 * What is said in rows, the remedy in the last one.
 * @param context the one that the remedy is about, where several are shown
 */
export function saidRows(parent: TreeNode, said: Said, context?: string): MessageNode[] {
  const rows = wrapped(said.text).map(
    (text, i) =>
      new MessageNode(parent, `${parent.id}#said${i}`, i === 0 ? 'error' : 'more', { text, note: said.text }),
  );
  const { action } = said;
  if (!action) return rows;
  const args = action.args ?? (context === undefined ? [] : [{ context }]);
  return [...rows, actionRow(parent, { text: action.title, action: { ...action, args } })];
}

/** A row that does something when it is clicked. */
export function actionRow(parent: TreeNode | undefined, said: Said): MessageNode {
  return new MessageNode(parent, `${parent?.id ?? ''}#${said.action?.command ?? ''}`, 'action', said);
}
