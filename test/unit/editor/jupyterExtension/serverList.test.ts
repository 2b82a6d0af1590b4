import assert from 'node:assert/strict';
import { ServerList, type KnownState } from '../../../../src/editor/jupyterExtension/serverList.ts';
import { parseServerId, serverId } from '../../../../src/editor/jupyterExtension/serverId.ts';
import { inEnglish } from '../../../../src/views/words/translate.ts';

const mnist = { context: 'prod', namespace: 'alice', name: 'mnist' };
const bert = { context: 'prod', namespace: 'alice', name: 'bert' };

describe('the id of a server in the Jupyter extension', () => {
  it('is its context, namespace and name', () => {
    assert.equal(serverId(mnist), 'prod/alice/mnist');
    assert.deepEqual(parseServerId('prod/alice/mnist'), mnist);
  });

  it('is plain ASCII without a slash too many for every context, and leads back to it', () => {
    const ref = { ...mnist, context: 'arn:aws:eks:eu-1:42:cluster/Prod & Söhne?#' };
    assert.match(serverId(ref), /^[a-z0-9._-]+\/alice\/mnist$/);
    assert.deepEqual(parseServerId(serverId(ref)), ref);
  });

  it('is refused where it is none', () => {
    for (const id of ['', 'prod', 'prod/alice', 'prod/alice/mnist/more', 'PROD/alice/mnist', '/alice/mnist'])
      assert.equal(parseServerId(id), undefined, id);
  });
});

describe('the servers that the Jupyter extension is told of', () => {
  let used = [mnist];
  let running = [bert];
  let states: Record<string, KnownState>;
  let inUse: boolean;
  let list: ServerList;
  const ids = () => list.all().map(({ id }) => id);

  beforeEach(() => {
    used = [mnist];
    running = [bert];
    states = {};
    inUse = false;
    list = new ServerList({
      t: inEnglish,
      used: () => used,
      running: () => running,
      stateOf: (ref) => states[ref.name] ?? 'running',
      mayBeInUse: () => inUse,
    });
  });

  it('are those that were used here and those that are known to run, by name', () => {
    assert.deepEqual(list.all(), [
      { id: 'prod/alice/bert', label: 'bert (alice on prod)' },
      { id: 'prod/alice/mnist', label: 'mnist (alice on prod)' },
    ]);
  });

  it('stay when they are stopped, and say so', () => {
    list.all();
    running = [];
    states = { bert: 'stopped', mnist: 'stopped' };
    assert.deepEqual(
      list.all().map(({ label }) => label),
      ['bert (alice on prod) · stopped', 'mnist (alice on prod) · stopped'],
    );
  });

  it('stay when they are not known for the moment', () => {
    list.all();
    running = [];
    used = [];
    states = { bert: 'unknown', mnist: 'other' };
    assert.deepEqual(ids(), ['prod/alice/bert', 'prod/alice/mnist']);
  });

  it('go with their object where no notebook uses them', () => {
    states = { mnist: 'deleted' };
    inUse = true;
    assert.deepEqual(ids(), ['prod/alice/bert']);
  });

  it('stay for as long as an open notebook may use them, also without their object', () => {
    list.handed(mnist);
    states = { mnist: 'deleted' };
    inUse = true;
    assert.deepEqual(ids(), ['prod/alice/bert', 'prod/alice/mnist']);
    inUse = false;
    assert.deepEqual(ids(), ['prod/alice/bert']);
  });

  it('are no more than can be looked through, but for those that were used', () => {
    running = Array.from({ length: 5000 }, (_, i) => ({ ...mnist, name: `other-${i}` }));
    assert.equal(list.all().length, 50);
    assert.ok(ids().includes('prod/alice/mnist'));
    list.keep({ ...mnist, name: 'other-4999' });
    assert.ok(ids().includes('prod/alice/other-4999'));
  });
});
