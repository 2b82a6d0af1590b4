import assert from 'node:assert/strict';
import { KubeError } from '../../../src/k8s/errors.ts';
import { Answers } from '../../../src/kubeflow/preflight/answers.ts';

const forbidden = new KubeError({ code: 'Forbidden', message: 'no' });
const unreachable = new KubeError({ code: 'Unreachable', host: 'h', reason: 'timeout', detail: '' });

describe('what has been asked of a cluster', () => {
  function asked(answer: () => Promise<unknown>) {
    let now = 0;
    let count = 0;
    const problems: string[] = [];
    const answers = new Answers(() => now);
    const question = (): Promise<unknown> => {
      count++;
      return answer();
    };
    const ask = (o: { fresh?: boolean; signal?: AbortSignal } = {}) =>
      answers.ask('it', 1000, question, { ...o, unanswered: ({ code }) => problems.push(code) });
    return { ask, problems, answers, count: () => count, passes: (ms: number) => (now += ms) };
  }

  it('is not asked again for a while', async () => {
    const { ask, count, passes } = asked(() => Promise.resolve(1));
    assert.deepEqual(await Promise.all([ask(), ask()]), [1, 1]);
    assert.equal(count(), 1);
    passes(1001);
    await ask();
    assert.equal(count(), 2);
  });

  it('is asked anew for what is about to be launched', async () => {
    const { ask, count } = asked(() => Promise.resolve(1));
    await ask();
    await ask({ fresh: true });
    assert.equal(count(), 2);
  });

  it('stays unknown for longer where it may not be known, without a word', async () => {
    const { ask, count, passes, problems } = asked(() => Promise.reject(forbidden));
    assert.equal(await ask(), undefined);
    passes(1001);
    assert.equal(await ask({ fresh: true }), undefined);
    assert.equal(count(), 1);
    assert.deepEqual(problems, []);
  });

  it('is asked again at once where the cluster did not answer, which is told', async () => {
    const { ask, count, problems } = asked(() => Promise.reject(unreachable));
    assert.equal(await ask(), undefined);
    assert.equal(await ask(), undefined);
    assert.equal(count(), 2);
    assert.deepEqual(problems, ['Unreachable', 'Unreachable']);
  });

  it('goes on being asked for others when one gives up', async () => {
    let answer: (value: number) => void = () => undefined;
    const { ask } = asked(() => new Promise((resolve) => (answer = resolve)));
    const leaving = new AbortController();
    const [gone, stays] = [ask({ signal: leaving.signal }), ask()];
    leaving.abort(new Error('left'));
    await assert.rejects(gone, /left/);
    answer(2);
    assert.equal(await stays, 2);
  });
});
