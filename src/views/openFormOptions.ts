/** What a form's tab is made with. */
import type * as vscode from 'vscode';
import type { Logger } from '../k8s/log.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import type { LinkPlace } from '../kubeflow/links.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { DescribeDocuments } from './describeDocuments.ts';
import type { FormConfig } from './formConfig.ts';
import type { FormPlace } from './formPlace.ts';
import type { FormPurpose } from './formPurpose.ts';
import type { LaunchRunOptions } from './launchRunOptions.ts';
import type { Templates } from './templates/templates.ts';

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
  /** Hears of every launch, and saves forms. */
  templates: Pick<Templates, 'launched' | 'save'>;
  documents: DescribeDocuments;
  /** Puts a link to the form as it is filled in on the clipboard. */
  copyLink: (place: LinkPlace, form: SpawnForm) => Promise<void>;
  /** Errors that are no refusal of the launch. */
  report: (error: unknown) => void;
}

export type ServerName = { context: string; namespace: string; name: string };

/** Where the form is to start. */
export interface FormStart {
  context?: string;
  namespace?: string;
  /** Filled in already, in whole or in part, from a template or a link, say; an empty name is to be one that is free. */
  filled?: Partial<SpawnForm>;
  /** For another purpose than a new server. */
  purpose?: FormPurpose;
  /** Where it is, known already, and the file that its configuration comes from; the form disposes them. */
  place?: FormPlace;
  file?: FormConfig;
}
