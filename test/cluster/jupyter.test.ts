import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import type { Connection, Connections } from '../../src/editor/connections.ts';
import { isJupyterError } from '../../src/jupyter/errors.ts';
import { rootFolder } from '../../src/jupyter/folders.ts';
import type { ExecutionResult } from '../../src/jupyter/kernelExecution.ts';
import type { KernelSession } from '../../src/jupyter/kernelSession.ts';
import type { Disposables } from '../../src/k8s/events.ts';
import type { Sessions } from '../../src/kubeflow/sessions.ts';
import { connectionsOf, labContext } from './support/connections.ts';
import { lab as theLab } from './support/lab.ts';
import { answered } from './support/kernelHelp.ts';
import { smallNotebook, until } from './support/notebooks.ts';

describe('a notebook server behind its tunnel', function () {
  this.timeout(90_000);
  const name = 'jupyter-test';
  const ref = { context: labContext, namespace: 'alice', name };
  let lab: Lab;
  let sessions: Sessions;
  let connections: Connections;
  let connection: Connection;
  let things: Disposables;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(smallNotebook(name, 'alice')) });
    ({ sessions, connections, things } = await connectionsOf(lab, 'alice', { at: 'proxy' }));
    connection = connections.get(ref);
    await connection.server.waitUntilAnswers(undefined, 60_000);
  });
  after(async () => {
    things?.dispose();
    await lab?.proxy.clear();
    await lab?.kubectl(['-n', 'alice', 'delete', 'notebook', name, '--ignore-not-found', '--cascade=foreground']);
  });

  async function run(session: KernelSession, code: string): Promise<ExecutionResult & { text: string }> {
    let text = '';
    const execution = session.execute(code, {
      output: (event) => {
        if (event.kind === 'stream') text += event.text;
      },
    });
    return { ...(await execution.done), text };
  }

  it('tells the inventory that Jupyter answers, without being asked', async () => {
    const { inventory } = sessions.session(labContext)!;
    const open = inventory.open('alice');
    await until(inventory, () => inventory.server(`alice/${name}`)?.status.phase === 'running', { seconds: 30 });
    open.dispose();
  });

  it('tells the folder that it shows, and a kernel where that and home lie, unseen', async () => {
    const { server } = connection;
    const root = await rootFolder(server);
    assert.match(root ?? '', /^[~/]/);
    const session = await server.openKernel({ path: 'folders.ipynb' });
    const { text } = await run(session, 'import os; print(os.getcwd(), os.path.expanduser("~"))');
    const [cwd, home] = text.trim().split(' ');
    assert.deepEqual(await answered(() => session.help.folders(root!)), { home, realRoot: cwd });
    // It counts as no cell.
    assert.equal((await run(session, 'print(len(In))')).text, '3\n');
    await session.shutdown();
  });

  it('starts a kernel in the folder of its notebook, and finds it again by the path', async () => {
    const { contents } = connection.server;
    await contents.mkdir('work');
    const notebook = await contents.createNotebook('work');
    const session = await connection.server.openKernel({ path: notebook.path });
    const first = await run(session, 'import os; print(os.getcwd()); mine = 1');
    assert.match(first.text, /\/work\n$/);
    session.dispose();
    const again = await connection.server.openKernel({ path: notebook.path, clientId: session.clientId });
    assert.equal(again.kernelId, session.kernelId);
    assert.equal((await run(again, 'print(mine)')).text, '1\n');
    await connection.server.shutdownKernel(again.kernelId);
    assert.deepEqual(await connection.server.kernels(), []);
  });

  it('reads what a cell wrote, and writes what a cell reads', async () => {
    const { contents } = connection.server;
    const session = await connection.server.openKernel({ path: 'files.ipynb' });
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await contents.writeFile('a b#%é.bin', bytes);
    await run(session, `data = open('a b#%é.bin','rb').read(); open('back.bin','wb').write(data[::-1])`);
    assert.deepEqual(Buffer.from((await contents.readFile('back.bin')).bytes), Buffer.from(bytes).reverse());
    await assert.rejects(contents.stat('nowhere'), (e) => isJupyterError(e, 'NotFound'));
    await connection.server.shutdownKernel(session.kernelId);
  });

  it('interrupts, reports an error and asks for input', async () => {
    const session = await connection.server.openKernel({ path: 'talk.ipynb' });
    // Not the status: a kernel is busy with its start, too, and an interrupt in that moment ends nothing.
    let asleep!: () => void;
    const sleeping = new Promise<void>((resolve) => (asleep = resolve));
    const { done } = session.execute('import time\nprint("zzz", flush=True)\ntime.sleep(60)', {
      output: (event) => event.kind === 'stream' && asleep(),
    });
    await sleeping;
    await session.interrupt();
    assert.equal((await done).ok, false);
    const asked = session.execute('print("hello", input("name? "))', {
      output: (event) => event.kind === 'stream' && assert.equal(event.text, 'hello bob\n'),
      input: (prompt) => Promise.resolve(prompt === 'name? ' ? 'bob' : undefined),
    });
    assert.equal((await asked.done).ok, true);
    await connection.server.shutdownKernel(session.kernelId);
  });

  it('lets a cell go on when every connection is cut, and hands over what it printed meanwhile', async function () {
    this.timeout(150_000);
    const session = await connection.server.openKernel({ path: 'cut.ipynb' });
    const notices: (string | undefined)[] = [];
    session.onDidChangeConnection((problem) => void notices.push(problem?.code));
    // Past what is cut.
    const direct = await connectionsOf(lab, 'alice');
    try {
      const { server } = direct.connections.get(ref);
      const kernel = async () => (await server.kernels()).find(({ id }) => id === session.kernelId)!;
      const go = (file: string) => server.contents.writeFile(file, new Uint8Array());
      let text = '';
      let printed!: () => void;
      const firstPrinted = new Promise<void>((resolve) => (printed = resolve));
      const { done } = session.execute(
        `import os, time
for i, file in enumerate([None, None, "cut", None, None, "back", None, None]):
  while file and not os.path.exists(file): time.sleep(0.02)
  print(i, flush=True)`,
        {
          output: (event) => {
            if (event.kind === 'stream') text += event.text;
            if (text.includes('1')) printed();
          },
        },
      );
      await firstPrinted;
      await lab.proxy.path('refused');
      // What Jupyter sends before it knows of the cut is lost. Where it has nothing to send, its ping finds out: after 30 s.
      while ((await kernel()).connections !== 0) await delay(100);
      const { lastActivity } = await kernel();
      await go('cut');
      while ((await kernel()).lastActivity === lastActivity) await delay(20);
      const back = new Promise<void>((resolve) => session.onDidChangeConnection((problem) => !problem && resolve()));
      await lab.proxy.path('open');
      await back;
      await go('back');
      assert.deepEqual(await done, { ok: true, executionCount: 1 });
      assert.equal(text, '0\n1\n2\n3\n4\n5\n6\n7\n');
      assert.deepEqual(notices, ['ConnectionLost', undefined]);
    } finally {
      await lab.proxy.path('open');
      direct.things.dispose();
    }
    await connection.server.shutdownKernel(session.kernelId);
  });

  it('ends a cell whose kernel was killed, and runs the next one in a new process', async () => {
    const session = await connection.server.openKernel({ path: 'killed.ipynb' });
    const { problem } = await run(session, 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)');
    assert.equal(problem?.code === 'KernelEnded' && problem.reason, 'died');
    assert.equal((await run(session, 'print(1 + 1)')).text, '2\n');
    await connection.server.shutdownKernel(session.kernelId);
  });

  it('ends a cell when the pod is replaced under it, and works with the new pod', async () => {
    const session = await connection.server.openKernel({ path: 'pod.ipynb' });
    const running = run(session, 'import time; time.sleep(60)');
    await new Promise<void>((resolve) => session.onDidChangeStatus((status) => status === 'busy' && resolve()));
    await lab.kubectl(['-n', 'alice', 'delete', 'pod', `${name}-0`, '--wait=false']);
    const { ok, problem } = await running;
    assert.equal(ok, false);
    assert.equal(problem?.code, 'KernelEnded');
    const next = await connection.server.openKernel({ path: 'pod.ipynb' });
    assert.equal((await run(next, 'print(3)')).text, '3\n');
  });

  it('says that the server is stopped, and starts nothing', async () => {
    const session = await connection.server.openKernel({ path: 'pod.ipynb' });
    const running = run(session, 'import time; time.sleep(60)');
    const stop = { metadata: { annotations: { 'kubeflow-resource-stopped': new Date().toISOString() } } };
    await lab.kubectl(['-n', 'alice', 'patch', 'notebook', name, '--type=merge', '-p', JSON.stringify(stop)]);
    const { problem } = await running;
    assert.equal(problem?.code === 'KernelEnded' && problem.reason, 'serverStopped');
    // The controller follows the stop in its own time.
    const stopped = ['wait', `statefulset/${name}`, '--for=jsonpath={.spec.replicas}=0', '--timeout=30s'];
    await lab.kubectl(['-n', 'alice', ...stopped]);
    await assert.rejects(
      connection.server.contents.list(''),
      (e) => isJupyterError(e, 'NotRunning') && e.problem.why === 'stopped',
    );
    const replicas = await lab.kubectl(['-n', 'alice', 'get', 'statefulset', name, '-o', 'jsonpath={.spec.replicas}']);
    assert.equal(replicas, '0');
  });
});
