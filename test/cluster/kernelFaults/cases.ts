/** What can happen under a running cell and does not fit the table. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { KernelWorld } from './world.ts';

export interface KernelCase {
  name: string;
  run: (world: KernelWorld) => Promise<void>;
}

/** As `KernelSession.onDidChangeConnection` tells it. */
const connectedAgain = ({ session }: KernelWorld) =>
  new Promise<void>((resolve) => {
    const listener = session.onDidChangeConnection((problem) => {
      if (problem) return;
      listener.dispose();
      resolve();
    });
  });

export const cases: KernelCase[] = [
  {
    name: 'nothing is printed for 30 minutes (the clock is simulated): the heartbeat keeps the connection',
    run: async (world) => {
      mock.timers.enable({ apis: ['setInterval'] });
      try {
        const sockets = await world.beginSilent();
        for (let passed = 0; passed < 30 * 60_000; passed += 20_000) {
          const pong = once(sockets[0]!, 'pong');
          mock.timers.tick(20_000);
          await pong;
        }
        assert.equal(sockets.length, 1);
        assert.deepEqual(world.notices, []);
        assert.deepEqual(await world.endSilent(), { ok: true, text: 'before\nafter\n' });
      } finally {
        mock.timers.reset();
      }
    },
  },
  {
    name: 'nothing is printed while a proxy ends the idle connection 30 times: nothing is lost',
    run: async (world) => {
      await world.beginSilent();
      for (let minute = 0; minute < 30; minute++) {
        const again = connectedAgain(world);
        await world.lab.proxy.cut();
        await again;
      }
      assert.equal(world.notices.length, 60);
      assert.deepEqual(await world.endSilent(), { ok: true, text: 'before\nafter\n' });
      assert.equal((await world.run('print(2)')).text, '2\n');
    },
  },
  {
    name: 'a cell is run over a connection that is dead, which nobody knows yet: it runs once, on another one',
    run: async (world) => {
      await world.begin({ heartbeatMs: 4000 });
      await world.stopCounting();
      await world.cell.done;
      await world.run('n = 0');
      await world.lab.proxy.path('forgotten');
      await delay(1100); // a connection counts as alive for a second here
      assert.deepEqual(await world.run('n += 1; print(n)'), { ok: true, executionCount: 3, text: '1\n' });
      assert.equal((await world.run('print(n)')).text, '1\n');
    },
  },
  {
    name: 'all connections end and the session is forgotten: another one with its id finds the kernel, which ran on',
    run: async (world) => {
      await world.begin();
      const { session, cell } = world;
      const before = cell.numbers.length;
      session.dispose();
      await world.lab.proxy.cut();
      const { ok, problem } = await cell.done;
      assert.equal(ok, false);
      assert.match(world.words(problem!).text, /^Connection to .* lost\. The cell goes on running there\.$/);
      await world.attach(session.clientId);
      assert.equal(world.session.found, true);
      assert.equal(world.session.kernelId, session.kernelId);
      await world.stopCounting();
      // It waits until the one that runs is done.
      const next = await world.run('print(i)');
      assert.equal(next.executionCount, 2);
      assert.ok(Number(next.text) > before, next.text);
    },
  },
];
