import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { TestApi } from './api.ts';
import { chooseRunningServer } from './commands/connect.ts';
import type { CommandParts } from './commands/parts.ts';
import { registerCommands } from './commands/register.ts';
import { Connections } from './editor/connections.ts';
import { Controllers } from './editor/controllers.ts';
import { KubeflowFileSystem } from './editor/fileSystem.ts';
import { fromUri, scheme } from './editor/uri.ts';
import { Disposables } from './k8s/events.ts';
import { KubeconfigSource } from './k8s/kubeconfigSource.ts';
import { Sessions } from './kubeflow/sessions.ts';
import { ApplyProblems } from './views/applyProblems.ts';
import { contextMemory } from './views/contextMemory.ts';
import { DescribeDocuments } from './views/describeDocuments.ts';
import { ExtraNamespaces } from './views/extraNamespaces.ts';
import { FormPanel } from './views/formPanel.ts';
import { report } from './views/report.ts';
import { kubeconfigSetting, namespacesSetting, proxySetting } from './views/settings.ts';
import { StatusBar } from './views/statusBar.ts';
import { ServerTree } from './views/tree/serverTree.ts';
import { rowsOf } from './views/tree/rows.ts';
import { explain } from './views/words.ts';

/** Makes the parts and hands them to each other. Reads no file and contacts nobody: that is for whoever looks first. */
export function activate(context: vscode.ExtensionContext): TestApi {
  const logger = vscode.window.createOutputChannel('Kubeflow Notebooks', { log: true });
  context.subscriptions.push(logger);
  const made: { parts?: CommandParts } = {};
  const parts = (): CommandParts => {
    if (!made.parts) throw new Error('activation did not come to its end');
    return made.parts;
  };
  registerCommands(context.subscriptions, logger, parts);

  const things = new Disposables();
  context.subscriptions.push(things);
  const namespaces = new ExtraNamespaces(context.globalState, namespacesSetting);
  const place = {
    env: process.env,
    home: homedir(),
    platform: process.platform,
    logger,
    get path() {
      return kubeconfigSetting();
    },
  };
  const sessions: Sessions = things.add(
    new Sessions({
      source: things.add(new KubeconfigSource(place)),
      env: process.env,
      logger,
      memory: contextMemory(context),
      extraNamespaces: (name) => namespaces.all(name),
      proxyUrl: proxySetting,
    }),
  );
  const tellError = (error: unknown): void => report(error, logger);
  const say = (error: unknown): string => explain(vscode.l10n.t, error).text;
  const connections = things.add(new Connections(sessions, { logger }));
  const files = things.add(new KubeflowFileSystem({ connections, logger, explain: say }));
  things.add(vscode.workspace.registerFileSystemProvider(scheme, files, { isCaseSensitive: true }));
  const controllers = things.add(
    new Controllers({
      connections,
      logger,
      memory: context.workspaceState,
      machineMemory: context.globalState,
      explain: say,
      report: tellError,
      chooseServer: () => chooseRunningServer(parts()),
      extensionId: context.extension.id,
    }),
  );
  things.add(new StatusBar(sessions));
  const { ownKernels } = controllers;
  const tree = things.add(
    new ServerTree({ sessions, connections, ownKernels, logger, added: (name) => namespaces.of(name) }),
  );
  const form = things.add(
    new FormPanel({
      extensionUri: context.extensionUri,
      sessions,
      logger,
      memory: context.globalState,
      connect: (server) => vscode.commands.executeCommand('kubeflow.connect', server),
      report: tellError,
    }),
  );

  things.add(
    controllers.onDidRunCell((ref) => {
      files.refresh(ref);
      tree.filesChanged(ref);
    }),
  );
  things.add(
    files.onDidChangeFile((changes) => {
      for (const { uri } of changes) {
        const file = fromUri(uri);
        if (file) tree.filesChanged(file.ref);
      }
    }),
  );
  things.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('kubeflow.kubeconfig') && tree.used) void sessions.reload();
      if (change.affectsConfiguration('kubeflow.namespaces')) sessions.current?.inventory.addNamespacesChanged();
    }),
  );
  made.parts = {
    sessions,
    connections,
    controllers,
    tree,
    documents: things.add(new DescribeDocuments()),
    problems: things.add(new ApplyProblems()),
    namespaces,
    logger,
    openForm: (hints) => form.show({ ...hints }),
  };
  return { sessions, connections, controllers, rows: (depth) => rowsOf(tree, depth) };
}
