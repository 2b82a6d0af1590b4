import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import type { Sessions } from '../../kubeflow/sessions.ts';
import { isCancellation } from '../../views/report.ts';
import { Told } from '../../views/words.ts';
import { sameServer, type ServerRef } from '../address.ts';
import type { Connections } from '../connections.ts';
import { fromUri } from '../uri.ts';
import { UsedServers, type Memory } from '../usedServers.ts';
import { Attention } from './attention.ts';
import { Collection } from './collection.ts';
import { HandOver } from './handOver.ts';
import { Informations } from './information.ts';
import { runningServers, stateOf } from './known.ts';
import { ListWatch } from './listWatch.ts';
import { missingOrOld } from './missing.ts';
import { Provider } from './provider.ts';
import { RememberedKernels, type RememberedKernel } from './remembered.ts';
import { JupyterSelection } from './select.ts';
import { serverId } from './serverId.ts';
import { ServerList } from './serverList.ts';

export interface JupyterExtensionOptions {
  sessions: Sessions;
  connections: Connections;
  logger: Logger;
  /** The workspace's memory. */
  memory: Memory;
  /** The server whose builtin kernel is selected for a notebook. */
  serverOf: (notebook: vscode.NotebookDocument) => ServerRef | undefined;
  /** Asks whether to start a stopped server, waits for one that starts; false when the user thinks better of it. */
  bringUp: (ref: ServerRef) => Promise<boolean>;
  /** Lets the user choose a notebook server, and brings it up. */
  chooseServer: () => Promise<ServerRef | undefined>;
  openForm: () => unknown;
  explain: (error: unknown) => string;
  report: (error: unknown) => void;
  /** Of this extension, as VS Code has it: publisher.name. */
  extensionId: string;
}

const notebookType = 'jupyter-notebook';

/**
 * Our notebook servers in the Jupyter extension, for those who have it: its kernels bring widgets, the variable view and
 * debugging. Nothing of that extension is touched before a notebook is open or somebody asks for it.
 */
export class JupyterExtension implements Disposable {
  private readonly things = new Disposables();
  private readonly collection: Collection;
  private readonly memory: RememberedKernels;
  private readonly selection: JupyterSelection;

  constructor(private readonly o: JupyterExtensionOptions) {
    const { sessions, logger, explain, report } = o;
    const { t } = vscode.l10n;
    const used = new UsedServers(o.memory);
    this.memory = new RememberedKernels(o.memory);
    const attention = new Attention();
    const cancelled = () => new vscode.CancellationError();
    const now = () => Date.now();
    const list = new ServerList({
      t,
      used: () => used.all(),
      running: () => runningServers(sessions),
      stateOf: (ref) => stateOf(sessions, ref),
      mayBeInUse: () => notebooks().some((notebook) => !o.serverOf(notebook)),
    });
    const informations = new Informations({
      connections: o.connections,
      used,
      toUri: (url) => vscode.Uri.parse(url, true),
    });
    const handOver = new HandOver({
      list,
      attention,
      logger,
      bringUp: o.bringUp,
      mayLookUnasked: (ref) => stateOf(sessions, ref) === 'running' || this.isOpen(ref),
      connect: (ref, signal) => informations.of(ref, signal),
      report,
      explain,
      cancelled,
      isCancellation,
      now,
    });
    const changed = this.things.add(new vscode.EventEmitter<void>());
    const provider = new Provider({
      t,
      list,
      handOver,
      attention,
      onDidChangeServers: changed.event,
      chooseServer: o.chooseServer,
      openForm: o.openForm,
      closePicker: () => vscode.commands.executeCommand('workbench.action.closeQuickOpen'),
      report,
      cancelled,
      now,
    });
    const watch = this.things.add(
      new ListWatch({ sessions, list: () => list.all(), changed: () => provider.whenDisarmed(() => changed.fire()) }),
    );
    const { extensions } = vscode;
    this.collection = this.things.add(
      new Collection({
        extensions: { getExtension: (id) => extensions.getExtension(id), onDidChange: extensions.onDidChange },
        label: t('Kubeflow Notebook Servers...'),
        provider,
        logger,
        isNotebookOpen: () => notebooks().length > 0,
      }),
    );
    this.selection = new JupyterSelection({
      provider,
      remembered: this.memory,
      prepare: (ref) => handOver.prepare(ref),
      execute: (command, ...args) => vscode.commands.executeCommand(command, ...args),
      editorOf: (notebook) => vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook),
      isCancellation,
      extensionId: o.extensionId,
      logger,
    });
    this.things.add(vscode.workspace.onDidOpenNotebookDocument((notebook) => this.opened(notebook)));
    this.things.add(vscode.workspace.onDidChangeNotebookDocument((change) => this.ranACell(change)));
    this.things.add(
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        if (notebook.isUntitled) void this.memory.forget(notebook.uri.toString());
        watch.look();
      }),
    );
    // Activation is no time for it, even where it is a notebook that activates.
    const later = setImmediate(() => notebooks().forEach((notebook) => this.opened(notebook)));
    this.things.add({ dispose: () => clearImmediate(later) });
  }

  get isInstalled(): boolean {
    return this.collection.isInstalled;
  }

  /** The kernel of the Jupyter extension that this notebook has had, and none of ours since. */
  remembered(notebook: vscode.NotebookDocument): RememberedKernel | undefined {
    return this.o.serverOf(notebook) ? undefined : this.memory.get(notebook.uri.toString());
  }

  /** A kernel of ours is that of this notebook now. */
  forget(notebook: vscode.NotebookDocument): Promise<void> {
    return this.memory.forget(notebook.uri.toString());
  }

  /**
   * Makes a kernel of this server, run by the Jupyter extension, that of the notebook; false when the user chose none.
   * Rejects with what is wrong with the server.
   */
  async select(notebook: vscode.NotebookDocument, ref: ServerRef): Promise<boolean> {
    if (!(await this.collection.ensure())) throw new Told(missingOrOld(this.isInstalled));
    return this.selection.make(notebook, ref);
  }

  dispose(): void {
    this.things.dispose();
  }

  private opened(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType === notebookType && this.isInstalled) void this.collection.ensure();
  }

  /** An open notebook lies on this server, or has had a kernel of it through the Jupyter extension. */
  private isOpen(ref: ServerRef): boolean {
    return notebooks().some(({ uri }) => {
      const at = fromUri(uri);
      return (at && sameServer(at.ref, ref)) || this.memory.get(uri.toString())?.server === serverId(ref);
    });
  }

  /** Notes who ran a cell that none of our kernels did. */
  private ranACell({ notebook, cellChanges }: vscode.NotebookDocumentChangeEvent): void {
    const ended = cellChanges.some(({ executionSummary }) => executionSummary?.success !== undefined);
    if (!ended || notebook.notebookType !== notebookType || this.o.serverOf(notebook)) return;
    const uri = notebook.uri.toString();
    const kernels = this.memory.get(uri) ? undefined : this.collection.activeApi?.kernels;
    void kernels?.getKernel(notebook.uri).then(
      (kernel) => (kernel ? this.memory.remember(uri, {}) : undefined),
      (error: unknown) => this.o.logger.debug(`who ran ${uri}: ${String(error)}`),
    );
  }
}

function notebooks(): readonly vscode.NotebookDocument[] {
  return vscode.workspace.notebookDocuments.filter((notebook) => notebook.notebookType === notebookType);
}
