import * as vscode from 'vscode';
import { contextValue } from '../contextValue.ts';
import type { Said } from '../words.ts';
import { TreeNode } from './node.ts';

/** A row that says something in place of rows: that they are loading, that there are none, or why there are none. */
export class MessageNode extends TreeNode {
  readonly id: string;
  /** `more` goes on with what the row above began to say. */
  private readonly kind: 'loading' | 'empty' | 'error' | 'more' | 'action';
  private readonly said: Said & { note?: string };

  constructor(parent: TreeNode | undefined, id: string, kind: MessageNode['kind'], said: MessageNode['said']) {
    super(parent);
    this.id = id;
    this.kind = kind;
    this.said = said;
  }

  protected build(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.kind === 'empty' ? '' : this.said.text);
    const retry = this.kind === 'error' && this.said.action?.command === 'kubeflow.refresh';
    item.contextValue = contextValue({ kind: 'message', retry });
    // Of a text in several rows the first one tells all of it.
    item.accessibilityInformation = { label: (this.kind === 'error' && this.said.note) || this.said.text };
    switch (this.kind) {
      case 'loading':
        item.iconPath = new vscode.ThemeIcon('loading~spin');
        break;
      case 'empty':
        item.description = this.said.text;
        break;
      case 'error':
        item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
        break;
      case 'more':
        item.iconPath = new vscode.ThemeIcon('blank');
        break;
      case 'action':
        item.description = this.said.note;
        item.iconPath = new vscode.ThemeIcon(icons[this.said.action?.command ?? ''] ?? 'arrow-right');
        break;
    }
    if (this.kind === 'action' && this.said.action) {
      item.command = {
        title: this.said.action.title,
        command: this.said.action.command,
        arguments: this.said.action.args ?? [],
      };
    }
    return item;
  }

  override tooltip(): string {
    return this.said.note ?? this.said.text;
  }
}

const icons: Record<string, string> = {
  'kubeflow.refresh': 'refresh',
  'kubeflow.switchContext': 'server-environment',
  'kubeflow.showLog': 'output',
  'kubeflow.addNamespace': 'folder-library',
  'kubeflow.clearFilter': 'clear-all',
  'workbench.action.openSettings': 'settings-gear',
};
