import assert from 'node:assert/strict';
import { writeFileSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { extensionIn, until } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

describe("Diagnose Connection in VS Code's extension host", function () {
  this.timeout(60_000);
  let lab: RemoteLab;

  before(async () => {
    lab = await RemoteLab.open();
    await extensionIn(lab);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    lab?.close();
  });

  const report = (): string => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.path.startsWith('/diagnose/') ? document.getText() : '';
  };
  const finished = () =>
    until(() => (/^What to do:|Everything works/m.test(report()) ? report() : false), 'the report');

  it('opens a report that fills in, and copies it', async () => {
    await vscode.commands.executeCommand('kubeflow.diagnoseConnection');
    const text = await finished();
    assert.match(text, new RegExp(`^Context: +${labContext}$`, 'm'));
    for (const step of ['Kubeconfig', 'TLS', 'Sign-in', 'Kubernetes', 'Kubeflow', 'Rights']) {
      assert.match(text, new RegExp(`^ok +${step} `, 'm'));
    }
    await vscode.commands.executeCommand('kubeflow.copyReport');
    assert.equal(await vscode.env.clipboard.readText(), text);
    const token = lab.context.user.token;
    assert.ok(token && !text.includes(token));
  });

  it('shows a second look in the same document', async () => {
    const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
    const before = tabs();
    await vscode.commands.executeCommand('kubeflow.diagnoseConnection', labContext);
    await finished();
    assert.equal(tabs(), before);
  });

  it('says so when the kubeconfig has no such context, and when it is broken', async () => {
    await vscode.commands.executeCommand('kubeflow.diagnoseConnection', 'gone');
    assert.match(await finished(), /^Result: +Kubeconfig fails\. The kubeconfig has no context named gone\./m);
    const good = readFileSync(lab.kubeconfig, 'utf8');
    writeFileSync(lab.kubeconfig, 'contexts: [\n');
    try {
      await vscode.commands.executeCommand('kubeflow.diagnoseConnection', labContext);
      assert.match(
        await until(() => (/Kubeconfig fails/.test(report()) ? report() : false), 'the failure'),
        /^What to do: +Correct .*kubeconfig\.$/m,
      );
    } finally {
      writeFileSync(lab.kubeconfig, good);
    }
  });
});
