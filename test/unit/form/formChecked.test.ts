import assert from 'node:assert/strict';
import { formWords } from '../../../src/views/words/form.ts';
import type { Checked } from '../../../webview-ui/contract.ts';
import { gpuHint } from '../../../webview-ui/spawn/gpuHint.ts';
import { FormState } from '../../../webview-ui/spawn/state.ts';
import { form, gpus, options } from './support.ts';

const words = formWords((text) => text);

function state(checked: Partial<Checked> = {}, o = options(), typed = form({}, o)): FormState {
  const place = { context: 'lab', contexts: ['lab'], options: o, loading: false };
  const made = new FormState('1', words, place, typed);
  made.checked = { findings: [], asking: false, ...checked };
  return made;
}

describe('what the cluster said of the form', () => {
  const leftover: Partial<Checked> = {
    findings: [
      { field: 'name', severity: 'error', code: 'leftoverService', params: { name: 'bert', namespace: 'alice' } },
    ],
  };

  it('is shown at once, though nobody has touched the field', () => {
    const made = state(leftover);
    const [remark] = made.remarks();
    assert.match(remark?.text ?? '', /^alice has a Service named bert/);
    assert.ok(remark && made.shows(remark));
  });

  it('does not keep Launch from asking it anew', () => {
    const made = state(leftover);
    assert.equal(made.launchable, true);
    assert.equal(made.blocking, undefined);
  });

  it('is no longer said once the field is another one, and goes with the profile', () => {
    const made = state(leftover);
    made.touch('cpu');
    assert.equal(made.remarks().length, 1);
    made.touch('name');
    assert.deepEqual(made.remarks(), []);
    const moved = state(leftover);
    moved.touch('namespace');
    assert.deepEqual(moved.remarks(), []);
  });

  it('stays while a field is only looked at, and goes with the context', () => {
    const made = state({ ...leftover, refusal: { field: 'cpu', text: 'Too much.' } });
    made.visit('name');
    made.visit('cpu');
    assert.equal(made.remarks().length, 2);
    made.setPlace({ ...made.place, context: 'another' });
    assert.deepEqual(made.remarks(), []);
  });

  it('is a refusal at its field, and goes when that is changed', () => {
    const made = state({ refusal: { field: 'cpu', text: 'Too much.' } });
    assert.deepEqual(
      made.remarks().map(({ field, severity, text }) => [field, severity, text]),
      [['cpu', 'error', 'Too much.']],
    );
    made.touch('memory');
    assert.equal(made.remarks().length, 1);
    made.touch('cpu');
    assert.deepEqual(made.remarks(), []);
  });

  it('counts among the warnings that are to be accepted', () => {
    const o = options({ nodeGpus: {} });
    const findings = [{ field: 'memory', severity: 'warning', code: 'noNodeFitsAll' } as const];
    assert.equal(state({ findings }, o, form({ gpus: gpus('1') }, o)).warnings.length, 2);
  });

  it('is fixed first, before anybody is asked about warnings', () => {
    const o = options({ nodeGpus: {} });
    const typed = form({ gpus: gpus('1') }, o);
    assert.equal(state({}, o, typed).mayAsk, true);
    assert.equal(state(leftover, o, typed).mayAsk, false);
  });

  it('is not taken in when it was said of the form as it was before', () => {
    const made = state();
    const before = made.edition();
    assert.equal(made.hear({ findings: [], asking: true }, before), true);
    made.form.cpu = '2';
    assert.equal(made.hear({ ...leftover, findings: leftover.findings!, asking: false }, before), false);
    assert.deepEqual(made.remarks(), []);
    assert.equal(made.hear({ ...leftover, findings: leftover.findings!, asking: false }, made.edition()), true);
    assert.equal(made.remarks().length, 1);
  });

  it('has to be accepted only while it was said of the form as it is', () => {
    const made = state();
    const findings = [{ field: 'memory', severity: 'warning', code: 'noNodeFitsAll' } as const];
    made.hear({ findings: [...findings], asking: false }, made.edition());
    assert.equal(made.mayAsk, true);
    made.form.cpu = '2';
    made.touch('cpu');
    assert.equal(made.remarks().length, 1);
    assert.equal(made.mayAsk, false);
    made.form.cpu = form().cpu;
    assert.equal(made.mayAsk, false, 'it has another number');
  });

  it('is of another form where the context is another one', () => {
    const made = state();
    const before = made.edition();
    made.setPlace({ ...made.place, context: 'another' });
    assert.notEqual(made.edition(), before);
  });

  it('of volumes goes with them', () => {
    const finding = { field: 'workspace.claim', severity: 'warning', code: 'claimInUse' } as const;
    const made = state({ findings: [finding] });
    const { workspace, dataVolumes } = form();
    made.awaits = { accepted: [] };
    made.setVolumes({ workspace, dataVolumes });
    assert.deepEqual(made.checked.findings, []);
    assert.equal(made.awaits, undefined);
  });

  it('has to be accepted anew when the form changes', () => {
    const made = state();
    made.asks = true;
    made.touch('cpu');
    assert.equal(made.asks, false);
  });
});

describe('the line under the GPUs', () => {
  const quota = (hard: number, used: number) => ({
    quota: { alice: [{ resource: 'requests.nvidia.com/gpu', hard, used }] },
  });
  const nodeGpus = (total: number, largest: number) => ({ nodeGpus: { 'nvidia.com/gpu': { total, largest } } });
  const cases: [Parameters<typeof options>[0], Checked['gpus'], string][] = [
    [{}, undefined, ''],
    [quota(1, 0), undefined, '1 of 1 GPU of your quota left'],
    [quota(4, 3), undefined, '1 of 4 GPUs of your quota left'],
    [
      { ...quota(1, 0), ...nodeGpus(2, 2) },
      { 'nvidia.com/gpu': { total: 2, free: 2 } },
      '1 of 1 GPU of your quota left · 2 free in the cluster',
    ],
    [nodeGpus(8, 4), { 'nvidia.com/gpu': { total: 8, free: 3 } }, '3 free in the cluster · at most 4 on one node'],
    [nodeGpus(2, 2), { 'nvidia.com/gpu': { total: 2 } }, '2 in the cluster'],
    [{}, {}, '0 free in the cluster'],
    [quota(1, 1), 'unknown', '0 of 1 GPU of your quota left · how many the cluster has free is unknown'],
  ];
  for (const [change, found, expected] of cases) {
    it(`is "${expected}"`, () => {
      const o = options(change);
      assert.equal(gpuHint(state({ gpus: found }, o, form({ gpus: gpus('1') }, o))), expected);
    });
  }
});
