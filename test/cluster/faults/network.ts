/** The way to the cluster. */
import dns from 'node:dns';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './row.ts';
import { connectProxy, type ConnectProxy } from './connectProxy.ts';
import { Names } from './names.ts';

const names = new Names(dns);
const nothing = () => Promise.resolve();
let proxy: ConnectProxy;

export const network: Fault[] = [
  {
    name: 'a path that goes silent under open connections',
    make: ({ lab }) => lab.proxy.path('silent'),
    sees: { problem: 'Timeout', said: /did not answer|does not answer/, rows: 'stale', within: 20 },
    undo: ({ lab }) => lab.proxy.path('open'),
  },
  {
    name: 'connections that a router has forgotten',
    make: async ({ lab, local }) => {
      // Something was asked a moment ago, so a connection is kept besides the watches'.
      await local.current.cluster.serverVersion();
      await lab.proxy.path('forgotten');
    },
    // Whoever asks on a new connection hears of no fault: the rows just go on.
    sees: { rows: 'any' },
    undo: nothing,
    detectable: {
      after: 13,
      because: 'nothing is heard for 8 s, then a request on a kept connection gets no answer for 5 s',
    },
  },
  {
    name: 'TCP that is refused',
    make: ({ lab }) => lab.proxy.path('refused'),
    sees: { problem: 'Unreachable', reason: 'refused', said: /does not answer at/, rows: 'stale' },
    undo: ({ lab }) => lab.proxy.path('open'),
  },
  {
    name: 'TCP that is accepted by somebody who says nothing',
    make: async ({ lab }) => {
      await lab.proxy.path('silent');
      await lab.proxy.cut();
    },
    sees: { said: /did not answer|does not answer/, rows: 'stale', within: 20 },
    during: ({ client }) =>
      client.untilNow('a time limit', ({ problem, reason }) => problem === 'Timeout' || reason === 'timeout', 20),
    undo: ({ lab }) => lab.proxy.path('open'),
  },
  {
    name: 'connections that are reset, each time',
    make: async ({ lab }) => {
      await lab.proxy.set({ do: { kind: 'cut' } });
      await lab.proxy.cut();
    },
    sees: { problem: 'Unreachable', reason: 'reset', said: /does not answer at/, rows: 'stale' },
    undo: ({ lab }) => lab.proxy.clear(),
  },
  {
    name: 'a network that passes 20 kB a second',
    fromStart: true,
    make: ({ lab }) => lab.proxy.set({ do: { kind: 'trickle', bytesPerSecond: 20_000 } }),
    undo: ({ lab }) => lab.proxy.clear(),
  },
  {
    name: "a server's name that vanishes from DNS",
    config: ({ clusters }) => {
      const cluster = clusters[0]!.cluster;
      cluster.server = cluster.server.replace('127.0.0.1', names.host);
      cluster['tls-server-name'] = '127.0.0.1';
    },
    prepare: () => names.know(),
    make: async ({ lab }) => {
      names.forget();
      await lab.proxy.cut();
    },
    sees: { problem: 'Unreachable', reason: 'dns', said: /cannot be found.*VPN/, rows: 'stale', within: 20 },
    undo: () => names.know(),
    cleanUp: () => names.restore(),
  },
  {
    name: 'a proxy that asks for another password',
    prepare: async () => {
      proxy = await connectProxy();
    },
    config: ({ clusters }) => {
      clusters[0]!.cluster['proxy-url'] = `http://user:${proxy.password}@127.0.0.1:${proxy.port}`;
    },
    make: () => proxy.refuse(true),
    sees: {
      problem: 'Unreachable',
      reason: 'proxy',
      said: /The proxy .* does not accept the user name and password/,
      rows: 'stale',
    },
    undo: () => proxy.refuse(false),
    cleanUp: () => proxy.close(),
  },
  {
    name: 'a computer that sleeps while a router forgets its connections',
    apart: true,
    make: async ({ lab, other }) => {
      other.sleep();
      await lab.proxy.path('forgotten');
    },
    // Nobody looks at a computer that sleeps. A client takes it for sleep when its 8 s were 15 s longer.
    sees: { rows: 'any' },
    during: () => delay(24_000),
    undo: ({ other }) => other.wake(),
    detectable: { after: 5, because: 'a request on a kept connection gets no answer for 5 s' },
  },
  ...[1, -1].map((hours): Fault => ({
    name: `a server that can't be reached, for a client whose clock is an hour ${hours > 0 ? 'ahead' : 'behind'}`,
    clockMs: hours * 3_600_000,
    make: ({ lab }) => lab.proxy.path('refused'),
    sees: { problem: 'Unreachable', reason: 'refused', said: /does not answer at/, rows: 'stale' },
    undo: ({ lab }) => lab.proxy.path('open'),
  })),
];
