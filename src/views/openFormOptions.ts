/** What a form's tab is made with. */
import type * as vscode from 'vscode';
import type { Logger } from '../k8s/log.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { DescribeDocuments } from './describeDocuments.ts';
import type { FormPlace } from './formPlace.ts';
import type { FormPurpose } from './formPurpose.ts';
import type { LaunchRunOptions } from './launchRunOptions.ts';

export interface OpenFormOptions {
  extensionUri: vscode.Uri;
  sessions: Sessions;
  logger: Logger;
  /** Remembers the last image and size. */
  memory: vscode.Memento;
  /** Keeps this window's draft. */
  drafts: vscode.Memento;
  /** What the buttons do that appear once the server answers. */
  connect: (server: ServerName) => unknown;
  openInBrowser: (server: ServerName) => unknown;
  /** Opens the form of a server that does not come up. */
  edit: (server: ServerName) => unknown;
  /** How a launch is written down, and how its server is asked whether it answers. */
  launches: Pick<LaunchRunOptions, 'journal' | 'answers'>;
  documents: DescribeDocuments;
  /** Errors that are no refusal of the launch. */
  report: (error: unknown) => void;
}

type ServerName = { context: string; namespace: string; name: string };

/** Where the form is to start. */
export interface FormStart {
  context?: string;
  namespace?: string;
  /** Filled in already, from a template, say; an empty name is to be one that is free. */
  filled?: SpawnForm;
  /** For another purpose than a new server. */
  purpose?: FormPurpose;
  /** Where it is, known already; the form disposes it. */
  place?: FormPlace;
}
