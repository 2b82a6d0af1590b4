import assert from 'node:assert/strict';
import type { TargetState } from '../../../src/jupyter/target.ts';
import { pauseMs, reduce, type TunnelFacts, type TunnelState } from '../../../src/jupyter/tunnelState.ts';

const ready = (uid: string): TargetState => ({ kind: 'ready', pod: { namespace: 'a', pod: 'p', uid, port: 1 } });
const none = (why: 'stopped' | 'starting' | 'failing' | 'deleted' | 'unknown'): TargetState => ({ kind: 'none', why });
const facts = (target: TargetState, waiting = true): TunnelFacts => ({ target, waiting, now: 1000, random: 0.5 });
const up: TunnelState = { kind: 'up', uid: 'u' };

describe('a tunnel, as states', () => {
  it('dials when somebody wants a connection and there is a pod', () => {
    assert.deepEqual(reduce({ kind: 'idle' }, { type: 'wanted' }, facts(ready('u'))), [
      { kind: 'connecting' },
      ['stopTimer', 'dial'],
    ]);
  });

  for (const why of ['stopped', 'failing', 'deleted'] as const)
    it(`says no at once when the server is ${why}, and starts nothing`, () => {
      const [state, effects] = reduce({ kind: 'idle' }, { type: 'wanted' }, facts(none(why)));
      assert.deepEqual(state, { kind: 'failed', why });
      assert.ok(effects.includes('rejectWaiters') && !effects.includes('dial'));
    });

  for (const why of ['starting', 'unknown'] as const)
    it(`waits while the server is ${why}, then dials`, () => {
      const [waiting, effects] = reduce({ kind: 'idle' }, { type: 'wanted' }, facts(none(why)));
      assert.equal(waiting.kind, 'connecting');
      assert.ok(!effects.includes('dial') && !effects.includes('rejectWaiters'));
      assert.ok(reduce(waiting, { type: 'target' }, facts(ready('u')))[1].includes('dial'));
    });

  it('drops every connection when the pod is another one', () => {
    assert.deepEqual(reduce(up, { type: 'target' }, facts(ready('other'))), [
      { kind: 'connecting' },
      ['stopTimer', 'dropAll', 'dial'],
    ]);
    assert.deepEqual(reduce(up, { type: 'target' }, facts(ready('other'), false)), [
      { kind: 'idle' },
      ['stopTimer', 'dropAll'],
    ]);
  });

  it('keeps what works while the same pod changes, or nothing is known of it', () => {
    assert.deepEqual(reduce(up, { type: 'target' }, facts(ready('u'))), [up, []]);
    assert.deepEqual(reduce(up, { type: 'target' }, facts(none('unknown'))), [up, []]);
  });

  it('tries again after a failure only while somebody waits', () => {
    const failed = { type: 'openFailed', cause: 'network', problem: 'x' } as const;
    assert.equal(reduce(up, failed, facts(ready('u')))[0].kind, 'retrying');
    assert.deepEqual(reduce(up, failed, facts(ready('u'), false)), [up, ['dropSpare']], 'what works goes on');
    assert.equal(reduce(up, { ...failed, cause: 'refused' }, facts(ready('u'), false))[0].kind, 'idle');
  });

  it('does not try again by itself when no second try can help', () => {
    const [state, effects] = reduce(up, { type: 'openFailed', cause: 'final', problem: 'x' }, facts(ready('u')));
    assert.deepEqual(state, { kind: 'failed', why: 'final', problem: 'x' });
    assert.ok(effects.includes('rejectWaiters'));
  });

  it('asks quickly while nobody listens yet, and backs off from an absent network up to 5 s', () => {
    assert.equal(pauseMs(1, 'refused', 0.9), 250);
    assert.equal(pauseMs(20, 'refused', 0.9), 250);
    assert.ok(pauseMs(30, 'refused', 0.9) > 1000);
    const network = [1, 2, 3, 8, 50].map((attempt) => pauseMs(attempt, 'network', 0.999));
    assert.deepEqual(
      network,
      [...network].sort((a, b) => a - b),
    );
    assert.ok(network.at(-1)! <= 5000 && network[0]! < 700);
    assert.ok(pauseMs(50, 'network', 0) >= 100);
  });

  it('dials at once when asked to reconnect, and not when it is up', () => {
    const retrying: TunnelState = { kind: 'retrying', attempt: 3, retryAt: 9999, cause: 'network', problem: 'x' };
    assert.deepEqual(reduce(retrying, { type: 'reconnectNow' }, facts(ready('u')))[1], ['stopTimer', 'dial']);
    assert.deepEqual(reduce(up, { type: 'reconnectNow' }, facts(ready('u'))), [up, []]);
  });
});
