import * as vscode from 'vscode';
import { JupyterError, type JupyterProblem, type KernelEndReason } from '../jupyter/errors.ts';

export interface KernelEndNoticeOptions {
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
  /** Shows an error with its remedy. */
  report: (error: unknown) => void;
  restart: (notebook: vscode.NotebookDocument) => Promise<unknown>;
}

/** Ends that nobody asked for. Who shuts a kernel down or stops its server knows what becomes of the variables. */
const unasked: readonly KernelEndReason[] = ['died', 'outOfMemory', 'serverRestarted'];

/**
 * Says that the kernel of an open notebook ended, and offers another: whoever runs the next cell would otherwise wonder where
 * the variables are. One message for all notebooks to which the same happened.
 */
export class KernelEndNotice {
  /** The notebooks that each message in sight is about. */
  private readonly shown = new Map<string, Set<vscode.NotebookDocument>>();

  constructor(private readonly o: KernelEndNoticeOptions) {}

  tell(notebook: vscode.NotebookDocument, problem: JupyterProblem): void {
    if (problem.code !== 'KernelEnded' || !unasked.includes(problem.reason) || notebook.isClosed) return;
    const text = this.o.explain(new JupyterError(problem));
    const known = this.shown.get(text);
    if (known) known.add(notebook);
    else void this.show(text, new Set([notebook]));
  }

  private async show(text: string, notebooks: Set<vscode.NotebookDocument>): Promise<void> {
    this.shown.set(text, notebooks);
    const restart = vscode.l10n.t('Restart Kernel');
    const chosen = await vscode.window.showWarningMessage(text, restart);
    this.shown.delete(text);
    if (chosen !== restart) return;
    const open = [...notebooks].filter((notebook) => !notebook.isClosed);
    await Promise.all(open.map((notebook) => this.o.restart(notebook).catch(this.o.report)));
  }
}
