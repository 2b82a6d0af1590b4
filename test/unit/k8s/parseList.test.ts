import assert from 'node:assert/strict';
import { parseList } from '../../../src/k8s/parseList.ts';

interface Item {
  apiVersion?: string;
  kind?: string;
  metadata: { name: string; [key: string]: unknown };
}

describe('reading a large list', () => {
  const items = (count: number, more: (n: number) => object = () => ({})): Item[] =>
    Array.from({ length: count }, (_, n) => ({
      apiVersion: 'kubeflow.org/v1beta1',
      kind: 'Notebook',
      metadata: { name: `ä-${n}`, note: 'x'.repeat(900) },
      ...more(n),
    }));
  const custom = (list: Item[]) =>
    JSON.stringify({ apiVersion: 'v1', items: list, kind: 'NotebookList', metadata: { resourceVersion: '7' } });
  const core = (list: Item[]) =>
    JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: list });
  /** How often other work had its turn. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0;
    let over = false;
    const count = (): void => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await work;
    over = true;
    return turns;
  }

  for (const [form, text] of [
    ['of custom resources', custom(items(2000))],
    ['of built-in ones', core(items(2000).map(({ metadata }) => ({ metadata })))],
    [
      'whose items hold what looks like the begin of another one',
      custom(
        items(2000, (n) => ({ spec: { list: items(1 + (n % 3)), text: `},{"apiVersion":"kubeflow.org/v1beta1` } })),
      ),
    ],
    ['with one item larger than a slice', custom(items(3, () => ({ data: 'y'.repeat(400_000) })))],
    ['of nothing', custom([])],
    ['with items: null', '{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":null}'],
  ] as const) {
    it(`gives what JSON.parse gives for a list ${form}`, async () => {
      const whole = JSON.parse(text) as { items: Item[] | null; metadata: { resourceVersion: string } };
      const list = await parseList<Item>(Buffer.from(text));
      assert.deepEqual({ ...list, items: list.items ?? [] }, { ...whole, items: whole.items ?? [] });
    });
  }

  it('lets other work have its turn, about once in 256 kB', async () => {
    const bytes = Buffer.from(custom(items(5000)));
    const turns = await turnsDuring(parseList<Item>(bytes));
    assert.ok(turns >= Math.floor(bytes.length / 300_000), `${turns} turns in ${bytes.length} bytes`);
  });

  it('gives each item to the caller once, in their order', async () => {
    const names: string[] = [];
    await parseList<Item>(Buffer.from(custom(items(1000))), ({ metadata }) => names.push(metadata.name));
    assert.deepEqual(
      names,
      items(1000).map(({ metadata }) => metadata.name),
    );
  });

  it('ends when it is no longer wanted', async () => {
    const control = new AbortController();
    const reading = parseList<Item>(
      Buffer.from(custom(items(2000))),
      () => control.abort(new Error('enough')),
      control.signal,
    );
    await assert.rejects(reading, /enough/);
  });

  it('rejects what is cut off', async () => {
    const text = custom(items(2000));
    await assert.rejects(parseList<Item>(Buffer.from(text.slice(0, text.length - 500))), SyntaxError);
  });
});
