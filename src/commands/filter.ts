import * as vscode from 'vscode';
import { countStates, filterStates, noFilter, type FilterState, type ServerFilter } from '../views/tree/filter.ts';
import { MoreNode } from '../views/tree/moreNode.ts';
import { serverIcon } from '../views/tree/serverLook.ts';
import { grouped } from '../views/words/amounts.ts';
import type { CommandParts } from './parts.ts';

/**
 * Lets the user say which servers to show: words in the field, states by ticks below it. The tree follows at once; Escape
 * brings back what was before.
 */
export async function filter({ tree }: CommandParts): Promise<void> {
  const before = tree.filter.filter;
  const quickPick = vscode.window.createQuickPick<vscode.QuickPickItem & { state: FilterState }>();
  const counts = countStates(tree.profiles);
  quickPick.title = vscode.l10n.t('Filter Notebook Servers');
  quickPick.placeholder = vscode.l10n.t('Words of a name, profile or image');
  quickPick.canSelectMany = true;
  quickPick.value = before.text;
  quickPick.items = filterStates.map((state) => ({
    state,
    label: stateWord(state),
    description: grouped(counts.get(state) ?? 0),
    iconPath: new vscode.ThemeIcon(serverIcon(state, false).icon.replace('~spin', '')),
    alwaysShow: true,
  }));
  quickPick.selectedItems = quickPick.items.filter(({ state }) => before.states.includes(state));
  const now = (): ServerFilter => ({
    text: quickPick.value.trim(),
    states: filterStates.filter((state) => quickPick.selectedItems.some((item) => item.state === state)),
  });
  const preview = () => tree.filter.preview(now());
  try {
    const accepted = await new Promise<boolean>((resolve) => {
      quickPick.onDidChangeValue(preview);
      quickPick.onDidChangeSelection(preview);
      quickPick.onDidAccept(() => resolve(true));
      quickPick.onDidHide(() => resolve(false));
      quickPick.show();
    });
    await tree.filter.set(accepted ? now() : before);
  } finally {
    quickPick.dispose();
  }
}

/** Shows all servers again. */
export async function clearFilter({ tree }: CommandParts): Promise<void> {
  await tree.filter.set(noFilter);
}

/** Draws the next rows of a profile of very many servers. */
export function showMore(_parts: CommandParts, argument: unknown): void {
  if (argument instanceof MoreNode) argument.showMore();
}

function stateWord(state: FilterState): string {
  const { t } = vscode.l10n;
  switch (state) {
    case 'failing':
      return t('Failing');
    case 'waiting':
      return t('Waiting');
    case 'running':
      return t('Running');
    case 'starting':
      return t('Starting');
    case 'stopped':
      return t('Stopped');
  }
}
