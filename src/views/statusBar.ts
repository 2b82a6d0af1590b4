import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../k8s/events.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import { kubeWords } from './words.ts';

/** Which context the window shows, and whether it answers. There once the kubeconfig has been read for somebody. */
export class StatusBar implements Disposable {
  private readonly sessions: Sessions;
  private readonly disposables = new Disposables();
  private readonly item: vscode.StatusBarItem;
  private watch: Disposable | undefined;

  constructor(sessions: Sessions) {
    this.sessions = sessions;
    this.item = this.disposables.add(
      vscode.window.createStatusBarItem('kubeflow.context', vscode.StatusBarAlignment.Left, 20),
    );
    this.item.name = vscode.l10n.t('Kubeflow Context');
    this.item.command = 'kubeflow.switchContext';
    this.disposables.add(sessions.onDidChange(() => this.sessionChanged()));
  }

  dispose(): void {
    this.watch?.dispose();
    this.disposables.dispose();
  }

  private sessionChanged(): void {
    this.watch?.dispose();
    this.watch = this.sessions.current?.inventory.onDidChange((change) => {
      if (change.profiles) this.show();
    });
    this.show();
  }

  private show(): void {
    const session = this.sessions.current;
    if (!session) {
      this.item.hide();
      return;
    }
    const { t } = vscode.l10n;
    const name = session.context.name;
    const { problem } = session.inventory.view;
    this.item.text = `$(server-environment) ${name}`;
    this.item.backgroundColor = problem ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.tooltip = problem
      ? kubeWords(t, problem.problem, { context: name }).text
      : t('Notebook servers are shown of the context {0}. Click to switch.', name);
    this.item.accessibilityInformation = {
      label: problem ? t('Kubeflow context {0}, not connected', name) : t('Kubeflow context {0}', name),
    };
    this.item.show();
  }
}
