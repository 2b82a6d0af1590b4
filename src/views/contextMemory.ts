import type * as vscode from 'vscode';
import type { ChosenContexts } from '../kubeflow/sessions.ts';

const key = 'contexts';

/** Which contexts were chosen: this workspace's choice first, else the last one made anywhere. */
export function contextMemory({ workspaceState, globalState }: vscode.ExtensionContext) {
  return {
    get: (): ChosenContexts | undefined => {
      const here = workspaceState.get<readonly string[]>(key);
      const names = here ?? globalState.get<readonly string[]>(key);
      return names && names.length > 0 ? { names, here: here !== undefined } : undefined;
    },
    set: (names: readonly string[]) => Promise.all([workspaceState, globalState].map((m) => m.update(key, names))),
  };
}
