import * as vscode from 'vscode';
import type { ViewState } from './viewState.ts';

/** The context keys that package.json's `when` clauses read. The only caller of setContext. */
export class ContextKeys {
  private readonly known = new Map<string, unknown>();

  /** Which welcome text, if any, stands in the view. */
  state(value: ViewState): void {
    this.set('kubeflow.state', value);
  }

  /** Whether a filter leaves rows out. */
  filtered(value: boolean): void {
    this.set('kubeflow.filtered', value);
  }

  private set(key: string, value: unknown): void {
    if (this.known.get(key) === value) return;
    this.known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
