import * as vscode from 'vscode';
import type { FramesAnswer, FramesQuestion } from '../../../webview-ui/frames/contract.ts';
import type { KernelSession } from '../../jupyter/kernelSession.ts';
import type { Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import { sameServer, type ServerRef } from '../address.ts';
import type { Connections } from '../connections.ts';
import { fromUri, toUri } from '../uri.ts';
import { Places } from './places.ts';

/** As package.json names the script that works in the outputs. */
const rendererId = 'kubeflow.frames';

export interface FrameLinksOptions {
  connections: Connections;
  /** The server whose kernel is selected for a notebook. */
  serverOf: (notebook: vscode.NotebookDocument) => ServerRef | undefined;
  /** The kernel that runs already for the cell with this text. */
  kernelOfCell: (document: vscode.TextDocument) => KernelSession | undefined;
  /** Shows an error with its remedy. */
  report: (error: unknown) => void;
  logger: Logger;
}

/**
 * Answers the outputs' question which file a frame of a traceback means: the server's, never one of this computer that is
 * called the same. VS Code itself would look for it here.
 */
export class FrameLinks implements Disposable {
  private readonly places: Places;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly o: FrameLinksOptions) {
    this.places = new Places(o.logger);
    const messaging = vscode.notebooks.createRendererMessaging(rendererId);
    this.subscriptions = [
      messaging.onDidReceiveMessage(({ editor, message }) => {
        const question = message as FramesQuestion;
        void this.answer(editor.notebook, question).then((places) => {
          const answer: FramesAnswer = { id: question.id, places };
          return messaging.postMessage(answer, editor);
        });
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Contacts a server that is connected already, or for somebody who clicked. Never rejects. */
  private async answer(
    notebook: vscode.NotebookDocument,
    { paths, clicked }: FramesQuestion,
  ): Promise<FramesAnswer['places']> {
    const at = fromUri(notebook.uri);
    const ref = this.o.serverOf(notebook) ?? at?.ref;
    if (!ref) return 'other';
    if (!clicked && !this.o.connections.isUp(ref)) return undefined;
    const here = at && sameServer(at.ref, ref) ? at : undefined;
    try {
      const connection = await this.o.connections.open(ref, here?.fingerprint);
      const folder = here ? here.path.split('/').slice(0, -1).join('/') : '';
      const found = await this.places.find(paths, { connection, folder, kernel: this.kernelOf(notebook) });
      if (clicked && found.size === 0) this.sayMissing(paths, ref);
      return Object.fromEntries(
        [...found].map(([path, place]) => [path, toUri(ref, connection.fingerprint, place).toString()]),
      );
    } catch (error) {
      if (clicked) this.o.report(error);
      else this.o.logger.debug(`the frames of ${ref.name}: ${String(error)}`);
      return undefined;
    }
  }

  private kernelOf(notebook: vscode.NotebookDocument): KernelSession | undefined {
    const cell = notebook.getCells().find(({ kind }) => kind === vscode.NotebookCellKind.Code);
    return cell && this.o.kernelOfCell(cell.document);
  }

  private sayMissing([path = '']: string[], { name }: ServerRef): void {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is not among the files that {1} shows.', path, name));
  }
}
