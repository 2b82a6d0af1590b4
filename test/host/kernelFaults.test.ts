import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/api.ts';
import type { Connection } from '../../src/editor/connections.ts';
import { pods } from '../../src/k8s/objects.ts';
import { extensionIn, until } from './support/extension.ts';
import { showLocal, start, text } from './support/notebooks.ts';
import { labContext, RemoteLab } from './support/remoteLab.ts';

const name = 'host-faults';
const gone = 'Its variables are gone; your notebook is not\\.\\n$';
const restarted = new RegExp(`${name} was restarted, and the kernel with it\\. ${gone}`);

interface World {
  lab: RemoteLab;
  /** The processes that the cell said it runs in. */
  kernel: number;
  jupyter: number;
}

interface Row {
  fault: string;
  make: (world: World) => unknown;
  /** The sentence under the cell that ends with it; a cell without one goes on. */
  says?: RegExp;
  /** Numbers are missing, and it is said where. */
  loses?: true;
}

/** The same as in test/cluster/kernelFaults, as far as a notebook shows it. */
const rows: Row[] = [
  {
    fault: 'the tunnel is cut',
    make: ({ lab }) => {
      lab.away(true);
      lab.away(false);
    },
  },
  {
    // Two heartbeats, 20 to 40 s, until anybody notices.
    fault: 'the connection is half-open',
    make: ({ lab }) => lab.forget(),
    loses: true,
  },
  {
    fault: 'the API server is restarted',
    make: async ({ lab }) => {
      await lab.component('kube-apiserver', 'kill');
      await lab.component('kube-apiserver', 'start');
    },
  },
  {
    fault: 'the kernel is killed',
    make: ({ kernel }) => process.kill(kernel, 'SIGKILL'),
    says: new RegExp(`The kernel ended, and it is not known why\\. .* ${gone}`),
  },
  {
    fault: 'Jupyter is restarted',
    make: ({ jupyter }) => process.kill(jupyter, 'SIGKILL'),
    says: restarted,
  },
  {
    fault: 'the pod is deleted, and replaced',
    make: ({ lab }) => lab.cluster.delete(pods, { namespace: 'alice', name: `${name}-0` }),
    says: restarted,
  },
];

describe('a notebook whose cell runs', function () {
  this.timeout(240_000);
  const ref = { context: labContext, namespace: 'alice', name };
  let lab: RemoteLab;
  let api: TestApi;
  let connection: Connection;

  before(async () => {
    lab = await RemoteLab.open();
    await lab.create(name);
    api = await extensionIn(lab);
    connection = await api.connections.open(ref);
    await connection.server.waitUntilAnswers(undefined, 90_000);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await lab?.remove(name);
    lab?.close();
  });

  for (const [index, row] of rows.entries()) {
    const then = row.says ? 'says so and is started again by the next cell' : 'goes on';
    it(`${then} when ${row.fault}`, async () => {
      const notebook = await showLocal(`faults-${index}.ipynb`);
      await api.controllers.select(notebook, ref);
      const stop = `stop-${index}`;
      const cell = await start(notebook, counting(stop));
      await until(() => numbers(cell).length > 10, 'the cell to count', 90_000);
      const [, kernel, jupyter] = /processes (\d+) (\d+)/.exec(text(cell))!;
      await row.make({ lab, kernel: Number(kernel), jupyter: Number(jupyter) });
      if (!row.says) {
        const before = numbers(cell).length;
        await until(() => numbers(cell).length > before + 50, 'further numbers', 120_000);
        await connection.server.contents.writeFile(stop, new Uint8Array());
      }
      await ended(cell);

      assert.deepEqual(lies(cell), []);
      assert.equal(cell.executionSummary?.success, !row.says);
      assert.equal(cell.executionSummary?.executionOrder, 1);
      assert.ok(cell.executionSummary.timing!.endTime > cell.executionSummary.timing!.startTime);
      if (row.loses) assert.match(text(cell), lossSentence);
      if (row.says) assert.match(text(cell), row.says);

      const next = await ended(await start(notebook, 'print(i)'));
      if (!row.says) assert.equal(text(next), `${numbers(cell).at(-1)! + 1}\n`);
      else {
        assert.match(text(next), /NameError/);
        assert.equal(text(await ended(await start(notebook, 'print(2)'))), '2\n');
      }
    });
  }
});

const lossSentence = /Output from [\d:]+ to [\d:]+ was not kept by the server\./;

const counting = (stop: string) => `import os, time
i = 0
print("processes", os.getpid(), os.getppid(), flush=True)
while not os.path.exists("${stop}"):
  print(i, flush=True); i += 1; time.sleep(0.05)`;

async function ended(cell: vscode.NotebookCell): Promise<vscode.NotebookCell> {
  await until(() => cell.executionSummary?.success !== undefined, `the end of: ${cell.document.getText()}`, 120_000);
  return cell;
}

const lines = (cell: vscode.NotebookCell) => text(cell).split(/[\n|]+/);

function numbers(cell: vscode.NotebookCell): number[] {
  return lines(cell)
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}

/** Numbers that are missing without a word, and words without a missing number. */
function lies(cell: vscode.NotebookCell): string[] {
  const found: string[] = [];
  let last = -1;
  let named = false;
  for (const line of lines(cell)) {
    if (lossSentence.test(line)) named = true;
    if (!/^\d+$/.test(line)) continue;
    if (Number(line) > last + 1 !== named) found.push(`${line} after ${last}${named ? ', said to be lost' : ''}`);
    last = Number(line);
    named = false;
  }
  return found;
}
