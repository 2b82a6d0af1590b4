import assert from 'node:assert/strict';
import { restOf } from '../../../src/jupyter/kernelRest.ts';

const now = new Date('2026-11-26T12:00:00Z');
const kernel = (state: string, lastActivity: string) => ({
  id: 'k',
  name: 'python3',
  connections: 0,
  state,
  lastActivity,
});

describe('the rest of a kernel', () => {
  it('is that of one that has run something and runs nothing now', () => {
    assert.equal(restOf(kernel('idle', '2026-11-26T11:59:59Z'), now), 'idle');
  });

  it('is that of one that nobody ever used: Jupyter says for good that it starts', () => {
    assert.equal(restOf(kernel('starting', '2026-11-26T11:50:00Z'), now), 'neverUsed');
  });

  it('is not that of one that may still be coming up, that is busy or that has ended', () => {
    assert.equal(restOf(kernel('starting', '2026-11-26T11:59:00Z'), now), undefined);
    assert.equal(restOf(kernel('busy', '2026-11-26T08:00:00Z'), now), undefined);
    assert.equal(restOf(kernel('dead', '2026-11-26T08:00:00Z'), now), undefined);
  });

  it('is unknown where the server gives no time', () => {
    assert.equal(restOf(kernel('starting', ''), now), undefined);
  });
});
