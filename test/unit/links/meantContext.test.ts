import assert from 'node:assert/strict';
import { meantContext } from '../../../src/kubeflow/links/meantContext.ts';

const [prod, copy, lab] = [
  { name: 'prod', fingerprint: 'aaaaaaaaaaaaaaaa' },
  { name: 'prod-as-admin', fingerprint: 'aaaaaaaaaaaaaaaa' },
  { name: 'lab', fingerprint: 'bbbbbbbbbbbbbbbb' },
] as const;
const contexts = [prod, copy, lab];

describe('the context that a link means', () => {
  it('is the one by its name that leads to its API server', () => {
    const meant = meantContext({ context: 'prod', fingerprint: prod.fingerprint }, contexts);
    assert.deepEqual(meant, { kind: 'found', context: prod });
  });

  it('is the one by its name, for a link that does not say which API server', () => {
    assert.deepEqual(meantContext({ context: 'lab' }, contexts), { kind: 'found', context: lab });
  });

  it('is doubtful where the name leads to another API server', () => {
    const meant = meantContext({ context: 'lab', fingerprint: prod.fingerprint }, contexts);
    assert.deepEqual(meant, { kind: 'other', context: lab, alike: [prod, copy] });
  });

  it('is unknown where there is no such name, though others may lead there', () => {
    const meant = meantContext({ context: 'production', fingerprint: lab.fingerprint }, contexts);
    assert.deepEqual(meant, { kind: 'unknown', alike: [lab] });
    assert.deepEqual(meantContext({ context: 'x' }, contexts), { kind: 'unknown', alike: [] });
  });
});
