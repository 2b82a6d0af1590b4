import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Lab } from '../../lab/index.ts';
import type { Connection } from '../../src/editor/connections.ts';
import type { OutputEvent } from '../../src/jupyter/kernelMessages.ts';
import type { KernelSession } from '../../src/jupyter/kernelSession.ts';
import type { Disposables } from '../../src/k8s/events.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { lab as theLab } from './support/lab.ts';
import { answered } from './support/kernelHelp.ts';
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
    before(async () => {
      await run('import numpy as np\ntable = {"🚀 column": 1}\ndef half(number, *, digits: int = 1):\n  "Halves."');
      // The first completion loads what finds them, for longer than anybody waits who types.
      await run('get_ipython().complete("np.li")');
    });

    it('with members, magics, keys and files, behind letters outside of the basic plane', async () => {
      const texts = async (code: string) => {
        const found = await answered(() => session.help.complete(code, code.length));
        return { at: code.slice(found.start, found.end), texts: found.items.map(({ text }) => text) };
      };
      const members = await texts('"🚀"; np.linal');
      assert.deepEqual(members, { at: 'linal', texts: ['linalg'] });
      assert.ok((await texts('%matplot')).texts.some((text) => text.endsWith('matplotlib')));
      assert.ok((await texts('table["')).texts.some((text) => text.includes('🚀 column')));
      const unknown = 'nothing_of_this_name.x';
      assert.equal(await session.help.complete(unknown, unknown.length), undefined);
    });

    it('with signatures and docstrings', async () => {
      const inspect = (name: string) => answered(() => session.help.inspect(name));
      const { signature, text } = await inspect('half');
      assert.equal(signature, 'half(number, *, digits: int = 1)');
      assert.match(text, /^Halves\.\n/);
      assert.match((await inspect('np.linalg.norm')).signature!, /^np\.linalg\.norm\(x, ord=None, /);
      assert.match((await inspect('table')).text, /Type: dict/);
      assert.equal(await session.help.inspect('nobody'), undefined);
    });

    it('not while it runs a cell for longer, and again right after it', async () => {
      const complete = () => session.help.complete('np.linal', 8);
      const soon = await answered(async () => {
        const end = `end-${randomUUID()}`;
        const running = run(`import os, time\nwhile not os.path.exists("${end}"): time.sleep(0.02)`);
        assert.equal(await complete(), undefined);
        const asked = complete();
        await connection.server.contents.writeFile(end, new Uint8Array());
        assert.equal((await running).ok, true);
        return asked;
      });
      assert.equal(soon.items[0]?.text, 'linalg');
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
