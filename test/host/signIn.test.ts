import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import type { KubeError } from '../../src/k8s/errors.ts';
import { extensionId, extensionIn, until } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

const title = `Sign in to ${labContext}`;
const terminals = (): vscode.Terminal[] => vscode.window.terminals.filter(({ name }) => name === title);

describe('Sign In in Terminal', () => {
  let lab: RemoteLab;
  let api: TestApi;
  let folder: string;

  before(async () => {
    lab = await RemoteLab.open();
    folder = mkdtempSync(join(tmpdir(), 'kubeflow-signin-'));
    const original = readFileSync(lab.kubeconfig, 'utf8');
    const token = /token: (\S+)/.exec(original)![1]!;
    const apiVersion = 'client.authentication.k8s.io/v1';
    const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } });
    // It wants a terminal for what it asks and none for what it hands out.
    const plugin = `#!/bin/sh
[ -t 0 ] && [ -t 2 ] && [ ! -t 1 ] || exit 9
case "$KUBERNETES_EXEC_INFO" in *'"interactive":true'*) ;; *) exit 8 ;; esac
printf 'Password: ' >&2
read -r answer
echo "$answer" >> '${folder}/answers'
[ "$answer" = sesame ] || exit 3
printf '%s' '${credential}'
`;
    writeFileSync(join(folder, 'plugin'), plugin);
    chmodSync(join(folder, 'plugin'), 0o700);
    writeFileSync(join(folder, 'answers'), '');
    const exec = JSON.stringify({ apiVersion, command: join(folder, 'plugin'), interactiveMode: 'Always' });
    writeFileSync(lab.kubeconfig, original.replace(/token: \S+/, `exec: ${exec}`));
    api = await extensionIn(lab);
  });
  afterEach(async () => {
    for (const terminal of terminals()) terminal.dispose();
    await until(() => terminals().length === 0, 'the terminal has gone');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    lab?.close();
  });

  const cluster = () => api.sessions.session(labContext)!.cluster;
  const reasonOf = async (asking: Promise<unknown>): Promise<string> => {
    const { problem } = await asking.then(
      () => assert.fail('it worked'),
      (error: unknown) => error as KubeError,
    );
    return problem.code === 'ExecPluginFailed' ? problem.reason : problem.code;
  };
  const opened = (): Promise<vscode.Terminal> => until(() => terminals()[0], 'the terminal');

  it('is a command of the extension', () => {
    const { commands } = (
      vscode.extensions.getExtension(extensionId)!.packageJSON as { contributes: { commands: { command: string }[] } }
    ).contributes;
    assert.ok(commands.some(({ command }) => command === 'kubeflow.signIn'));
  });

  it('ends the wait of whoever needs the credential when the terminal is closed', async () => {
    assert.equal(await reasonOf(cluster().serverVersion()), 'interactive');
    const command = vscode.commands.executeCommand('kubeflow.signIn', labContext);
    const terminal = await opened();
    const waiting = reasonOf(cluster().serverVersion());
    terminal.dispose();
    assert.equal(await waiting, 'interactive');
    await command;
  });

  it('says so in the terminal when the plugin refuses, and may be tried again', async () => {
    const command = vscode.commands.executeCommand('kubeflow.signIn', labContext);
    (await opened()).sendText('wrong');
    await command;
    assert.equal(await reasonOf(cluster().serverVersion()), 'interactive');
    assert.equal(readFileSync(join(folder, 'answers'), 'utf8'), 'wrong\n');
  });

  it('lets the plugin ask, and signs in everybody who waits', async () => {
    const command = vscode.commands.executeCommand('kubeflow.signIn', labContext);
    const terminal = await opened();
    const waiting = Array.from({ length: 20 }, () => cluster().serverVersion());
    terminal.sendText('sesame');
    for (const version of await Promise.all(waiting)) assert.match(version, /^v1\./);
    await command;
    assert.equal(readFileSync(join(folder, 'answers'), 'utf8'), 'wrong\nsesame\n');
    assert.equal(terminal.exitStatus, undefined, 'its last words can be read');
    assert.equal(vscode.window.activeTerminal, terminal);
  });
});
