import assert from 'node:assert/strict';
import { parseMemory, parseNvidiaUse, parseRocmUse, type Usage } from '../../../src/kubeflow/usage.ts';
import { ServerUsage } from '../../../src/views/tree/serverUsage.ts';
import { inEnglish as t } from '../../../src/views/words/translate.ts';
import { usageFacts } from '../../../src/views/words/usage.ts';

const gi = 2 ** 30;

describe('what a server uses', () => {
  it('is its memory without what the kernel can drop, by either version of cgroups', () => {
    const v2 = `used ${gi}\nlimit ${2 * gi}\ninactive_file ${gi / 2}\n`;
    assert.deepEqual(parseMemory(v2, 2 * gi), { used: gi / 2, limit: 2 * gi });
    const v1 = `used ${gi}\nlimit ${2 * gi}\ninactive_file 7\ntotal_inactive_file ${gi / 4}\n`;
    assert.equal(parseMemory(v1, 2 * gi + 4000)?.limit, 2 * gi, 'the kernel rounds to pages');
  });

  it('is not what the cgroup of another thing says: of the machine, or of who knows whom', () => {
    assert.equal(parseMemory(`used ${gi}\nlimit ${8 * gi}\n`, 2 * gi), undefined);
    assert.equal(parseMemory(`used ${gi}\nlimit max\n`, undefined), undefined);
    assert.equal(parseMemory('', 2 * gi), undefined);
  });

  it('is what the driver says of each device, and nothing where it does not', () => {
    assert.deepEqual(parseNvidiaUse('Tesla T4, 37, 1024, 15360\nA100 MIG, [N/A], 2, 100\n'), [
      { percent: 37, memory: { used: gi, total: 15 * gi } },
      { memory: { used: 2 * 2 ** 20, total: 100 * 2 ** 20 } },
    ]);
    assert.deepEqual(parseNvidiaUse('No devices were found\n'), []);
    const card = { 'GPU use (%)': '3', 'VRAM Total Memory (B)': '200', 'VRAM Total Used Memory (B)': '100' };
    const rocm = JSON.stringify({ card0: card, system: {} });
    assert.deepEqual(parseRocmUse(`WARNING: x\n${rocm}`), [{ percent: 3, memory: { used: 100, total: 200 } }]);
    assert.deepEqual(parseRocmUse('rocm-smi: not found'), []);
  });

  it('is said in a row for each, and that it is simulated', () => {
    const gpu = { percent: 37, memory: { used: 1e9, total: 16e9 } };
    assert.deepEqual(usageFacts(t, { gpus: [gpu], memory: { used: 5e8, limit: 2e9 } }), [
      ['GPU in use', '37% · 1 GB of 16 GB'],
      ['Memory in use', '500 MB of 2 GB'],
    ]);
    assert.deepEqual(usageFacts(t, { gpus: [{ percent: 0 }, {}], simulated: true }), [
      ['GPU 0 in use', '0% (simulated)'],
    ]);
  });
});

describe('a tooltip that tells what a server uses', () => {
  let now = 0;
  let answers: ((usage: Usage | Error) => void)[] = [];
  let [changes, failures] = [0, 0];
  const usage: Usage = { gpus: [{ percent: 1 }] };
  const make = () =>
    new ServerUsage({
      ask: () =>
        new Promise((resolve, reject) =>
          answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
        ),
      changed: () => changes++,
      failed: () => failures++,
      now: () => now,
    });
  beforeEach(() => ([now, answers, changes, failures] = [0, [], 0, 0]));

  it('asks nobody before it shows, and at most every ten seconds', async () => {
    const server = make();
    assert.equal(answers.length, 0);
    const looks = [server.look(), server.look()];
    answers[0]!(usage);
    for (const look of looks) await look;
    assert.deepEqual(server.current, usage);
    now = 9_999;
    assert.equal(server.look(), undefined);
    assert.equal(answers.length, 1);
    now = 10_000;
    assert.equal(server.current, undefined, 'an old answer is not shown');
    void server.look();
    assert.equal(answers.length, 2);
    server.dispose();
  });

  it('does not wait for a late answer, and is drawn again when that is there', async () => {
    const server = make();
    await server.look();
    assert.equal(server.current, undefined);
    answers[0]!(usage);
    await new Promise(setImmediate);
    assert.deepEqual([server.current, changes], [usage, 1]);
    server.dispose();
  });

  it('tells nothing, and does not ask again at once, where it may not', async () => {
    const server = make();
    const look = server.look();
    answers[0]!(new Error('forbidden'));
    await look;
    assert.deepEqual([server.current, server.look(), failures, changes], [undefined, undefined, 1, 0]);
  });
});
