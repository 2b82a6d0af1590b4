import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import { connectLink, formLink } from '../../src/kubeflow/links.ts';
import { formIn } from '../support/formStates.ts';
import { extensionId, extensionIn, until } from './support/extension.ts';
import { run, showLocal, text } from './support/notebooks.ts';
import { acceptingPicks } from './support/picks.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

interface Config {
  clusters: { name: string }[];
  users: { name: string }[];
  contexts: { name: string; context: Record<string, unknown> }[];
}

/** The extension's modal questions, which are answered here. */
class Questions {
  readonly asked: { text: string; detail: string; answer: (button?: string) => void }[] = [];
  private readonly original = vscode.window.showWarningMessage;

  constructor() {
    const show = (text: string, { detail }: vscode.MessageOptions) =>
      new Promise<string | undefined>((answer) => this.asked.push({ text, detail: detail ?? '', answer }));
    Object.assign(vscode.window, { showWarningMessage: show });
  }

  next() {
    return until(() => this.asked.shift(), 'a question');
  }

  dispose(): void {
    Object.assign(vscode.window, { showWarningMessage: this.original });
  }
}

describe('links from outside', function () {
  this.timeout(120_000);
  const name = 'host-links';
  const far = 'far';
  let lab: RemoteLab;
  let other: RemoteLab;
  let original: string;
  let api: TestApi;
  let questions: Questions;
  let notebook: string;
  const ref = { context: labContext, namespace: 'alice', name };
  /** As a click on a link does it. */
  const follow = (link: string) => vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(link, true));
  const farLink = (more: { file?: string } = {}) => {
    const fingerprint = api.sessions.contexts.find((context) => context.name === far)?.fingerprint;
    return connectLink(vscode.env.uriScheme, { context: far, fingerprint, namespace: 'alice', name, ...more });
  };

  before(async () => {
    lab = await RemoteLab.open();
    other = await RemoteLab.open();
    original = readFileSync(lab.kubeconfig, 'utf8');
    api = await extensionIn(lab);
    const [here, there] = [lab, other].map(({ kubeconfig }) => parse(readFileSync(kubeconfig, 'utf8')) as Config);
    assert.ok(here && there);
    // Another way to the same cluster, whose context does not tell which namespace there is to see.
    for (const one of [...there.clusters, ...there.users, ...there.contexts]) one.name = far;
    there.contexts[0]!.context = { cluster: far, user: far };
    const [clusters, users, contexts] = (['clusters', 'users', 'contexts'] as const).map((key) => [
      ...here[key],
      ...there[key],
    ]);
    const whole = { apiVersion: 'v1', kind: 'Config', 'current-context': labContext, clusters, users, contexts };
    writeFileSync(lab.kubeconfig, stringify(whole));
    await until(() => api.sessions.contexts.length === 2, 'both contexts');
    const settings = vscode.workspace.getConfiguration('extensions');
    await settings.update('confirmedUriHandlerExtensionIds', [extensionId], vscode.ConfigurationTarget.Global);
    questions = new Questions();
    await lab.create(name);
    const { server } = await api.connections.open(ref);
    const { inventory } = api.sessions.session(labContext)!;
    const look = inventory.open('alice');
    await until(() => inventory.server(`alice/${name}`)?.status.phase === 'running', 'the server to run', 60_000);
    look.dispose();
    notebook = (await server.contents.createNotebook('')).path;
  });
  after(async () => {
    questions?.dispose();
    const settings = vscode.workspace.getConfiguration('extensions');
    await settings.update('confirmedUriHandlerExtensionIds', undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    writeFileSync(lab.kubeconfig, original);
    await api.sessions.reload();
    await lab?.remove(name);
    lab?.close();
    other?.close();
  });

  it('contact nobody before the user has agreed, and nobody when they do not', async () => {
    await follow(farLink());
    const { text, detail, answer } = await questions.next();
    assert.equal(text, `Connect to ${name} in alice on far?`);
    assert.match(detail, /^far leads to the API server at 127\.0\.0\.2:\d+\.$/);
    assert.equal(other.connections, 0);
    answer(undefined);
    // Links are dealt with one after the other: with the next question the first one is done with.
    await follow(farLink());
    const next = await questions.next();
    assert.equal(other.connections, 0);
    next.answer(undefined);
  });

  it('are asked about one at a time', async () => {
    await follow(farLink());
    const { answer } = await questions.next();
    await follow(farLink());
    await follow(formLink(vscode.env.uriScheme, { context: far }, formIn('as it opens', 'shared')));
    answer(undefined);
    await follow(farLink({ file: 'later.ipynb' }));
    const next = await questions.next();
    assert.match(next.detail, /Opens later\.ipynb there\./);
    next.answer(undefined);
    assert.equal(questions.asked.length, 0);
  });

  it('say so where they were made for another API server', async () => {
    const link = { context: far, fingerprint: '0'.repeat(16), namespace: 'alice', name };
    await follow(connectLink(vscode.env.uriScheme, link));
    const { detail, answer } = await questions.next();
    assert.match(detail, /made for another API server/);
    answer(undefined);
    assert.equal(other.connections, 0);
  });

  it('open a notebook in a namespace that nobody has named yet, with a kernel that runs', async () => {
    await follow(farLink({ file: notebook }));
    (await questions.next()).answer('Connect');
    const opened = await until(() => vscode.window.activeNotebookEditor?.notebook, 'the notebook', 60_000);
    await until(() => api.controllers.serverOf(opened)?.context === far, 'its kernel');
    assert.equal(text(await run(opened, 'print(6 * 7)')), '42\n');
    await opened.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('open the form, in the place that they name', async () => {
    const form = { ...formIn('as it opens', 'shared'), namespace: 'alice' };
    await follow(formLink(vscode.env.uriScheme, { context: labContext }, form));
    const { text, answer } = await questions.next();
    assert.equal(text, `Open the form for a new notebook server in alice on ${labContext}?`);
    answer('Open Form');
    const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
    await until(() => tabs().includes('New Notebook Server'), 'the form');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('are not needed to run a local notebook on the one server that runs: Enter takes it', async () => {
    const local = await showLocal('links.ipynb');
    await acceptingPicks(vscode.commands.executeCommand('kubeflow.runOnKubeflow'));
    assert.deepEqual(api.controllers.serverOf(local), ref);
    assert.equal(text(await run(local, 'print(1 + 1)')), '2\n');
  });

  it('bring the notebook that is to run out from behind another tab', async () => {
    const hidden = await showLocal('hidden.ipynb');
    await showLocal('front.ipynb');
    await acceptingPicks(vscode.commands.executeCommand('kubeflow.runOnKubeflow', hidden.uri));
    assert.deepEqual(api.controllers.serverOf(hidden), ref);
    assert.equal(vscode.window.activeNotebookEditor?.notebook, hidden);
  });
});
