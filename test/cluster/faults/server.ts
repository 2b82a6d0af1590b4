/** The cluster itself, and gateways in front of it. */
import assert from 'node:assert/strict';
import { configMaps, resourcePath } from '../../../src/k8s/objects.ts';
import { isKubeError } from '../../../src/k8s/errors.ts';
import type { FaultRule } from '../../../lab/index.ts';
import type { Fault } from './row.ts';
import { isLive } from './truth.ts';
import { namespace } from './world.ts';

const page = (title: string) => `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;

/** Every request gets this answer, and what is open ends. */
function answering(name: string, rule: FaultRule['do'], sees: Fault['sees']): Fault {
  return {
    name,
    make: async ({ lab }) => {
      await lab.proxy.set({ do: rule });
      await lab.proxy.cut();
    },
    sees,
    undo: ({ lab }) => lab.proxy.clear(),
  };
}

const ownError = /answered with an error of its own/;

export const server: Fault[] = [
  {
    name: 'an API server that is killed and started again',
    make: ({ lab }) => lab.component('kube-apiserver', 'kill'),
    sees: { problem: 'Unreachable', said: /does not answer at/, rows: 'stale' },
    frozen: true,
    undo: ({ lab }) => lab.component('kube-apiserver', 'start'),
    cleanUp: ({ lab }) => lab.component('kube-apiserver', 'start'),
  },
  {
    name: 'an etcd that stands still',
    make: ({ lab }) => lab.component('etcd', 'pause'),
    // The API server goes on answering from its watch cache, so nothing is known to be wrong until one writes.
    sees: { rows: 'live', also: isLive },
    frozen: true,
    during: async ({ local }) => {
      const writing = local.current.cluster.request({
        method: 'POST',
        path: resourcePath(configMaps, { namespace }),
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'written-to-a-dead-etcd' } },
        timeoutMs: 3000,
      });
      await assert.rejects(writing, (error) => isKubeError(error, 'Timeout'));
      assert.ok(isLive(local.seen), 'what is seen is still true');
    },
    undo: ({ lab }) => lab.component('etcd', 'resume'),
    cleanUp: async ({ lab, kubectl }) => {
      await lab.component('etcd', 'resume');
      await kubectl('-n', namespace, 'delete', 'configmap', 'written-to-a-dead-etcd', '--ignore-not-found');
    },
  },
  answering(
    'an API server in trouble (500)',
    { kind: 'status', status: 500 },
    { problem: 'ServerError', said: ownError, rows: 'stale' },
  ),
  answering(
    "a gateway's page instead of an answer (502)",
    { kind: 'status', status: 502, body: page('502 Bad Gateway') },
    { problem: 'ServerError', said: ownError, rows: 'stale' },
  ),
  answering(
    "a gateway's page that asks to come back (503)",
    { kind: 'status', status: 503, body: page('503 Service Unavailable'), retryAfter: 2 },
    { problem: 'ServerError', said: ownError, rows: 'stale' },
  ),
  answering(
    'a hotel that answers everything with its own page (200)',
    { kind: 'status', status: 200, body: page('Welcome') },
    { problem: 'ServerError', said: ownError, rows: 'stale' },
  ),
  {
    ...answering(
      'a server that is too busy for all requests (429)',
      { kind: 'status', status: 429, retryAfter: 2 },
      {
        problem: 'TooManyRequests',
        said: /is busy and asks to wait/,
        rows: 'stale',
      },
    ),
    detectable: { after: 2, because: 'the server asked to wait for 2 s' },
  },
];
