import * as vscode from 'vscode';
import { contextValue } from '../contextValue.ts';
import type { Translate } from '../words.ts';
import { grouped } from '../words/amounts.ts';
import { TreeNode } from './node.ts';

/** The last row below a profile of very many servers: how many are not drawn, and a click draws the next ones. */
export class MoreNode extends TreeNode {
  readonly id: string;
  private readonly t: Translate;
  private readonly counts: () => { drawn: number; all: number; next: number };
  readonly showMore: () => void;

  constructor(
    parent: TreeNode,
    t: Translate,
    o: { counts: () => { drawn: number; all: number; next: number }; showMore: () => void },
  ) {
    super(parent);
    this.t = t;
    this.counts = o.counts;
    this.showMore = o.showMore;
    this.id = `${parent.id}#more`;
  }

  protected build(): vscode.TreeItem {
    const { t } = this;
    const { drawn, all, next } = this.counts();
    const item = new vscode.TreeItem(t('Show {0} More', grouped(next)));
    item.description = t('{0} of {1} shown', grouped(drawn), grouped(all));
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.contextValue = contextValue({ kind: 'message', retry: false });
    item.command = { title: t('Show More'), command: 'kubeflow.showMore', arguments: [this] };
    return item;
  }

  override tooltip(): string {
    return this.t('The servers that need you stand first. Filter finds the others by name, image or state.');
  }
}
