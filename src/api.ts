import type { Connections } from './editor/connections.ts';
import type { Controllers } from './editor/controllers.ts';
import type { KernelChoice } from './editor/kernelChoice.ts';
import type { Sessions } from './kubeflow/sessions.ts';

/** One row as VS Code was told to draw it. */
export interface Row {
  label: string;
  description: string;
  contextValue: string;
  children: Row[];
}

/** What activation returns, for the suite that runs in VS Code's extension host. No promise to other extensions. */
export interface TestApi {
  sessions: Sessions;
  connections: Connections;
  controllers: Controllers;
  kernelChoice: KernelChoice;
  /** The rows as they are now; those of the given depth and above, which are opened by it; below the rows of these labels. */
  rows(depth?: number, below?: readonly string[]): Row[];
}
