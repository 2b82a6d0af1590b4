import * as vscode from 'vscode';
import type { KubeContext } from '../k8s/kubeconfig.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import { ContextNode } from '../views/tree/contextNode.ts';
import type { CommandParts } from './parts.ts';

type Item = vscode.QuickPickItem & { context?: string };

/** Lets the user pick the one context that the view shows; kubectl's own current context stays as it is. */
export async function switchContext(parts: CommandParts): Promise<void> {
  const { sessions } = parts;
  await ready(sessions);
  const several: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('checklist'),
    tooltip: vscode.l10n.t('Show Several...'),
  };
  const picked = await pick((quickPick, done) => {
    quickPick.title = vscode.l10n.t('Switch Context');
    quickPick.placeholder = vscode.l10n.t('The context of this view; the kubeconfig is not changed');
    quickPick.buttons = sessions.contexts.length > 1 ? [several] : [];
    quickPick.items = contextItems(sessions.contexts, sessions.shown);
    quickPick.activeItems = quickPick.items.filter(({ context }) => context === sessions.shown[0]);
    quickPick.onDidTriggerButton(() => done('several'));
    quickPick.onDidAccept(() => done(quickPick.activeItems[0]?.context));
  });
  if (picked === 'several') await showContexts(parts);
  else if (picked !== undefined) await sessions.switchTo(picked);
}

/** Lets the user pick which contexts the view shows at once. */
export async function showContexts({ sessions }: CommandParts): Promise<void> {
  await ready(sessions);
  const picked = await pick<readonly string[]>((quickPick, done) => {
    quickPick.canSelectMany = true;
    quickPick.title = vscode.l10n.t('Show Several Contexts');
    quickPick.placeholder = vscode.l10n.t('Each is contacted when its row is expanded');
    quickPick.items = contextItems(sessions.contexts);
    quickPick.selectedItems = quickPick.items.filter(({ context }) => context && sessions.shown.includes(context));
    quickPick.onDidAccept(() => done(quickPick.selectedItems.flatMap(({ context }) => context ?? [])));
  });
  if (!picked || picked.length === 0) return;
  // Those that stay keep their places, so that no row moves; the others follow in the kubeconfig's order.
  const stay = sessions.shown.filter((name) => picked.includes(name));
  const more = sessions.contexts.map(({ name }) => name).filter((name) => picked.includes(name));
  await sessions.show([...stay, ...more]);
}

/** Takes a context out of the view. */
export async function hideContext({ sessions }: CommandParts, argument: unknown): Promise<void> {
  if (!(argument instanceof ContextNode)) return;
  await sessions.show(sessions.shown.filter((name) => name !== argument.name));
}

async function ready(sessions: Sessions): Promise<void> {
  await sessions.ensureLoaded();
  if (sessions.problem && sessions.contexts.length === 0) throw sessions.problem;
}

/** Contexts of one cluster stand together below its name, where a cluster has several; the others come first. */
export function contextItems(contexts: readonly KubeContext[], ticked: readonly string[] = []): Item[] {
  const clusters = new Map<string, KubeContext[]>();
  for (const context of contexts) {
    const of = clusters.get(context.fingerprint);
    if (of) of.push(context);
    else clusters.set(context.fingerprint, [context]);
  }
  const item = (context: KubeContext): Item => ({
    label: context.name,
    description: [context.userName, context.namespace].filter((part) => part && part !== context.name).join(' · '),
    detail: context.server,
    context: context.name,
    ...(ticked.length > 0 ? { iconPath: new vscode.ThemeIcon(ticked.includes(context.name) ? 'check' : 'blank') } : {}),
  });
  const alone = [...clusters.values()].filter((of) => of.length === 1).flat();
  const together = [...clusters.values()].filter((of) => of.length > 1);
  return [
    ...alone.map(item),
    ...together.flatMap((of): Item[] => [
      { label: of[0]?.clusterName ?? '', kind: vscode.QuickPickItemKind.Separator },
      ...of.map(item),
    ]),
  ];
}

/** A quick pick over contexts; resolves with what `set` calls back, or nothing when it is left. */
async function pick<T = string>(
  set: (quickPick: vscode.QuickPick<Item>, done: (answer: T | undefined) => void) => void,
): Promise<T | undefined> {
  const quickPick = vscode.window.createQuickPick<Item>();
  quickPick.matchOnDescription = true;
  quickPick.matchOnDetail = true;
  try {
    return await new Promise((resolve) => {
      quickPick.onDidHide(() => resolve(undefined));
      set(quickPick, resolve);
      quickPick.show();
    });
  } finally {
    quickPick.dispose();
  }
}
