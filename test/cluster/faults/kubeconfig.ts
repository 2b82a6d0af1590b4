/** The kubeconfig changes under us. */
import assert from 'node:assert/strict';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { brief } from './client.ts';
import type { Fault } from './row.ts';
import type { Config } from './world.ts';

const back: Fault['undo'] = (world) => world.write('admin');

/** Two more contexts of the same cluster. */
function others(config: Config): void {
  const { context } = config.contexts[0]!;
  config.contexts.push({ name: 'other-1', context }, { name: 'other-2', context });
}

export const kubeconfig: Fault[] = [
  {
    name: 'a context that is removed and put back',
    config: others,
    make: (world) =>
      world.write('admin', (config) => {
        others(config);
        config.contexts.shift();
      }),
    sees: { problem: 'ContextMissing', said: /has no context named kubeflow-lab/, face: 'problem', rows: 'gone' },
    undo: (world) => world.write('admin', others),
  },
  {
    name: 'another user, who sees nothing of what the one before saw',
    make: (world) => world.write('dave'),
    sees: { face: 'noProfiles', rows: 'gone' },
    during: ({ client }) => {
      const leaks = client.history.filter(
        ({ user, rows, claims }) => user?.startsWith('dave') && (Object.keys(rows).length > 0 || claims.length > 0),
      );
      assert.deepEqual(leaks.map(brief), []);
      assert.ok(client.history.some(({ user }) => user?.startsWith('dave')));
    },
    undo: back,
  },
  {
    name: 'another address of the server, where nobody is',
    make: (world) =>
      world.write('admin', ({ clusters }) => {
        // The port of "discard": nobody listens there.
        clusters[0]!.cluster.server = 'https://127.0.0.1:9';
      }),
    sees: {
      problem: 'Unreachable',
      reason: 'refused',
      said: /does not answer at 127.0.0.1:9/,
      face: 'problem',
      rows: 'gone',
    },
    undo: back,
  },
  {
    name: 'a file that is broken by an edit',
    make: async ({ config }) => writeFile(config, (await readFile(config, 'utf8')).replace('contexts:', 'contexts: ]')),
    sees: { problem: 'KubeconfigInvalid', said: /cannot be read: line \d+/, face: 'ready', rows: 'live' },
    undo: back,
  },
  {
    name: 'a file that is gone for a while',
    make: ({ config }) => rename(config, `${config}.away`),
    sees: { problem: 'KubeconfigMissing', face: 'noKubeconfig', rows: 'gone' },
    undo: ({ config }) => rename(`${config}.away`, config),
    cleanUp: ({ config }) => rm(`${config}.away`, { force: true }),
  },
];
