import * as vscode from 'vscode';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import { Emitter, type Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { serverKey, type ServerRef } from './address.ts';
import type { Connections } from './connections.ts';
import { registerKernelHelp } from './help/register.ts';
import type { KernelChoice } from './kernelChoice.ts';
import { KernelEndNotice } from './kernelEndNotice.ts';
import { NotebookKernel } from './notebookKernel.ts';
import { hereOf, localPath } from './notebookPlace.ts';
import { BusyElsewhere } from './busyElsewhere.ts';
import { FolderNotice } from './folderNotice.ts';
import type { Claims } from './reattach/claims.ts';
import { kernelNameOf } from './notebookSpec.ts';
import { OwnKernels } from './ownKernels.ts';
import { runAgain } from './runAgain.ts';
import { ServerController } from './serverController.ts';
import { fromUri, scheme } from './uri.ts';
import { UsedServers, type Memory } from './usedServers.ts';
import { WholeOutputs } from './wholeOutputs.ts';
import { WidgetNotice } from './widgetNotice.ts';

export interface ControllersOptions {
  connections: Connections;
  logger: Logger;
  /** The workspace's memory. */
  memory: Memory;
  /** This computer's, shared by all windows. */
  machineMemory: Memory;
  claims: Claims;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
  /** Shows an error with its remedy. */
  report: (error: unknown) => void;
  /** Lets the user choose a notebook server; undefined when they think better of it. */
  chooseServer: () => Promise<ServerRef | undefined>;
  /** Who runs a notebook. */
  choice: Pick<KernelChoice, 'select' | 'isForJupyter'>;
  /** Of this extension, as VS Code has it: publisher.name. */
  extensionId: string;
}

const notebookType = 'jupyter-notebook';

/**
 * Our kernels in VS Code's kernel picker: one controller per notebook server used in this workspace, and the entry
 * *Choose Notebook Server...*. Selecting needs no click; needs no Jupyter extension and leaves its controllers alone.
 */
export class Controllers implements Disposable {
  private readonly used = new Map<string, ServerController>();
  private readonly memory: UsedServers;
  /** The kernels that were started from this computer. */
  readonly ownKernels: OwnKernels;
  private readonly chooser: vscode.NotebookController;
  private readonly ran = new Emitter<ServerRef>();
  /** A cell ran on this server: its files may be others now. */
  readonly onDidRunCell = this.ran.event;
  /** All that cells printed of which they show a part only. */
  readonly wholeOutputs: WholeOutputs;
  private readonly busyElsewhere: BusyElsewhere;
  private readonly folderNotice: FolderNotice;
  private readonly endNotice: KernelEndNotice;
  private readonly subscriptions: Disposable[];

  constructor(private readonly o: ControllersOptions) {
    this.wholeOutputs = new WholeOutputs(notebookType, o.logger);
    this.memory = new UsedServers(o.memory);
    this.ownKernels = new OwnKernels(o.machineMemory);
    this.busyElsewhere = new BusyElsewhere();
    this.folderNotice = new FolderNotice(o.memory);
    this.endNotice = new KernelEndNotice({ ...o, restart: (notebook) => this.restart(notebook) });
    this.chooser = vscode.notebooks.createNotebookController(
      'kubeflow-choose',
      notebookType,
      vscode.l10n.t('Choose Notebook Server...'),
      (cells, notebook) => this.choose(cells, notebook),
    );
    this.chooser.description = vscode.l10n.t('Run on Kubeflow');
    this.subscriptions = [
      this.wholeOutputs,
      this.busyElsewhere,
      new WidgetNotice(notebookType, (notebook) => this.usedBy(notebook) !== undefined),
      this.chooser,
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.opened(notebook)),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.closed(notebook)),
      registerKernelHelp((document) => this.kernelOfCell(document)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.renamed(oldUri, newUri);
      }),
    ];
    for (const server of this.memory.all()) this.ensure(server);
    for (const notebook of vscode.workspace.notebookDocuments) this.opened(notebook);
  }

  /**
   * Makes a server's kernel the notebook's: at once when the notebook is in an editor, else as the preferred one. Rejects
   * with what is wrong with the context.
   */
  async select(notebook: vscode.NotebookDocument, ref: ServerRef): Promise<void> {
    const used = await this.use(ref);
    used.controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
    if (!(await used.selection.make(notebook, this.o.extensionId)))
      this.o.logger.warn(`the kernel of ${ref.name} was not selected`);
  }

  /** The server whose kernel is selected for this notebook. */
  serverOf(notebook: vscode.NotebookDocument): ServerRef | undefined {
    return this.usedBy(notebook)?.ref;
  }

  /** The kernel that this window is attached to for a code cell's text; starts none. */
  kernelOfCell(document: vscode.TextDocument): KernelSession | undefined {
    for (const used of this.used.values())
      for (const [notebook, kernel] of used.kernels) {
        if (!kernel.session || !used.selection.has(notebook)) continue;
        const cell = notebook.getCells().find((one) => one.document === document);
        if (cell) return cell.kind === vscode.NotebookCellKind.Code ? kernel.session : undefined;
      }
    return undefined;
  }

  /** Restarts the kernel of a notebook, or starts one when it has ended; false when none of ours is selected for it. */
  async restart(notebook: vscode.NotebookDocument): Promise<boolean> {
    const used = this.usedBy(notebook);
    if (used) await used.kernelOf(notebook).restart();
    return used !== undefined;
  }

  /** Interrupts the kernel of a notebook; false when it has none of ours. */
  async interrupt(notebook: vscode.NotebookDocument): Promise<boolean> {
    const used = this.usedBy(notebook);
    return used !== undefined && used.kernelOf(notebook).interrupt();
  }

  /** This window goes away: what is on its way from kernels is kept for the next. Takes a second at most. */
  async leave(): Promise<void> {
    await Promise.all([...this.used.values()].map((used) => used.leave()));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const used of this.used.values()) used.dispose();
    this.used.clear();
    this.ran.dispose();
  }

  /** Several servers can have run cells of a notebook, one after the other: the selected one counts. */
  private usedBy(notebook: vscode.NotebookDocument): ServerController | undefined {
    return [...this.used.values()].find((used) => used.selection.has(notebook));
  }

  private async use(ref: ServerRef): Promise<ServerController> {
    const used = this.ensure(ref);
    const { fingerprint } = await this.o.connections.open(ref);
    await this.memory.remember({ ...ref, fingerprint });
    return used;
  }

  /** The controller of a server; contacts nobody. */
  private ensure(ref: ServerRef): ServerController {
    const key = serverKey(ref);
    const known = this.used.get(key);
    if (known) return known;
    const { logger, report } = this.o;
    const make = (notebook: vscode.NotebookDocument, of: ServerController) => this.kernel(of, notebook);
    const made = new ServerController({ ref, notebookType, memory: this.memory, logger, report, make });
    this.used.set(key, made);
    return made;
  }

  private kernel(used: ServerController, notebook: vscode.NotebookDocument): NotebookKernel {
    const { ref } = used;
    const here = hereOf(notebook.uri, ref);
    return new NotebookKernel({
      notebook,
      controller: used.controller,
      claims: this.o.claims,
      key: ({ uri }) => this.keyOf(ref, uri),
      connect: () => this.o.connections.open(ref, here?.fingerprint ?? used.remembered()?.fingerprint),
      path: ({ uri }, clientId) => hereOf(uri, ref)?.path ?? localPath(uri, clientId),
      kernelName: kernelNameOf,
      explain: this.o.explain,
      logger: this.o.logger,
      wholeOutputs: this.wholeOutputs,
      onDidStart: (current, session, connection) => {
        if (!session.found)
          this.ownKernels
            .add(session.kernelId)
            .then(undefined, (error: unknown) => this.o.logger.debug(`own kernels: ${String(error)}`));
        void used.started(current, session, connection);
        if (!hereOf(current.uri, ref))
          this.folderNotice
            .tell(current, ref)
            .then(undefined, (error: unknown) => this.o.logger.debug(`telling the folder: ${String(error)}`));
      },
      onDidFindElsewhere: (current, elsewhere) => this.busyElsewhere.set(current, ref, elsewhere),
      onDidRunCell: () => this.ran.fire(ref),
      onDidDie: (current, problem) => this.endNotice.tell(current, problem),
    });
  }

  /** A notebook of a server prefers that server's kernel. */
  private opened(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== notebookType) return;
    const at = notebook.uri.scheme === scheme ? fromUri(notebook.uri) : undefined;
    if (at && !this.o.choice.isForJupyter(notebook))
      this.ensure(at.ref).controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
  }

  private closed(notebook: vscode.NotebookDocument): void {
    for (const used of this.used.values()) {
      used.closed(notebook);
      // The next notebook named Untitled-1 is another one.
      if (notebook.isUntitled) this.claimed(this.o.claims.forget(this.keyOf(used.ref, notebook.uri)));
    }
  }

  /** A notebook keeps its kernel under its new name. Jupyter's session of one on a server: see KubeflowFileSystem. */
  private renamed(from: vscode.Uri, to: vscode.Uri): void {
    if (!/\.ipynb$/i.test(to.path)) return;
    for (const used of this.used.values()) {
      const { ref } = used;
      const keys = [this.keyOf(ref, from), this.keyOf(ref, to)] as const;
      if (!this.o.claims.knows(keys[0])) continue;
      this.claimed(this.o.claims.move(...keys));
      used.renamed(from.toString(), to.toString());
      if (from.scheme === scheme) continue;
      this.claimed(
        this.o.connections.open(ref).then(({ server }) => server.moveSessions(localPath(from), localPath(to))),
      );
    }
  }

  private claimed(done: Promise<unknown>): void {
    done.catch((error: unknown) => this.o.logger.warn(`the kernel of a notebook: ${String(error)}`));
  }

  /** What tells a notebook's place at a server's kernels from others, on this computer. */
  private keyOf(ref: ServerRef, uri: vscode.Uri): string {
    // Each workspace has an Untitled-1.
    const where = uri.scheme === 'untitled' ? `${this.memory.workspace()} ` : '';
    return `${serverKey(ref)} ${where}${uri.toString()}`;
  }

  /** Runs on the chosen server what was run on *Choose Notebook Server...*. */
  private async choose(cells: readonly vscode.NotebookCell[], notebook: vscode.NotebookDocument): Promise<void> {
    try {
      const ref = await this.o.chooseServer();
      if (!ref) return;
      if ((await this.o.choice.select(notebook, ref)) === 'jupyter') return runAgain(notebook, cells);
      const used = this.ensure(ref);
      if (used.selection.has(notebook)) await used.kernelOf(notebook).run(cells);
    } catch (error) {
      this.o.report(error);
    }
  }
}
