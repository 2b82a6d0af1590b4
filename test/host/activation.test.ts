import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const id = 'kubeflow-notebooks.kubeflow-notebooks';

describe('the extension in its host', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, 'VS Code does not know the extension');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('has every command that its manifest names', async () => {
    const { commands } = (
      vscode.extensions.getExtension(id)!.packageJSON as { contributes: { commands: { command: string }[] } }
    ).contributes;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });
});
