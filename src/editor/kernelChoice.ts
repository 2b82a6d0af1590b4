import type * as vscode from 'vscode';
import type { ServerRef } from './address.ts';
import type { JupyterExtension } from './jupyterExtension/jupyterExtension.ts';
import { whoRuns, type KernelSetting } from './jupyterExtension/whoRuns.ts';

export interface KernelChoiceOptions {
  /** Selects our own kernel of a server. Rejects with what is wrong with its context. */
  selectBuiltin: (notebook: vscode.NotebookDocument, ref: ServerRef) => Promise<void>;
  jupyter: Pick<JupyterExtension, 'isInstalled' | 'remembered' | 'select' | 'forget'>;
  /** `kubeflow.kernel`, as it is now. */
  setting: () => KernelSetting;
  /** Says that the setting asks for the Jupyter extension, which is not installed. */
  tellMissing: (ref: ServerRef) => void;
  /** Brings a notebook's editor to the front. */
  intoSight: (notebook: vscode.NotebookDocument) => Promise<void>;
}

/** Who runs the cells of a notebook on a server: our own kernels, or those of the Jupyter extension. */
export class KernelChoice {
  private told = false;

  constructor(private readonly o: KernelChoiceOptions) {}

  /**
   * Selects a kernel of this server as the setting wants it. `none`: the user chose none, or has closed the notebook while a
   * server came up for it. Rejects with what is wrong with the server or its context.
   */
  async select(notebook: vscode.NotebookDocument, ref: ServerRef): Promise<'builtin' | 'jupyter' | 'none'> {
    if (notebook.isClosed) return 'none';
    await this.o.intoSight(notebook);
    const who = this.who(notebook);
    if (who === 'jupyter') {
      // A kernel that was chosen without us: VS Code selects it again by itself.
      const chosen = this.o.jupyter.remembered(notebook);
      if (this.o.setting() === 'auto' && chosen && chosen.server === undefined) return 'jupyter';
      return this.switchToJupyter(notebook, ref);
    }
    if (who === 'missing' && !this.told) {
      this.told = true;
      this.o.tellMissing(ref);
    }
    await this.o.selectBuiltin(notebook, ref);
    await this.o.jupyter.forget(notebook);
    return 'builtin';
  }

  /** Selects a kernel of this server that the Jupyter extension runs, whatever the setting says. */
  async switchToJupyter(notebook: vscode.NotebookDocument, ref: ServerRef): Promise<'jupyter' | 'none'> {
    return (await this.o.jupyter.select(notebook, ref)) ? 'jupyter' : 'none';
  }

  /** The Jupyter extension is to run this notebook, so that ours is not to be suggested. */
  isForJupyter(notebook: vscode.NotebookDocument): boolean {
    return this.who(notebook) === 'jupyter';
  }

  private who(notebook: vscode.NotebookDocument): ReturnType<typeof whoRuns> {
    const { jupyter, setting } = this.o;
    const remembered = jupyter.remembered(notebook) !== undefined;
    return whoRuns({ setting: setting(), installed: jupyter.isInstalled, remembered });
  }
}
