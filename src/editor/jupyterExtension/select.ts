import type * as vscode from 'vscode';
import type { Logger } from '../../k8s/log.ts';
import type { ServerRef } from '../address.ts';
import { jupyterExtensionId } from './api.ts';
import { collectionId } from './collection.ts';
import type { Provider } from './provider.ts';
import type { RememberedKernels } from './remembered.ts';
import { serverId } from './serverId.ts';

export interface JupyterSelectionOptions {
  provider: Pick<Provider, 'arm'>;
  remembered: RememberedKernels;
  /** Brings the server up and proves that it has kernels; false when the user thinks better of it. */
  prepare: (ref: ServerRef) => Promise<boolean>;
  execute: (command: string, ...args: unknown[]) => Thenable<unknown>;
  editorOf: (notebook: vscode.NotebookDocument) => vscode.NotebookEditor | undefined;
  isCancellation: (error: unknown) => boolean;
  /** Of this extension, as VS Code has it: publisher.name. */
  extensionId: string;
  logger: Logger;
}

/**
 * Makes a kernel of the Jupyter extension that of a notebook. That extension has no API for it, so this is the shortest
 * way there is: its own list of one server's kernels, to be confirmed once; none at all for a kernel that was chosen so
 * before. Its command is not documented, hence the fall back to VS Code's own picker.
 */
export class JupyterSelection {
  constructor(private readonly o: JupyterSelectionOptions) {}

  /**
   * False when the user chose none, or the notebook is in no editor. Rejects with what is wrong with the server.
   */
  async make(notebook: vscode.NotebookDocument, ref: ServerRef): Promise<boolean> {
    const notebookEditor = this.o.editorOf(notebook);
    if (!notebookEditor) return false;
    const uri = notebook.uri.toString();
    const before = this.o.remembered.get(uri);
    if (before?.controller && before.server === serverId(ref) && (await this.use(notebookEditor, before.controller)))
      return true;
    if (!(await this.o.prepare(ref))) return false;
    const armed = this.o.provider.arm(ref);
    try {
      const controller = await this.pick(notebook, notebookEditor);
      if (controller === undefined) return false;
      const server = serverId(ref);
      await this.o.remembered.remember(uri, controller === '' ? { server } : { server, controller });
      return true;
    } finally {
      armed.dispose();
    }
  }

  /** The chosen controller's id; empty where it can't be known, undefined where none was chosen. */
  private async pick(
    notebook: vscode.NotebookDocument,
    notebookEditor: vscode.NotebookEditor,
  ): Promise<string | undefined> {
    const { execute, extensionId, isCancellation, logger } = this.o;
    try {
      const command = 'jupyter.kernel.selectJupyterServerKernel';
      const controller = await execute(command, extensionId, collectionId, notebook);
      if (typeof controller !== 'string') return undefined;
      if (!(await this.use(notebookEditor, controller))) logger.warn('the chosen kernel was not selected');
      return controller;
    } catch (error) {
      if (isCancellation(error)) return undefined;
      logger.warn(`the Jupyter extension's list of kernels: ${String(error)}`);
      return (await execute('notebook.selectKernel', { notebookEditor })) === true ? '' : undefined;
    }
  }

  /** Selects a controller that exists; false, and nothing shown, where it does not. */
  private async use(notebookEditor: vscode.NotebookEditor, id: string): Promise<boolean> {
    const choice = { notebookEditor, id, extension: jupyterExtensionId };
    return (await this.o.execute('notebook.selectKernel', choice)) === true;
  }
}
