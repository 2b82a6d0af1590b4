import * as vscode from 'vscode';
import type { ServerRef } from '../editor/address.ts';
import type { Connections } from '../editor/connections.ts';
import { Controllers } from '../editor/controllers.ts';
import { JupyterExtension } from '../editor/jupyterExtension/jupyterExtension.ts';
import { installAction } from '../editor/jupyterExtension/missing.ts';
import { intoSight } from '../editor/intoSight.ts';
import { KernelChoice } from '../editor/kernelChoice.ts';
import type { Claims } from '../editor/reattach/claims.ts';
import { windowClaims } from '../editor/reattach/windowClaims.ts';
import type { Disposables } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import { suggest } from './report.ts';
import { kernelSetting } from './settings.ts';
import { explain } from './words.ts';

export interface NotebookKernelsOptions {
  context: vscode.ExtensionContext;
  sessions: Sessions;
  connections: Connections;
  logger: Logger;
  report: (error: unknown) => void;
  /** Lets the user choose a notebook server or launch one, and brings it up; undefined when they think better of it. */
  chooseServer: (how?: { offersNew: boolean }) => Promise<ServerRef | undefined>;
  /** Asks whether to start a stopped server, waits for one that starts; false when the user thinks better of it. */
  bringUp: (ref: ServerRef) => Promise<boolean>;
}

/** Our kernels and those of the Jupyter extension, and who of them runs a notebook. */
export function notebookKernels(
  things: Disposables,
  { context, bringUp, sessions, ...o }: NotebookKernelsOptions,
): { controllers: Controllers; kernelChoice: KernelChoice; claims: Claims } {
  const { t } = vscode.l10n;
  const common = {
    ...o,
    memory: context.workspaceState,
    explain: (error: unknown) => explain(t, error).text,
    extensionId: context.extension.id,
  };
  const claims = things.add(windowClaims(context, o.logger));
  // The controllers ask who runs a notebook while they are made.
  const made: { controllers?: Controllers } = {};
  const jupyter = things.add(
    new JupyterExtension({
      ...common,
      sessions,
      bringUp,
      // That extension's picker offers the form by itself, and would be kept waiting for the launch.
      chooseServer: () => o.chooseServer({ offersNew: false }),
      serverOf: (notebook) => made.controllers?.serverOf(notebook),
      openForm: () => vscode.commands.executeCommand('kubeflow.newNotebookServer'),
    }),
  );
  const kernelChoice = new KernelChoice({
    jupyter,
    selectBuiltin: async (notebook, ref) => made.controllers?.select(notebook, ref),
    setting: kernelSetting,
    intoSight,
    tellMissing: ({ name }) =>
      suggest({
        text: t('Your setting asks for the Jupyter extension, which is not installed. {0} runs without it.', name),
        action: installAction(),
      }),
  });
  const controllers = things.add(
    new Controllers({
      ...common,
      claims,
      machineMemory: context.globalState,
      choice: kernelChoice,
    }),
  );
  made.controllers = controllers;
  return { controllers, kernelChoice, claims };
}
