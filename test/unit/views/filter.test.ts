import assert from 'node:assert/strict';
import type { ProfileView, ServerView } from '../../../src/kubeflow/inventory.ts';
import type { ServerPhase } from '../../../src/kubeflow/status.ts';
import {
  ActiveFilter,
  countMatches,
  countStates,
  noFilter,
  type ServerFilter,
} from '../../../src/views/tree/filter.ts';
import { FilterChoice } from '../../../src/views/tree/filterChoice.ts';
import { countServers, countsInFull, profileDescription } from '../../../src/views/tree/profileLook.ts';
import { inEnglish as t } from '../../../src/views/words/translate.ts';

function server(name: string, phase: ServerPhase, image = 'ghcr.io/kubeflow/jupyter-scipy:v1.11.0'): ServerView {
  return {
    key: `alice/${name}`,
    namespace: 'alice',
    name,
    notebook: { metadata: { name, namespace: 'alice' } },
    events: [],
    status: { phase, cause: { code: 'running' } },
    gpus: [],
    image,
    claims: [],
    port: 8888,
  };
}

function profile(name: string, servers: ServerView[], more: Partial<ProfileView> = {}): ProfileView {
  return { name, source: 'profile', servers, state: { kind: 'live' }, ...more };
}

const servers = [
  server('bert', 'failing'),
  server('gpt', 'waiting', 'ghcr.io/acme/llm:2'),
  server('mnist', 'running'),
  server('mnist-2', 'stopped'),
  server('cifar', 'stopping'),
  server('old', 'deleting'),
  server('new', 'starting'),
];
const alice = profile('alice', servers);
const names = (filter: Partial<ServerFilter>) =>
  new ActiveFilter({ ...noFilter, ...filter }).of(alice).map(({ name }) => name);

describe('the filter', () => {
  it('finds servers by words of their name, profile or image, whatever their case', () => {
    assert.deepEqual(names({ text: 'MNIST' }), ['mnist', 'mnist-2']);
    assert.deepEqual(names({ text: 'acme' }), ['gpt']);
    assert.equal(names({ text: 'alice' }).length, servers.length);
    assert.deepEqual(names({ text: '  scipy  mnist ' }), ['mnist', 'mnist-2'], 'each word counts');
    assert.deepEqual(names({ text: 'mnist acme' }), []);
  });

  it('finds servers by state; one that stops counts as stopped, one that is being deleted as none', () => {
    assert.deepEqual(names({ states: ['failing', 'waiting'] }), ['bert', 'gpt']);
    assert.deepEqual(names({ states: ['stopped'] }), ['mnist-2', 'cifar']);
    const all = names({ states: ['failing', 'waiting', 'running', 'starting', 'stopped'] });
    assert.ok(!all.includes('old'));
  });

  it('wants both when both are given', () => {
    assert.deepEqual(names({ text: 'mnist', states: ['stopped'] }), ['mnist-2']);
  });

  it('looks at the servers of a profile once, as long as they are the same', () => {
    const filter = new ActiveFilter({ text: 'mnist', states: [] });
    assert.equal(filter.of(alice), filter.of({ servers: alice.servers }));
    assert.notEqual(filter.of(alice), filter.of(profile('alice', [...servers])));
  });

  it('says how many it leaves, of how many, and how many there are in each state', () => {
    const filter = new ActiveFilter({ text: 'mnist', states: [] });
    assert.deepEqual(countMatches(filter, [alice, profile('bob', [])]), { matching: 2, all: 7 });
    assert.equal(countStates([alice]).get('stopped'), 2);
  });
});

describe('the choice of a filter', () => {
  const memory = () => {
    const kept = new Map<string, unknown>();
    return {
      get: (key: string) => kept.get(key) as never,
      update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
    };
  };

  it('is there again after a reload, and gone once it is cleared', async () => {
    const kept = memory();
    await new FilterChoice(kept).set({ text: 'mnist', states: ['failing'] });
    const again = new FilterChoice(kept);
    assert.deepEqual(again.filter, { text: 'mnist', states: ['failing'] });
    await again.set(noFilter);
    assert.equal(again.active, undefined);
    assert.equal(new FilterChoice(kept).active, undefined);
  });

  it('is not remembered while it is only tried, and tells of itself once', () => {
    const kept = memory();
    const choice = new FilterChoice(kept);
    let told = 0;
    choice.onDidChange(() => told++);
    choice.preview({ text: 'm', states: [] });
    choice.preview({ text: 'm', states: [] });
    assert.equal(told, 1);
    assert.equal(new FilterChoice(kept).active, undefined);
  });
});

describe("a profile's row", () => {
  const many = (count: number, phase: ServerPhase) => Array.from({ length: count }, (_, i) => server(`s${i}`, phase));
  const said = (view: ProfileView, matching?: number) =>
    profileDescription(t, view, countServers(view.servers), matching);
  const gpuQuota = [{ key: 'nvidia.com/gpu', used: 1, hard: 1 }];

  it('says the GPUs of its quota and how many servers it has', () => {
    assert.equal(said(profile('alice', many(3, 'running'), { gpuQuota })), '1 of 1 GPU · 3 servers');
    assert.equal(said(profile('alice', many(1, 'running'))), '1 server');
  });

  it('says how many fail, in the place of the GPUs, as there is no room for both', () => {
    const view = profile('alice', [...many(2, 'failing'), ...many(118, 'stopped')], { gpuQuota });
    assert.equal(said(view), '120 servers · 2 failing');
    assert.equal(countsInFull(t, countServers(view.servers)), '120 (2 failing, 118 stopped)');
  });

  it('says how many of them the filter leaves', () => {
    assert.equal(said(profile('alice', many(120, 'failing')), 3), '3 of 120 servers');
  });

  it('counts nothing before anything is known', () => {
    assert.equal(said(profile('alice', [], { state: { kind: 'loading' } })), '');
    assert.equal(said(profile('alice', [])), '0 servers');
  });
});
