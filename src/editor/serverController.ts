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
    const kernel = this.o.make(notebook, this);
    this.kernels.set(notebook, kernel);
    return kernel;
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

  dispose(): void {
    this.selection.dispose();
    for (const kernel of this.kernels.values()) kernel.dispose();
    this.controller.dispose();
  }
}

function label({ name, namespace }: ServerRef, kernel: string | undefined): string {
  const short = kernel?.replace(/ \(ipykernel\)$/, '');
  return short ? `${name} — ${short} (${namespace})` : `${name} (${namespace})`;
}
