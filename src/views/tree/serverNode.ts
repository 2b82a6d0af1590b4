import * as vscode from 'vscode';
import { sameServer, type ServerRef } from '../../editor/address.ts';
import type { Disposable } from '../../k8s/events.ts';
import type { ServerView } from '../../kubeflow/inventory.ts';
import { annotations, isJupyter, notebookContainer } from '../../kubeflow/objects.ts';
import { editHelps } from '../../kubeflow/status/editHelps.ts';
import { usageOf } from '../../kubeflow/usage.ts';
import { contextValue } from '../contextValue.ts';
import { statusSentence } from '../words.ts';
import { clock, gpus, shortImage } from '../words/amounts.ts';
import { tunnelWaitWords } from '../words/tunnel.ts';
import { usageFacts } from '../words/usage.ts';
import { missingLine, type Deed } from '../words/rights.ts';
import { FilesNode } from './filesNode.ts';
import { KernelsNode } from './kernelsNode.ts';
import { Tooltip } from './markdown.ts';
import { TreeNode } from './node.ts';
import type { TreeParts } from './parts.ts';
import { ServerUsage } from './serverUsage.ts';
import { serverDescription, serverIcon } from './serverLook.ts';

/** A notebook server: its state as an icon and a few words, its kernels and files below it while it runs. */
export class ServerNode extends TreeNode {
  readonly id: string;
  readonly key: string;
  readonly ref: ServerRef;
  private readonly parts: TreeParts;
  private usage: ServerUsage | undefined;
  private below: { kernels: KernelsNode; files: FilesNode; watch: Disposable } | undefined;

  constructor(parent: TreeNode, parts: TreeParts, key: string) {
    super(parent);
    this.parts = parts;
    this.key = key;
    const slash = key.indexOf('/');
    const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
    this.ref = { context: parts.session.context.name, namespace, name };
    this.id = `${encodeURIComponent(parts.session.context.name)}/${namespace}/server/${name}`;
  }

  get view(): ServerView | undefined {
    return this.parts.session.inventory.server(this.key);
  }

  /** The files row, once somebody has looked below this row. */
  get files(): FilesNode | undefined {
    return this.below?.files;
  }

  /** The kernels row, likewise. */
  get kernels(): KernelsNode | undefined {
    return this.below?.kernels;
  }

  /** VS Code and RStudio servers have neither kernels nor a Contents API. */
  private isJupyter(): boolean {
    return this.view === undefined || isJupyter(this.view.notebook);
  }

  protected build(): vscode.TreeItem {
    const { t, rights, connections, now } = this.parts;
    const view = this.view;
    const item = new vscode.TreeItem(this.ref.name);
    if (!view) return item;
    const may = rights.peek(this.ref.namespace);
    const running = view.status.phase === 'running';
    const look = serverIcon(view.status.phase, view.stale !== undefined);
    item.iconPath = new vscode.ThemeIcon(look.icon, look.color ? new vscode.ThemeColor(look.color) : undefined);
    item.description = serverDescription(t, view, now());
    item.collapsibleState =
      running && may.connect !== 'no' && this.isJupyter()
        ? vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.None;
    item.contextValue = contextValue({
      kind: 'server',
      phase: view.status.phase,
      canEdit: may.edit !== 'no',
      canDelete: may.delete !== 'no',
      canCreate: may.create !== 'no',
      canConnect: may.connect !== 'no' && this.isJupyter(),
      canBrowse: may.connect !== 'no',
      canExec: may.exec !== 'no',
      gpus: view.gpus.length > 0,
      disconnected: running && connections.isDisconnected(this.ref),
    });
    item.accessibilityInformation = {
      label: [t('Notebook server {0}', this.ref.name), this.sentence(view), gpus(t, view.gpus)]
        .filter(Boolean)
        .join(', '),
    };
    return item;
  }

  private sentence(view: ServerView): string {
    const node = view.pod?.spec?.nodeName;
    return statusSentence(this.parts.t, view.status, { now: this.parts.now(), ...(node ? { node } : {}) });
  }

  override tooltip(): vscode.MarkdownString | undefined {
    const { t, rights, session, now, connections } = this.parts;
    const view = this.view;
    if (!view) return undefined;
    const connected = connections.isUp(this.ref);
    const may = rights.peek(this.ref.namespace);
    const requests = notebookContainer(view.notebook)?.resources?.requests;
    const activity = view.notebook.metadata.annotations?.[annotations.lastActivity];
    const deeds: Deed[] = ['connect', 'edit', 'delete', 'exec'];
    const tooltip = new Tooltip().title(this.ref.name).line(this.sentence(view));
    if (editHelps(view.status) && may.edit !== 'no') {
      tooltip.action(t('Edit'), 'kubeflow.editServer', this.ref);
    }
    if (view.stale) {
      tooltip.line(t('Last seen {0}. Reconnecting to {1}...', clock(view.stale, now()), session.context.name));
    }
    const wait = connections.wait(this.ref);
    if (wait) tooltip.line(tunnelWaitWords(t, wait, session.context.name));
    return tooltip
      .facts([
        [t('Image'), view.image ? shortImage(view.image) : undefined],
        [t('GPUs'), gpus(t, view.gpus) || undefined],
        [t('CPU'), requests?.['cpu']],
        [t('Memory'), requests?.['memory']],
        [t('Volumes'), view.claims.map((c) => c.claim).join(', ') || undefined],
        ...(connected && this.usage?.current ? usageFacts(t, this.usage.current) : []),
        [t('Last activity'), activity ? clock(activity, now()) : undefined],
      ])
      .notes(
        'lock',
        deeds.filter((deed) => may[deed] === 'no').map((deed) => missingLine(t, deed)),
      )
      .done();
  }

  /** What a server uses is asked for while it is connected, so that looking at rows wakes nobody. */
  override look(): Promise<void> | undefined {
    const { connections, rights, session, logger, refresh } = this.parts;
    if (this.view?.status.phase !== 'running' || !connections.isUp(this.ref)) return undefined;
    if (rights.peek(this.ref.namespace).exec === 'no') return undefined;
    this.usage ??= new ServerUsage({
      ask: () => {
        const view = this.view;
        return view ? usageOf(session.cluster, view) : Promise.reject(new Error('the server is gone'));
      },
      changed: () => refresh(this),
      failed: (error) => logger.debug(`use of ${this.key}: ${String(error)}`),
    });
    return this.usage.look();
  }

  override children(): TreeNode[] {
    if (this.view?.status.phase !== 'running') {
      this.dropBelow();
      return [];
    }
    const { connections } = this.parts;
    this.below ??= {
      kernels: new KernelsNode(this, this.parts, this.ref),
      files: new FilesNode(this, this.parts, this.ref),
      watch: connections.onDidChange((ref) => {
        if (sameServer(ref, this.ref) && this.changed()) this.parts.refresh(this);
      }),
    };
    return [this.below.kernels, this.below.files];
  }

  private dropBelow(): void {
    this.below?.kernels.dispose();
    this.below?.files.dispose();
    this.below?.watch.dispose();
    this.below = undefined;
  }

  override dispose(): void {
    this.usage?.dispose();
    this.dropBelow();
    super.dispose();
  }
}
