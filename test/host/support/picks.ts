import * as vscode from 'vscode';

/** Takes what is marked in each list that opens until `work` has ended. */
export async function acceptingPicks<T>(work: Thenable<T>): Promise<T> {
  const accept = setInterval(
    () => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'),
    500,
  );
  try {
    return await work;
  } finally {
    clearInterval(accept);
  }
}
