import assert from 'node:assert/strict';
import { PassThrough, type Duplex } from 'node:stream';
import { isJupyterError } from '../../../src/jupyter/errors.ts';
import { Routes } from '../../../src/jupyter/routes.ts';
import { KubeError, type KubeProblem } from '../../../src/k8s/errors.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { PortForwardRefused } from '../../../src/k8s/portForward.ts';
import { RefusedHandshake } from '../../../src/k8s/refusedHandshake.ts';

const pod = { namespace: 'alice', pod: 'mnist-0', uid: 'u', port: 8888 };
const forbidden = (resource: string, verb = 'get') =>
  new KubeError({ code: 'Forbidden', verb, resource, namespace: 'alice', message: 'no' });
const lost = new KubeError({ code: 'Unreachable', host: 'h', reason: 'reset', detail: 'cut' });
const blocked = (problem: KubeProblem = { code: 'Refused', by: 'gateway', message: 'no' }) =>
  new RefusedHandshake(problem, { sent: { headers: {} }, status: 400, byApiServer: false });

class Way {
  tries = 0;
  rights: string[] = [];
  /** What opening comes to; undefined: a stream. */
  result: Error | undefined;

  open(): Promise<Duplex> {
    this.tries++;
    return this.result ? Promise.reject(this.result) : Promise.resolve(new PassThrough());
  }

  missing(): Promise<string[]> {
    return Promise.resolve(this.rights);
  }
}

describe('the ways to a pod', () => {
  let [portForward, podProxy] = [new Way(), new Way()];
  let now = 0;
  let answers = true;
  let routes: Routes;

  beforeEach(() => {
    [portForward, podProxy, now, answers] = [new Way(), new Way(), 0, true];
    routes = new Routes({
      server: 'mnist',
      portForward,
      podProxy,
      answers: () => Promise.resolve(answers),
      logger: silentLogger,
      now: () => now,
    });
  });

  it('are one, as long as port-forward works', async () => {
    await routes.open(pod);
    assert.equal(podProxy.tries, 0);
    assert.equal(routes.detour, false);
  });

  for (const [why, error] of [
    ['the right to port-forward is missing', forbidden('pods/portforward')],
    ['something between lets no WebSocket through', blocked()],
  ] as const) {
    it(`go by pods/proxy when ${why}, for five minutes`, async () => {
      portForward.result = error;
      await routes.open(pod);
      await routes.open(pod);
      assert.deepEqual([portForward.tries, podProxy.tries], [1, 2]);
      [now, portForward.result] = [6 * 60_000, undefined];
      await routes.open(pod);
      assert.deepEqual([portForward.tries, podProxy.tries], [2, 2]);
    });
  }

  it('are not tried by who may not go by pods/proxy', async () => {
    portForward.result = forbidden('pods/portforward');
    podProxy.rights = ['create pods/proxy'];
    await assert.rejects(
      routes.open(pod),
      (e) =>
        isJupyterError(e, 'NoRoute') &&
        assert.deepEqual(e.problem.podProxy.missing, ['create pods/proxy']) === undefined &&
        assert.deepEqual(e.problem.portForward.missing, ['get pods/portforward']) === undefined,
    );
    assert.equal(podProxy.tries, 0);
  });

  it('are both named when the second was tried and does not work', async () => {
    portForward.result = blocked();
    podProxy.result = new KubeError({ code: 'ServerError', status: 503, message: 'error trying to reach service' });
    await assert.rejects(
      routes.open(pod),
      (e) => isJupyterError(e, 'NoRoute') && e.problem.portForward.blocked && /503/.test(e.problem.podProxy.detail),
    );
  });

  it('come to the door where Jupyter does not listen yet, by either', async () => {
    portForward.result = new PortForwardRefused('connection refused');
    await assert.rejects(routes.open(pod), PortForwardRefused);
    assert.equal(podProxy.tries, 0);
    portForward.result = forbidden('pods/portforward');
    podProxy.result = new PortForwardRefused('connection refused');
    await assert.rejects(routes.open(pod), PortForwardRefused);
  });

  it('are not doubted for one lost connection, nor when nothing at all comes through', async () => {
    portForward.result = lost;
    await assert.rejects(routes.open(pod), lost);
    answers = false;
    await assert.rejects(routes.open(pod), lost);
    assert.equal(podProxy.tries, 0);
  });

  it('are doubted when port-forwards fail again and again while requests are answered, and seldom', async () => {
    portForward.result = lost;
    await assert.rejects(routes.open(pod), lost);
    podProxy.result = lost;
    await assert.rejects(routes.open(pod), lost);
    podProxy.result = undefined;
    await assert.rejects(routes.open(pod), lost);
    assert.equal(podProxy.tries, 1);
    now = 31_000;
    await routes.open(pod);
    assert.equal(routes.detour, true);
  });

  it('lead back when the second is closed, too', async () => {
    portForward.result = forbidden('pods/portforward');
    await routes.open(pod);
    [portForward.result, podProxy.result] = [undefined, forbidden('pods/proxy')];
    await routes.open(pod);
    assert.equal(routes.detour, false);
  });
});
