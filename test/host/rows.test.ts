import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import { stopServer } from '../../src/kubeflow/operations.ts';
import { extensionIn, until } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

describe('a command on a row that VS Code is just drawing anew, and does not name', function () {
  this.timeout(120_000);
  const name = 'host-rows';
  let lab: RemoteLab;
  let api: TestApi;

  before(async () => {
    lab = await RemoteLab.open();
    api = await extensionIn(lab);
    await lab.create(name);
    await stopServer(lab.cluster, { namespace: 'alice', name });
  });
  after(async () => {
    await lab?.remove(name);
    lab?.close();
  });

  it('asks nothing where there is one server that it can be about', async () => {
    const { inventory } = api.sessions.session(labContext)!;
    const look = inventory.open('alice');
    try {
      const stopped = () =>
        inventory.view.profiles.flatMap(({ servers }) => servers).filter(({ status }) => status.phase === 'stopped');
      await until(() => stopped().length > 0, 'the stopped server', 60_000);
      assert.deepEqual(
        stopped().map((server) => server.name),
        [name],
      );
      await vscode.commands.executeCommand('kubeflow.startServer', undefined);
      await until(() => stopped().length === 0, 'its start');
    } finally {
      look.dispose();
    }
  });
});
