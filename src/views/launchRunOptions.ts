/** What a launch's list of lines is made with. */
import type { SpawnForm } from '../kubeflow/form.ts';
import type { EditResult } from '../kubeflow/edit.ts';
import type { SpawnerConfig } from '../kubeflow/form/spawnerConfig.ts';
import type { LaunchJournal } from '../kubeflow/launch/journal.ts';
import type { StepOptions } from '../kubeflow/launch/making.ts';
import type { Notebook } from '../kubeflow/objects.ts';
import type { Session } from '../kubeflow/sessions.ts';
import type { Translate } from './words.ts';

export interface ServerToAsk {
  context: string;
  namespace: string;
  name: string;
  /** JupyterLab, whose API is asked; else the page at `path`. */
  isJupyter: boolean;
  path: string;
}

export interface LaunchRunOptions {
  session: Session;
  form: SpawnForm;
  creator?: string;
  config?: SpawnerConfig;
  /** The Notebook that this one is a copy of. */
  base?: Notebook;
  journal?: LaunchJournal;
  /** Resolves when the program in the server answers; waits for it until the signal ends that. */
  answers: (server: ServerToAsk, signal: AbortSignal) => Promise<void>;
  /** Done in the place of a launch: the form is that of a server that stands. */
  edit?: (o: Pick<StepOptions, 'onStep'> & { signal: AbortSignal }) => Promise<EditResult>;
  t: Translate;
  now: () => number;
}
