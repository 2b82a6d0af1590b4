import assert from 'node:assert/strict';
import type { TargetState } from '../../../src/jupyter/target.ts';
import type { TunnelState } from '../../../src/jupyter/tunnelState.ts';
import { tunnelWait } from '../../../src/jupyter/tunnelWait.ts';
import { KubeError } from '../../../src/k8s/errors.ts';
import { inEnglish as t } from '../../../src/views/words/translate.ts';
import { tunnelWaitWords } from '../../../src/views/words/tunnel.ts';

const ready: TargetState = { kind: 'ready', pod: { namespace: 'a', pod: 'p', uid: 'u', port: 1 } };
const none = (why: 'stopped' | 'starting' | 'unknown'): TargetState => ({ kind: 'none', why });
const said = (state: TunnelState, target: TargetState): string => {
  const wait = tunnelWait(state, target);
  return wait ? tunnelWaitWords(t, wait, 'prod') : '';
};
const retrying = { kind: 'retrying', attempt: 1, retryAt: 1 } as const;
const lost = new KubeError({ code: 'Unreachable', host: '10.2.3.4:6443', reason: 'timeout', detail: 'x' });
const forbidden = new KubeError({ code: 'Forbidden', verb: 'create', resource: 'pods/portforward', message: 'x' });

describe('what a tunnel waits for', () => {
  it('is said in words: pod, news of it, Jupyter, the way', () => {
    assert.match(said({ kind: 'connecting' }, none('starting')), /its pod to start/);
    assert.match(said({ kind: 'connecting' }, none('unknown')), /prod to tell where/);
    assert.match(said({ ...retrying, cause: 'refused', problem: 'x' }, ready), /to listen/);
    const away = said({ ...retrying, cause: 'network', problem: lost }, ready);
    assert.match(
      away,
      /prod does not answer at 10\.2\.3\.4:6443\. .* tried again by itself, or at once with Reconnect Now/,
    );
  });

  it('is a person, where a right is missing, which is named', () => {
    assert.match(said({ kind: 'failed', why: 'final', problem: forbidden }, ready), /create pods\/portforward/);
  });

  it('is nothing while it is up, unused, or the server is stopped', () => {
    assert.equal(said({ kind: 'up', uid: 'u' }, ready), '');
    assert.equal(said({ kind: 'idle' }, ready), '');
    assert.equal(said({ kind: 'failed', why: 'stopped' }, none('stopped')), '');
  });
});
