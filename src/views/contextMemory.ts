import type * as vscode from 'vscode';

/** Which context was chosen: this workspace's choice first, else the last one made anywhere. */
export function contextMemory({ workspaceState, globalState }: vscode.ExtensionContext) {
  return {
    get: () => workspaceState.get<string>('context') ?? globalState.get<string>('context'),
    set: (name: string) => Promise.all([workspaceState, globalState].map((memory) => memory.update('context', name))),
  };
}
