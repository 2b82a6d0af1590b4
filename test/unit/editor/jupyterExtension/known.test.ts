import assert from 'node:assert/strict';
import { runningServers, stateOf } from '../../../../src/editor/jupyterExtension/known.ts';
import { ListWatch } from '../../../../src/editor/jupyterExtension/listWatch.ts';
import { Emitter } from '../../../../src/k8s/events.ts';
import type { Session, Sessions } from '../../../../src/kubeflow/sessions.ts';

const server = (name: string, phase: string, type?: string) => ({
  namespace: 'alice',
  name,
  status: { phase },
  notebook: { metadata: { annotations: type ? { 'notebooks.kubeflow.org/server-type': type } : {} } },
});

describe('what is known of servers without asking anybody', () => {
  let servers: ReturnType<typeof server>[];
  let changed: Emitter<unknown>;
  let sessions: Sessions;

  beforeEach(() => {
    servers = [server('mnist', 'running'), server('bert', 'stopped'), server('rstudio', 'running', 'group-two')];
    changed = new Emitter();
    const profile = () => ({ name: 'alice', servers, state: { kind: 'live' } });
    const inventory = {
      onDidChange: changed.event,
      get view() {
        return { profiles: [profile()] };
      },
      server: (key: string) => servers.find(({ name }) => key === `alice/${name}`),
      profile: (namespace: string) => (namespace === 'alice' ? profile() : undefined),
    };
    const never = { onDidMake: new Emitter<Session>().event, onDidChange: new Emitter<void>().event };
    const session = () => assert.fail('a session was made');
    sessions = { ...never, session, made: [{ context: { name: 'prod' }, inventory }] } as unknown as Sessions;
  });

  it('are those that run Jupyter, of the contexts that are in use', () => {
    assert.deepEqual(runningServers(sessions), [{ context: 'prod', namespace: 'alice', name: 'mnist' }]);
  });

  it('is whether one runs, is stopped, or is gone where its namespace is listed', () => {
    const state = (name: string, namespace = 'alice', context = 'prod') =>
      stateOf(sessions, { context, namespace, name });
    assert.deepEqual(
      ['mnist', 'bert', 'gone'].map((name) => state(name)),
      ['running', 'stopped', 'deleted'],
    );
    assert.deepEqual([state('mnist', 'bob'), state('mnist', 'alice', 'dev')], ['unknown', 'unknown']);
  });

  it('is told when it shows in the list, once, and not otherwise', async () => {
    let told = 0;
    let listened = 0;
    let heard: () => void;
    const list = () => {
      listened++;
      return runningServers(sessions).map(({ name }) => ({ id: name, label: name }));
    };
    const next = new Promise<void>((resolve) => (heard = resolve));
    const watch = new ListWatch({ sessions, list, changed: () => (told++, heard()) });
    servers = [...servers, server('other', 'stopped')];
    changed.fire(undefined);
    servers = [...servers, server('new', 'running')];
    for (let i = 0; i < 100; i++) changed.fire(undefined);
    await next;
    assert.equal(told, 1);
    assert.ok(listened <= 3, `${listened} lists`);
    watch.dispose();
  });
});
