import * as vscode from 'vscode';
import type { TestApi } from './api.ts';
import { bringUp } from './commands/bringUp.ts';
import { chooseRunningServer } from './commands/connect.ts';
import type { CommandParts } from './commands/parts.ts';
import { registerCommands } from './commands/register.ts';
import { CodeRunners } from './editor/code/codeRunners.ts';
import { Connections, type ServerRef } from './editor/connections.ts';
import { FrameLinks } from './editor/frames/frameLinks.ts';
import { Gateways } from './editor/gateways.ts';
import { Disposables } from './k8s/events.ts';
import { Sessions } from './kubeflow/sessions.ts';
import { ApplyProblems } from './views/applyProblems.ts';
import { contextMemory } from './views/contextMemory.ts';
import { DescribeDocuments } from './views/describeDocuments.ts';
import { ExtraNamespaces } from './views/extraNamespaces.ts';
import { followSettings } from './views/followSettings.ts';
import { formParts } from './views/formParts.ts';
import { kubeconfigParts } from './views/kubeconfigParts.ts';
import { notebookKernels } from './views/notebookKernels.ts';
import { remoteFiles } from './views/remoteFiles.ts';
import { report } from './views/report.ts';
import { editorProxy, namespacesSetting } from './views/settings.ts';
import { StatusBar } from './views/statusBar.ts';
import { ServerTree } from './views/tree/serverTree.ts';
import { rowsBelow } from './views/tree/rows.ts';
import { explain } from './views/words.ts';

/** VS Code calls `deactivate` with nothing, and disposes of its subscriptions without waiting for it. */
const ending: { leave?: () => Promise<void> } = {};

export function activate(context: vscode.ExtensionContext): TestApi {
  const things = new Disposables();
  try {
    return start(context, things);
  } catch (error) {
    // VS Code calls no `deactivate` then.
    things.dispose();
    throw error;
  }
}

/** Makes the parts and hands them to each other. Reads no file and contacts nobody: that is for whoever looks first. */
function start(context: vscode.ExtensionContext, things: Disposables): TestApi {
  const logger = things.add(vscode.window.createOutputChannel('Kubeflow Notebooks', { log: true }));
  const made: { parts?: CommandParts } = {};
  const parts = (): CommandParts => {
    if (!made.parts) throw new Error('activation did not come to its end');
    return made.parts;
  };
  registerCommands(context.subscriptions, logger, parts);

  const { workspaceState: memory, extensionUri } = context;
  const namespaces = new ExtraNamespaces(context.globalState, namespacesSetting);
  const { env, source, logins, signIns, loadKubeconfig } = kubeconfigParts(things, { logger, extensionUri });
  const sessions: Sessions = things.add(
    new Sessions({
      source,
      env,
      logger,
      memory: contextMemory(context),
      extraNamespaces: (name) => namespaces.all(name),
      logins,
      editorProxy,
    }),
  );
  const tellError = (error: unknown): void => report(error, logger);
  const say = (error: unknown): string => explain(vscode.l10n.t, error).text;
  const connections = things.add(new Connections(sessions, { logger }));
  const { files, things: fileThings } = remoteFiles(context, connections, logger);
  things.add(fileThings);
  const { controllers, kernelChoice, claims } = notebookKernels(things, {
    ...{ context, sessions, connections, logger, report: tellError },
    chooseServer: (how) => chooseRunningServer(parts(), how),
    bringUp: (ref) => bringUp(parts(), ref),
  });
  const kernelOf = (document: vscode.TextDocument) => controllers.kernelOfCell(document);
  const serverOf = (notebook: vscode.NotebookDocument) => controllers.serverOf(notebook);
  things.add(new FrameLinks({ connections, serverOf, kernelOfCell: kernelOf, report: tellError, logger }));
  const { ownKernels } = controllers;
  const code = things.add(new CodeRunners({ connections, ownKernels, claims, logger, memory, explain: say }));
  const tree = things.add(
    new ServerTree({ sessions, connections, ownKernels, logger, report: tellError, namespaces, memory }),
  );
  things.add(new StatusBar(sessions, tree));
  const documents = things.add(new DescribeDocuments());
  const forms = formParts(things, context, { sessions, connections, logger, documents, report: tellError });
  const ran = (ref: ServerRef): void => {
    files.refresh(ref);
    tree.filesChanged(ref);
  };
  for (const event of [controllers.onDidRunCell, code.onDidRun]) things.add(event(ran));
  things.add(followSettings(sessions, logins));
  ending.leave = () => controllers.leave().finally(() => things.dispose());
  things.add(files.onDidTouch(({ ref, folder }) => tree.filesChanged(ref, folder)));
  made.parts = {
    sessions,
    connections,
    controllers,
    code,
    kernelChoice,
    gateways: things.add(new Gateways({ connections, logger, explain: say })),
    tree,
    documents,
    problems: things.add(new ApplyProblems()),
    namespaces,
    signIns,
    logger,
    loadKubeconfig,
    ...forms,
  };
  return { sessions, connections, controllers, kernelChoice, rows: (depth, below) => rowsBelow(tree, depth, below) };
}

/** Waits for what is on its way from kernels: a window that reloads shows it afterwards. VS Code allows about 5 s. */
export function deactivate(): Promise<void> | undefined {
  const { leave } = ending;
  ending.leave = undefined;
  return leave?.();
}
