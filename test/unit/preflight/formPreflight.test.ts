import assert from 'node:assert/strict';
import { KubeError } from '../../../src/k8s/errors.ts';
import { findingKey } from '../../../src/kubeflow/form/finding.ts';
import type { Session } from '../../../src/kubeflow/sessions.ts';
import type { SpawnForm, SpawnOptions } from '../../../src/kubeflow/form.ts';
import { FormPreflight } from '../../../src/views/formPreflight.ts';
import type { ToForm } from '../../../webview-ui/contract.ts';
import { form, gpus, options } from '../form/support.ts';
import { node } from './support.ts';

type Checked = Extract<ToForm, { type: 'checked' }>;
const notFound = new KubeError({ code: 'NotFound', message: '', missing: 'object' });
const t = (text: string, ...args: unknown[]): string =>
  text.replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)]));

/** A cluster that says yes to everything, unless `says` has another answer to a request. */
function host(o: { says?: (what: string) => unknown; options?: SpawnOptions } = {}) {
  const asked: string[] = [];
  const answer = (what: string, usual: () => unknown): Promise<unknown> => {
    asked.push(what);
    return Promise.resolve().then(() => o.says?.(what) ?? usual());
  };
  const cluster = {
    get: (type: { plural: string }, { name }: { name: string }) =>
      answer(`get ${type.plural} ${name}`, () => {
        throw notFound;
      }),
    list: ({ plural }: { plural: string }) =>
      answer(`list ${plural}`, () => ({ metadata: {}, items: plural === 'nodes' ? [node('a')] : [] })),
    create: (type: { plural: string }, body: { spec?: object }, { dryRun }: { dryRun?: boolean }) => {
      assert.ok(dryRun, 'nothing is made');
      return answer(`try ${type.plural}`, () => ({ ...body, spec: { ...body.spec, storageClassName: 'standard' } }));
    },
  };
  const access = { can: () => Promise.resolve('yes'), canReachPods: () => Promise.resolve('yes') };
  let session = { cluster, access, context: { name: 'prod' } } as unknown as Session;
  const moves = (): void => {
    session = { ...session };
  };
  const posted: Checked[] = [];
  const said: string[] = [];
  const waiting: { until: (message: Checked) => boolean; done: () => void }[] = [];
  const preflight = new FormPreflight({
    place: () => ({ session, options: o.options ?? options() }),
    post: (message) => {
      if (message.type !== 'checked') return void said.push('asking');
      said.push(message.checked.asking ? 'answer, more to come' : 'answer');
      posted.push(message);
      for (const one of waiting) if (one.until(message)) one.done();
    },
    report: (error) => assert.fail(String(error)),
    t,
    times: { look: 1, dryRun: 5 },
  });
  const seen = (until: (message: Checked) => boolean): Promise<void> =>
    new Promise((done) => waiting.push({ until, done }));
  const settled = (): Promise<void> => seen(({ checked }) => !checked.asking && checked.gpus !== undefined);
  const last = (): Checked => posted.at(-1)!;
  const dryRuns = (): string[] => asked.filter((what) => what.startsWith('try '));
  return { preflight, asked, posted, said, settled, last, dryRuns, moves };
}

async function check(h: ReturnType<typeof host>, typed: SpawnForm): Promise<void> {
  const settled = h.settled();
  h.preflight.changed(typed, 1);
  await settled;
}

const service = (what: string): unknown => (what === 'get services bert' ? { metadata: { name: 'bert' } } : undefined);

describe('a form that is checked while it is typed in', () => {
  it('is tried as a whole when it rests, and is said to be asked about until then', async () => {
    const h = host();
    await check(h, form());
    assert.deepEqual(h.dryRuns(), ['try notebooks', 'try persistentvolumeclaims', 'try pods']);
    assert.deepEqual(h.said, ['asking', 'answer, more to come', 'answer']);
    assert.deepEqual(h.last().checked.findings, []);
  });

  it('is not tried while something stands in its way', async () => {
    const h = host({ says: service });
    await check(h, form());
    assert.deepEqual(
      h.last().checked.findings.map(({ code }) => code),
      ['leftoverService'],
    );
    assert.deepEqual(h.dryRuns(), []);
    const own = host();
    await check(own, form({ cpu: 'x' }));
    assert.deepEqual(own.dryRuns(), []);
  });

  it('is not tried again while nothing changes, and tells what is known', async () => {
    const h = host();
    await check(h, form());
    const told = h.posted.length;
    h.preflight.changed(form(), 1);
    assert.equal(h.posted.length, told + 1);
    // What it would ask for is asked for by the time that another form has been.
    await check(h, form({ cpu: '2' }));
    assert.equal(h.dryRuns().length, 6);
  });

  it('gives up on what has been typed over', async () => {
    const h = host();
    const settled = h.settled();
    h.preflight.changed(form({ name: 'ber' }), 1);
    h.preflight.changed(form({ name: 'bert' }), 1);
    await settled;
    assert.ok(!h.asked.includes('get services ber'));
    assert.equal(h.dryRuns().length, 3);
  });

  it('is told which of its editions an answer is about', async () => {
    const h = host();
    const settled = h.settled();
    h.preflight.changed(form({ name: 'ber' }), 1);
    h.preflight.changed(form({ name: 'bert' }), 2);
    await settled;
    assert.deepEqual(
      h.posted.map(({ edition }) => edition),
      [2, 2],
    );
    h.preflight.changed(form({ name: 'bert' }), 3);
    assert.equal(h.last().edition, 3);
    assert.ok(await h.preflight.clears(form({ cpu: '2' }), 4, []));
    assert.equal(h.last().edition, 4);
  });

  it('has the refusal at its field', async () => {
    const quota = new KubeError({
      code: 'Refused',
      by: 'quota',
      message: 'exceeded quota: q, requested: requests.cpu=1',
    });
    const h = host({
      says: (what) => {
        if (what === 'try pods') throw quota;
      },
    });
    await check(h, form());
    assert.equal(h.last().checked.refusal?.field, 'cpu');
  });

  it('takes a cluster that does not answer for no refusal', async () => {
    const h = host({
      says: (what) => {
        if (what === 'try notebooks') throw new KubeError({ code: 'Timeout', seconds: 30 });
      },
    });
    await check(h, form());
    assert.equal(h.last().checked.refusal, undefined);
    assert.match(h.last().checked.unanswered ?? '', /prod did not answer/);
  });
});

describe('a launch that is asked for', () => {
  it('goes on where nothing is in its way', async () => {
    assert.ok(await host().preflight.clears(form(), 1, []));
  });

  it('is blocked by what the cluster has got meanwhile', async () => {
    let there = false;
    const h = host({ says: (what) => (there ? service(what) : undefined) });
    await check(h, form());
    there = true;
    assert.equal(await h.preflight.clears(form(), 1, []), undefined);
    assert.equal(h.last().answer, 'blocked');
    there = false;
    assert.ok(await h.preflight.clears(form(), 1, []));
  });

  it('asks about a warning once', async () => {
    const o = options({ nodeGpus: {} });
    const h = host({ options: o });
    const typed = form({ gpus: gpus('1') }, o);
    assert.equal(await h.preflight.clears(typed, 1, []), undefined);
    assert.equal(h.last().answer, 'asks');
    const warning = { field: 'gpus.0.key', severity: 'warning', code: 'gpuNotOffered' } as const;
    const accepted = [findingKey({ ...warning, params: { key: 'nvidia.com/gpu' } })];
    assert.ok(await h.preflight.clears(typed, 1, accepted));
  });

  it('is none any more when the form is changed before the cluster has answered, and that form is checked', async () => {
    const h = host();
    const settled = h.settled();
    const clears = h.preflight.clears(form(), 1, []);
    h.preflight.changed(form({ cpu: '2' }), 1);
    assert.equal(await clears, undefined);
    await settled;
    assert.equal(h.last().answer, undefined);
  });

  it('goes on beside a page that only tells the same form again', async () => {
    const h = host();
    const clears = h.preflight.clears(form(), 1, []);
    h.preflight.changed(form(), 1);
    assert.deepEqual(await clears, form());
  });

  it('is none of a form that is as it was again: the page has thought of another one since', async () => {
    const h = host();
    const settled = h.settled();
    const clears = h.preflight.clears(form(), 1, []);
    h.preflight.changed(form({ cpu: '2' }), 2);
    h.preflight.changed(form(), 3);
    assert.equal(await clears, undefined);
    await settled;
    assert.equal(h.last().edition, 3);
  });

  it('is of the form that it was asked for again with, where that is another one', async () => {
    const h = host();
    const clears = h.preflight.clears(form(), 1, []);
    assert.equal(await h.preflight.clears(form({ cpu: '2' }), 2, []), undefined);
    assert.deepEqual(await clears, form({ cpu: '2' }));
    assert.deepEqual(
      h.posted.map(({ edition }) => edition),
      [2],
    );
  });

  it('comes to nothing when another form begins', async () => {
    const h = host();
    const clears = h.preflight.clears(form(), 1, []);
    h.preflight.forget();
    assert.equal(await clears, undefined);
    assert.deepEqual(h.said, ['asking']);
  });

  it('is of the form that begins next, also where that is the same: it is checked, and can be launched', async () => {
    const h = host();
    const settled = h.settled();
    void h.preflight.clears(form(), 1, []);
    h.preflight.forget();
    h.preflight.changed(form(), 2);
    await settled;
    assert.equal(h.last().edition, 2);
    const first = h.preflight.clears(form(), 2, []);
    h.preflight.forget();
    assert.equal(await h.preflight.clears(form(), 3, []), undefined);
    assert.deepEqual(await first, form());
  });

  it('comes to nothing when the form stands for another context by then', async () => {
    const h = host();
    const clears = h.preflight.clears(form(), 1, []);
    h.moves();
    assert.equal(await clears, undefined);
  });

  it('comes to nothing when the tab is closed, without a word', async () => {
    const h = host();
    const clears = h.preflight.clears(form(), 1, []);
    h.preflight.dispose();
    assert.equal(await clears, undefined);
  });

  it('is left to the launch’s own check where the cluster does not answer', async () => {
    const h = host({
      says: () => {
        throw new KubeError({ code: 'Timeout', seconds: 30 });
      },
    });
    assert.ok(await h.preflight.clears(form(), 1, []));
  });
});
