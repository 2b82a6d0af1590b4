import assert from 'node:assert/strict';
import type { Lab } from '../../lab/index.ts';
import type { Connection } from '../../src/editor/connections.ts';
import type { OutputEvent } from '../../src/jupyter/kernelMessages.ts';
import type { KernelSession } from '../../src/jupyter/kernelSession.ts';
import type { Disposables } from '../../src/k8s/events.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { lab as theLab } from './support/lab.ts';
import { smallNotebook } from './support/notebooks.ts';

describe('a real kernel', function () {
  this.timeout(90_000);
  const name = 'kernel-test';
  let lab: Lab;
  let connection: Connection;
  let things: Disposables;
  let session: KernelSession;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, 'alice')) });
    const made = await connectionsOf(lab, 'alice');
    things = made.things;
    connection = made.connections.get({ context: labContext, namespace: 'alice', name });
    await connection.server.waitUntilAnswers(undefined, 60_000);
    session = await connection.server.openKernel({ path: 'kernel.ipynb' });
  });
  after(async () => {
    things?.dispose();
    await lab?.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']);
  });

  const run = async (code: string) => session.execute(code, { output: () => undefined }).done;

  describe('helps somebody who types', () => {
    before(() =>
      run('import numpy as np\ntable = {"🚀 column": 1}\ndef half(number, *, digits: int = 1):\n  "Halves."'),
    );

    it('with members, magics, keys and files, behind letters outside of the basic plane', async () => {
      const texts = async (code: string) => {
        const found = await session.help.complete(code, code.length);
        return found && { at: code.slice(found.start, found.end), texts: found.items.map(({ text }) => text) };
      };
      const members = await texts('"🚀"; np.linal');
      assert.deepEqual(members, { at: 'linal', texts: ['linalg'] });
      assert.ok((await texts('%matplot'))?.texts.some((text) => text.endsWith('matplotlib')));
      assert.ok((await texts('table["'))?.texts.some((text) => text.includes('🚀 column')));
      assert.equal(await texts('nothing_of_this_name.x'), undefined);
    });

    it('with signatures and docstrings', async () => {
      assert.deepEqual(await session.help.inspect('half'), {
        signature: 'half(number, *, digits: int = 1)',
        text: (await session.help.inspect('half'))?.text,
      });
      assert.match((await session.help.inspect('half'))!.text, /^Halves\.\n/);
      assert.match((await session.help.inspect('np.linalg.norm'))!.signature!, /^np\.linalg\.norm\(x, ord=None, /);
      assert.match((await session.help.inspect('table'))!.text, /Type: dict/);
      assert.equal(await session.help.inspect('nobody'), undefined);
    });

    it('not while it runs a cell for longer, and again right after it', async () => {
      const running = run('import time; time.sleep(3.2)');
      assert.equal(await session.help.complete('np.linal', 8), undefined);
      const soon = await session.help.complete('np.linal', 8);
      assert.equal(soon?.items[0]?.text, 'linalg');
      assert.equal((await running).ok, true);
    });
  });

  describe('restarts', () => {
    it('and runs in its new process what is run meanwhile', async () => {
      await run('known = 1');
      const restarted = session.restart();
      const told: string[] = [];
      const output = (event: OutputEvent) => void (event.kind === 'stream' && told.push(event.text));
      const { ok } = await session.execute('print("known" in dir())', { output }).done;
      await restarted;
      assert.deepEqual({ ok, told }, { ok: true, told: ['False\n'] });
    });
  });

  describe('prints more than Jupyter lets through', () => {
    const limits = async (code: string) => {
      const told: OutputEvent[] = [];
      await session.execute(code, { output: (event) => void told.push(event) }).done;
      const problems = new Map(
        told.flatMap((event) => (event.kind === 'limited' ? [[event.problem.what, event.problem]] : [])),
      );
      return [...problems.values()];
    };

    it('which is told with the name of the limit', async () => {
      const option = 'ServerApp.iopub_data_rate_limit';
      assert.deepEqual(await limits('print("x" * 20_000_000)'), [
        { code: 'OutputLimited', what: 'bytes', perSecond: 1_000_000, option },
      ]);
    });
  });
});
