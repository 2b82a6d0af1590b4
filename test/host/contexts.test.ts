import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Row, TestApi } from '../../src/api.ts';
import { extensionIn, until } from './support/extension.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

interface Config {
  'current-context': string;
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: Record<string, unknown> }[];
}

/** Kubeconfigs of the lab's people as one, with a context, a cluster and a user for each. */
function together(people: Record<string, { file: string }>): Config {
  const made: Config = { 'current-context': Object.keys(people)[0] ?? '', clusters: [], users: [], contexts: [] };
  for (const [name, { file }] of Object.entries(people)) {
    const own = parse(readFileSync(file, 'utf8')) as Config;
    made.clusters.push({ name, cluster: own.clusters[0]?.cluster ?? {} });
    made.users.push({ name, user: own.users[0]?.user ?? {} });
    made.contexts.push({ name, context: { ...own.contexts[0]?.context, cluster: name, user: name } });
  }
  return made;
}

describe('several contexts in VS Code', function () {
  this.timeout(120_000);
  let lab: RemoteLab;
  let bobs: RemoteLab;
  let original: string;
  let api: TestApi;

  /** Alice's file holds both contexts: hers and bob's, each through a relay of its own, which counts connections. */
  const write = (people: Record<string, { file: string }>) =>
    writeFileSync(lab.kubeconfig, stringify({ apiVersion: 'v1', kind: 'Config', ...together(people) }));
  const row = (start: string, rows: Row[]): Row | undefined => rows.find(({ label }) => label === start);
  const context = (name: string) => row(name, api.rows(1));
  let alice: { file: string };
  let bob: { file: string };

  before(async () => {
    lab = await RemoteLab.open();
    bobs = await RemoteLab.open('bob');
    original = readFileSync(lab.kubeconfig, 'utf8');
    api = await extensionIn(lab);
    const apart = join(lab.kubeconfig, '..', 'alice');
    writeFileSync(apart, original);
    [alice, bob] = [{ file: apart }, { file: bobs.kubeconfig }];
    write({ [labContext]: alice, bob });
    await until(() => api.sessions.contexts.length === 2, 'both contexts');
  });
  after(async () => {
    writeFileSync(lab.kubeconfig, original);
    await api.sessions.reload();
    await api.sessions.switchTo(labContext);
    bobs?.close();
    lab?.close();
  });

  it('are not contacted before somebody looks at them', async () => {
    await api.sessions.show([labContext, 'bob']);
    await until(() => row(labContext, api.rows(1)) && row('bob', api.rows(1)), 'a row for each');
    await until(() => row('alice', api.rows(1, [labContext])), "alice's profile");
    assert.equal(bobs.connections, 0);
    assert.equal(context('bob')?.contextValue, 'context;there');
  });

  it('show what each of their users may see', async () => {
    const own = await until(() => row('bob', api.rows(1, ['bob'])), "bob's profile");
    assert.match(own.contextValue, /^profile;/);
    assert.ok(bobs.connections > 0);
    assert.equal(row('bob', api.rows(1, [labContext])), undefined);
    assert.equal(row('alice', api.rows(1, ['bob'])), undefined);
  });

  it('go on without the one that the kubeconfig loses, which says so', async () => {
    const before = api.sessions.session(labContext);
    write({ [labContext]: alice });
    const gone = await until(
      () => context('bob')?.contextValue === 'context;gone' && context('bob'),
      'that it is gone',
    );
    assert.equal(gone.description, 'Not in the kubeconfig');
    assert.equal(api.sessions.session(labContext), before);
    assert.ok(row('alice', api.rows(1, [labContext])));
    write({ [labContext]: alice, bob });
    await until(() => context('bob')?.contextValue === 'context;there', 'that it is back');
  });

  it('drop what they showed of another user at once, and show what the new one may see', async () => {
    const before = api.sessions.session('bob');
    await until(() => row('bob', api.rows(1, ['bob'])), "bob's profile");
    write({ [labContext]: alice, bob: alice });
    await until(
      () => api.sessions.session('bob') !== before && api.sessions.session('bob'),
      'a session of the new user',
    );
    assert.equal(row('bob', api.rows(1, ['bob'])), undefined, "nothing of bob's is in sight");
    await until(() => row('alice', api.rows(1, ['bob'])), "alice's profile under the same name");
    assert.notEqual(api.sessions.session('bob')?.access, before?.access);
  });
});
