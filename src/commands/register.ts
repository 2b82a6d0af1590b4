import * as vscode from 'vscode';
import { commandIds, type CommandId } from '../views/commandIds.ts';
import { report } from '../views/report.ts';
import { applyYaml } from './applyYaml.ts';
import { connect } from './connect.ts';
import { addNamespace, reconnect, refresh, removeNamespace, showLog, switchContext } from './context.ts';
import { copyName, openFile, refreshFiles } from './files.ts';
import {
  interruptKernel,
  openWholeOutput,
  restartKernel,
  shutDownAllKernels,
  shutDownIdleKernels,
  shutDownKernel,
} from './kernels.ts';
import type { CommandParts } from './parts.ts';
import { deleteProfile, describeProfile, newNotebookServer } from './profiles.ts';
import { checkGpus, deleteServer, describeServer, startServer, stopServer } from './servers.ts';

type Handler = (parts: CommandParts, argument: unknown) => unknown;

const handlers: Record<CommandId, Handler> = {
  'kubeflow.newNotebookServer': newNotebookServer,
  'kubeflow.switchContext': switchContext,
  'kubeflow.refresh': refresh,
  'kubeflow.addNamespace': addNamespace,
  'kubeflow.removeNamespace': removeNamespace,
  'kubeflow.applyYaml': applyYaml,
  'kubeflow.showLog': showLog,
  'kubeflow.connect': connect,
  'kubeflow.startServer': startServer,
  'kubeflow.stopServer': stopServer,
  'kubeflow.describeServer': describeServer,
  'kubeflow.deleteServer': deleteServer,
  'kubeflow.checkGpus': checkGpus,
  'kubeflow.describeProfile': describeProfile,
  'kubeflow.deleteProfile': deleteProfile,
  'kubeflow.reconnect': reconnect,
  'kubeflow.openFile': openFile,
  'kubeflow.refreshFiles': refreshFiles,
  'kubeflow.interruptKernel': interruptKernel,
  'kubeflow.restartKernel': restartKernel,
  'kubeflow.shutDownKernel': shutDownKernel,
  'kubeflow.shutDownIdleKernels': shutDownIdleKernels,
  'kubeflow.shutDownAllKernels': shutDownAllKernels,
  'kubeflow.openWholeOutput': openWholeOutput,
  'kubeflow.copyName': copyName,
};

/**
 * Registers every command, before anything that can go wrong is made: a command is never "not found". What goes wrong in
 * one is shown once, here.
 */
export function registerCommands(
  subscriptions: vscode.Disposable[],
  logger: vscode.LogOutputChannel,
  parts: () => CommandParts,
): void {
  for (const id of commandIds) {
    subscriptions.push(
      vscode.commands.registerCommand(id, async (argument: unknown) => {
        try {
          return await handlers[id](parts(), argument);
        } catch (error) {
          report(error, logger, whereOf(parts));
          return undefined;
        }
      }),
    );
  }
}

function whereOf(parts: () => CommandParts): { context?: string } {
  try {
    const name = parts().sessions.current?.context.name;
    return name ? { context: name } : {};
  } catch {
    // Activation itself went wrong; the sentence does without the context's name.
    return {};
  }
}
