import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../k8s/events.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import { kubeWords } from './words.ts';
import type { ContextNode } from './tree/contextNode.ts';
import { contextLine } from './words/context.ts';

/** As many lines as a tooltip can have and still be read. */
const mostLines = 20;

/** Which contexts the window shows, and whether they answer. There once the kubeconfig has been read for somebody. */
export class StatusBar implements Disposable {
  private readonly sessions: Sessions;
  private readonly tree: { readonly contexts: readonly ContextNode[] };
  private readonly disposables = new Disposables();
  private readonly item: vscode.StatusBarItem;
  private watch: Disposable | undefined;

  /** @param tree the contexts as the tree knows them, and when one of them stands otherwise */
  constructor(
    sessions: Sessions,
    tree: { readonly contexts: readonly ContextNode[]; onDidChangeState: vscode.Event<void> },
  ) {
    this.sessions = sessions;
    this.tree = tree;
    this.item = this.disposables.add(
      vscode.window.createStatusBarItem('kubeflow.context', vscode.StatusBarAlignment.Left, 20),
    );
    this.item.name = vscode.l10n.t('Kubeflow Context');
    this.item.command = 'kubeflow.switchContext';
    this.disposables.add(sessions.onDidChange(() => this.sessionChanged()));
    this.disposables.add(tree.onDidChangeState(() => this.show()));
  }

  dispose(): void {
    this.watch?.dispose();
    this.disposables.dispose();
  }

  /** A context that is shown alone is told of also before the view has been looked at. */
  private sessionChanged(): void {
    this.watch?.dispose();
    this.watch =
      this.sessions.shown.length === 1
        ? this.sessions.current?.inventory.onDidChange((change) => {
            if (change.profiles) this.show();
          })
        : undefined;
    this.show();
  }

  private show(): void {
    const count = this.sessions.shown.length;
    if (count === 0) return this.item.hide();
    if (count === 1) this.showOne();
    else this.showSeveral(count);
    this.item.show();
  }

  private showOne(): void {
    const { t } = vscode.l10n;
    const session = this.sessions.current;
    const name = session?.context.name ?? '';
    const problem = session?.inventory.view.problem;
    this.item.text = `$(server-environment) ${name}`;
    this.item.backgroundColor = problem ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.tooltip = problem
      ? kubeWords(t, problem.problem, { context: name }).text
      : t('Notebook servers are shown of the context {0}. Click to switch.', name);
    this.item.accessibilityInformation = {
      label: problem ? t('Kubeflow context {0}, not connected', name) : t('Kubeflow context {0}', name),
    };
  }

  private showSeveral(count: number): void {
    const { t } = vscode.l10n;
    const faces = this.tree.contexts.map(({ name, face }) => ({ name, ...face }));
    const trouble = faces.some(({ state, problem }) => problem !== undefined || state === 'gone');
    const lines = faces
      .slice(0, mostLines)
      .map(({ name, state, problem }) => t('{0}: {1}', name, contextLine(t, state, problem)));
    if (faces.length > mostLines) lines.push(t('and {0} more', faces.length - mostLines));
    this.item.text = `$(server-environment) ${t('{0} contexts', count)}`;
    this.item.backgroundColor = trouble ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.tooltip = [t('Notebook servers are shown of {0} contexts. Click to switch.', count), ...lines].join('\n');
    this.item.accessibilityInformation = { label: [t('{0} Kubeflow contexts', count), ...lines].join(', ') };
  }
}
