import * as vscode from 'vscode';
import { commandIds, type CommandId } from '../views/commandIds.ts';
import { report } from '../views/report.ts';
import { TreeNode } from '../views/tree/node.ts';
import { Told } from '../views/words.ts';
import { applyYaml } from './applyYaml.ts';
import { openInBrowser } from './browser.ts';
import { runCell, runFile } from './code.ts';
import { connect } from './connect.ts';
import { reconnect, showLog } from './context.ts';
import { hideContext, showContexts, switchContext } from './contexts.ts';
import { copyReport, diagnoseConnection } from './diagnose.ts';
import { deleteSubject } from './delete.ts';
import { describe } from './describe.ts';
import { cloneServer, editServer } from './editing.ts';
import { addToWorkspace, newFile, newFolder, renameFile } from './fileEdits.ts';
import { copyName, openFile } from './files.ts';
import { clearFilter, filter, showMore } from './filter.ts';
import { addNamespace, removeNamespace } from './namespaces.ts';
import {
  interruptKernel,
  openWholeOutput,
  restartKernel,
  shutDownAllKernels,
  shutDownIdleKernels,
  shutDownKernel,
} from './kernels.ts';
import { copyLink } from './links.ts';
import type { CommandParts } from './parts.ts';
import { contextOf } from './pick.ts';
import { newNotebookServer } from './profiles.ts';
import { refresh } from './refresh.ts';
import { runOnKubeflow } from './runOnKubeflow.ts';
import { signIn } from './signIn.ts';
import { newFromTemplate, saveAsTemplate } from './templates.ts';
import { download, uploadFiles, uploadFolder } from './transfers.ts';
import { switchKernel } from './switchKernel.ts';
import { checkGpus, startServer, stopServer } from './servers.ts';
import { allFiles, type Handler } from './subject.ts';

/** What can be done with several files at once; everything else is about one row. */
const ofMany: readonly CommandId[] = ['kubeflow.delete', 'kubeflow.download'];

const handlers: Record<CommandId, Handler> = {
  'kubeflow.newNotebookServer': newNotebookServer,
  'kubeflow.newFromTemplate': newFromTemplate,
  'kubeflow.saveAsTemplate': saveAsTemplate,
  'kubeflow.switchContext': switchContext,
  'kubeflow.showContexts': showContexts,
  'kubeflow.hideContext': hideContext,
  'kubeflow.filter': filter,
  'kubeflow.changeFilter': filter,
  'kubeflow.clearFilter': clearFilter,
  'kubeflow.showMore': showMore,
  'kubeflow.refresh': refresh,
  'kubeflow.addNamespace': addNamespace,
  'kubeflow.removeNamespace': removeNamespace,
  'kubeflow.applyYaml': applyYaml,
  'kubeflow.showLog': showLog,
  'kubeflow.diagnoseConnection': diagnoseConnection,
  'kubeflow.copyReport': copyReport,
  'kubeflow.connect': connect,
  'kubeflow.openInBrowser': openInBrowser,
  'kubeflow.startServer': startServer,
  'kubeflow.stopServer': stopServer,
  'kubeflow.describe': describe,
  'kubeflow.editServer': editServer,
  'kubeflow.cloneServer': cloneServer,
  'kubeflow.delete': deleteSubject,
  'kubeflow.checkGpus': checkGpus,
  'kubeflow.reconnect': reconnect,
  'kubeflow.openFile': openFile,
  'kubeflow.newFile': newFile,
  'kubeflow.newFolder': newFolder,
  'kubeflow.uploadFiles': uploadFiles,
  'kubeflow.uploadFolder': uploadFolder,
  'kubeflow.download': download,
  'kubeflow.renameFile': renameFile,
  'kubeflow.copyPath': copyName,
  'kubeflow.addToWorkspace': addToWorkspace,
  'kubeflow.interruptKernel': interruptKernel,
  'kubeflow.restartKernel': restartKernel,
  'kubeflow.shutDownKernel': shutDownKernel,
  'kubeflow.shutDownIdleKernels': shutDownIdleKernels,
  'kubeflow.shutDownAllKernels': shutDownAllKernels,
  'kubeflow.switchKernel': switchKernel,
  'kubeflow.runOnKubeflow': runOnKubeflow,
  'kubeflow.openWholeOutput': openWholeOutput,
  'kubeflow.runFile': runFile,
  'kubeflow.runCell': runCell,
  'kubeflow.copyName': copyName,
  'kubeflow.copyLink': copyLink,
  'kubeflow.signIn': signIn,
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
      vscode.commands.registerCommand(id, async (...given: unknown[]) => {
        const [argument, rows] = given;
        // From the palette nothing is given, not even an argument that is none.
        const isRowLost = given.length > 0 && (argument ?? undefined) === undefined;
        const selected = severalRows(argument, rows);
        const about = { context: contextOf(argument) };
        try {
          if (selected.length > 1 && !(ofMany.includes(id) && allFiles(selected)))
            throw new Told(vscode.l10n.t('Several rows are selected. Choose the one that this is about.'));
          return await handlers[id]({ ...parts(), about, isRowLost }, argument, selected);
        } catch (error) {
          report(error, logger, whereOf(parts, about.context));
          return undefined;
        }
      }),
    );
  }
}

/** The rows that are selected together, if a command was called on one of several: VS Code hands them over as a list. */
function severalRows(argument: unknown, rows: unknown): readonly unknown[] {
  return argument instanceof TreeNode && Array.isArray(rows) ? (rows as unknown[]) : [];
}

function whereOf(parts: () => CommandParts, about: string | undefined): { context?: string } {
  try {
    const name = about ?? parts().sessions.current?.context.name;
    return name ? { context: name } : {};
  } catch {
    // Activation itself went wrong; the sentence does without the context's name.
    return {};
  }
}
