import * as vscode from 'vscode';
import type { ServerRef } from './address.ts';
import type { Memory } from './usedServers.ts';

const key = 'kubeflow.toldFolder';

/** Says once per workspace that the cells of a notebook on this computer run elsewhere: in the server's folder. */
export class FolderNotice {
  constructor(private readonly memory: Memory) {}

  async tell(notebook: vscode.NotebookDocument, { name }: ServerRef): Promise<void> {
    if (this.memory.get<unknown>(key) === true) return;
    await this.memory.update(key, true);
    const file = notebook.uri.path.split('/').pop() ?? '';
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The cells of {0} run in the home folder of {1}. They do not see the files that are next to it on this computer.',
        file,
        name,
      ),
    );
  }
}
