import * as vscode from 'vscode';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { sameServer, serverKey, type ServerRef } from './address.ts';
import type { Connection } from './connections.ts';
import { languageId } from './languages.ts';
import type { NotebookKernel } from './notebookKernel.ts';
import { rememberSpec } from './notebookSpec.ts';
import { Selection } from './selectKernel.ts';
import { controllerId } from './sessionPath.ts';
import type { UsedServers } from './usedServers.ts';

export interface ServerControllerOptions {
  ref: ServerRef;
  notebookType: string;
  memory: UsedServers;
  logger: Logger;
  /** Shows an error with its remedy. */
  report: (error: unknown) => void;
  /** A notebook's kernel at this server; made when it is asked for first. */
  make: (notebook: vscode.NotebookDocument, of: ServerController) => NotebookKernel;
}

/** One notebook server in VS Code's kernel picker, and its kernels of the notebooks that are open. */
export class ServerController implements Disposable {
  readonly controller: vscode.NotebookController;
  readonly selection: Selection;
  readonly kernels = new Map<vscode.NotebookDocument, NotebookKernel>();
  /** Of notebooks that were closed while a cell ran, by their address: the cell goes on. */
  private readonly unseen = new Map<string, NotebookKernel>();
  /** The new addresses of notebooks that were renamed, by their old ones: VS Code closes the one and opens the other. */
  private readonly moved = new Map<string, string>();

  /** Contacts nobody. */
  constructor(private readonly o: ServerControllerOptions) {
    const remembered = this.remembered();
    this.controller = vscode.notebooks.createNotebookController(
      controllerId(serverKey(o.ref)),
      o.notebookType,
      label(o.ref, remembered?.kernel),
      (cells, notebook) => this.kernelOf(notebook).run(cells),
    );
    this.controller.description = o.ref.context;
    this.controller.supportsExecutionOrder = true;
    if (remembered?.languages?.length) this.controller.supportedLanguages = remembered.languages;
    this.controller.interruptHandler = async (notebook) => {
      try {
        await this.kernelOf(notebook).interrupt();
      } catch (error) {
        o.report(error);
      }
    };
    this.selection = new Selection(this.controller);
    this.selection.onDidSelect((notebook) => this.takeUp(notebook));
  }

  get ref(): ServerRef {
    return this.o.ref;
  }

  /** What this workspace remembers of the server. */
  remembered() {
    return this.o.memory.all().find((server) => sameServer(server, this.o.ref));
  }

  kernelOf(notebook: vscode.NotebookDocument): NotebookKernel {
    const known = this.kernels.get(notebook);
    if (known) return known;
    const uri = notebook.uri.toString();
    const before = [...this.kernels.keys()].find((other) => this.moved.get(other.uri.toString()) === uri);
    if (before) this.closed(before);
    const kernel = this.unseen.get(uri) ?? this.o.make(notebook, this);
    this.unseen.delete(uri);
    this.kernels.set(notebook, kernel);
    return kernel;
  }

  /** A notebook was closed. Its kernel goes on at the server, and here for as long as it runs a cell. */
  closed(notebook: vscode.NotebookDocument): void {
    this.selection.forget(notebook);
    const kernel = this.kernels.get(notebook);
    this.kernels.delete(notebook);
    if (!kernel) return;
    const old = notebook.uri.toString();
    const uri = this.moved.get(old) ?? old;
    this.moved.delete(old);
    kernel.hide(() => {
      if (this.unseen.get(uri) !== kernel) return;
      this.unseen.delete(uri);
      kernel.dispose();
    });
    if (kernel.goesOn && !notebook.isUntitled) this.unseen.set(uri, kernel);
    else kernel.dispose();
  }

  /** A notebook of an open editor has another address. */
  renamed(from: string, to: string): void {
    if ([...this.kernels.keys()].some((notebook) => notebook.uri.toString() === from)) this.moved.set(from, to);
    const kernel = this.unseen.get(from);
    if (!kernel) return;
    this.unseen.delete(from);
    this.unseen.set(to, kernel);
  }

  /** A cell that was left running goes on in the notebook that has this kernel now. */
  private takeUp(notebook: vscode.NotebookDocument): void {
    this.kernelOf(notebook).reattach(notebook).catch(this.o.report);
  }

  /** With the first kernel comes what it is called and which language it speaks. */
  async started(notebook: vscode.NotebookDocument, session: KernelSession, connection: Connection): Promise<void> {
    const { ref, memory } = this.o;
    try {
      const { specs } = await connection.server.specs();
      const spec = specs.find((s) => s.name === session.kernelName);
      if (!spec) return;
      const languages = [...new Set([spec, ...specs].map((s) => languageId(s.language)))];
      this.controller.label = label(ref, spec.displayName);
      this.controller.supportedLanguages = languages;
      await memory.remember({ ...ref, fingerprint: connection.fingerprint, kernel: spec.displayName, languages });
      await rememberSpec(notebook, spec.name, spec.displayName, spec.language);
    } catch (error) {
      this.o.logger.debug(`kernelspecs of ${ref.name}: ${String(error)}`);
    }
  }

  /** This window goes away; see NotebookKernel. */
  async leave(): Promise<void> {
    await Promise.all([...this.kernels.values(), ...this.unseen.values()].map((kernel) => kernel.leave()));
  }

  dispose(): void {
    this.selection.dispose();
    for (const kernel of [...this.kernels.values(), ...this.unseen.values()]) kernel.dispose();
    this.controller.dispose();
  }
}

function label({ name, namespace }: ServerRef, kernel: string | undefined): string {
  const short = kernel?.replace(/ \(ipykernel\)$/, '');
  return short ? `${name} — ${short} (${namespace})` : `${name} (${namespace})`;
}
