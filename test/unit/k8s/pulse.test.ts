import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../../../src/k8s/errors.ts';
import { silentLogger } from '../../../src/k8s/log.ts';
import { Pulse } from '../../../src/k8s/pulse.ts';
import { Cleanup, until } from './fixtures.ts';

const refused = new KubeError({ code: 'Unreachable', host: 'c', reason: 'refused', detail: 'no' });
const silent = new KubeError({ code: 'Timeout', seconds: 5 });
const signedOut = new KubeError({ code: 'Unauthorized', message: 'no' });

describe('the pulse of a cluster', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  const make = (answers: () => Promise<unknown>, times = {}) => {
    const said: string[] = [];
    let probes = 0;
    const pulse = new Pulse({
      probe: () => {
        probes++;
        return answers();
      },
      logger: silentLogger,
      times: { quietMs: 40, limitMs: 40, everyMs: 40, ...times },
    });
    cleanup.add(() => pulse.dispose());
    const attend = () =>
      pulse.attend({ lost: (error) => said.push(`lost: ${error.code}`), found: () => said.push('found') });
    return { pulse, said, attend, probes: () => probes };
  };

  it('asks nobody while nobody listens', async () => {
    const { probes, attend } = make(() => Promise.resolve());
    await sleep(100);
    attend().dispose();
    await sleep(100);
    assert.equal(probes(), 0);
  });

  it('asks nobody while something is heard', async () => {
    const { pulse, probes, attend } = make(() => Promise.resolve(), { quietMs: 200 });
    attend();
    for (let n = 0; n < 12; n++) {
      await sleep(25);
      pulse.heard();
    }
    assert.equal(probes(), 0);
  });

  it('says each time that the cluster does not answer, and once that it does again', async () => {
    let dead = true;
    const { pulse, said, attend } = make(() => (dead ? Promise.reject(refused) : Promise.resolve()));
    attend();
    await until(() => said.length >= 2, 'two failures');
    assert.equal(pulse.lost, refused);
    assert.ok(pulse.retryAt instanceof Date);
    dead = false;
    await until(() => pulse.lost === undefined, 'an answer');
    assert.deepEqual(new Set(said.slice(0, -1)), new Set(['lost: Unreachable']));
    assert.equal(said.at(-1), 'found');
  });

  it('takes a first probe without an answer for a dead connection, of which there may be more, when a second has one', async () => {
    const outcomes = [() => Promise.reject(silent), () => Promise.resolve()];
    const { said, probes, attend } = make(() => (outcomes.shift() ?? (() => Promise.resolve()))());
    attend();
    await until(() => probes() >= 3, 'further probes');
    assert.deepEqual(said, ['found']);
  });

  it('takes a failed probe for nothing when something else was heard meanwhile', async () => {
    const { pulse, said, probes, attend } = make(async () => {
      await sleep(5);
      pulse.heard();
      throw refused;
    });
    attend();
    await until(() => probes() >= 2, 'two probes');
    assert.deepEqual(said, []);
  });

  it('counts a refused sign-in as no answer, and a missing right as one', async () => {
    const one = make(() => Promise.reject(signedOut));
    one.attend();
    await until(() => one.said.length > 0, 'lost');
    assert.equal(one.said[0], 'lost: Unauthorized');
    const other = make(() => Promise.reject(new KubeError({ code: 'Forbidden', message: 'no' })));
    other.attend();
    await until(() => other.probes() >= 2, 'probes');
    assert.deepEqual(other.said, []);
  });

  it('is found by any answer, also while a probe hangs', async () => {
    let hang = false;
    const { pulse, said, probes, attend } = make(() => (hang ? new Promise(() => undefined) : Promise.reject(refused)));
    attend();
    await until(() => said.length > 0, 'lost');
    hang = true;
    const before = probes();
    await until(() => probes() > before, 'a probe that hangs');
    pulse.heard();
    assert.deepEqual([pulse.lost, said.at(-1)], [undefined, 'found']);
  });

  it('asks at once when a request gives reason to doubt, and when the user wants to know', async () => {
    const { pulse, probes, attend } = make(() => Promise.resolve(), { quietMs: 60_000 });
    pulse.doubt();
    assert.equal(probes(), 0);
    attend();
    pulse.doubt();
    assert.equal(probes(), 1);
    // Its answer is there already: what follows from it has happened at the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    pulse.askNow();
    assert.equal(probes(), 2);
  });

  it('takes up what was open after the computer has slept', async () => {
    const { said, attend } = make(() => Promise.resolve());
    attend();
    const now = Date.now;
    cleanup.add(() => (Date.now = now));
    Date.now = () => now() + 3_600_000;
    await until(() => said.length > 0, 'a word');
    assert.deepEqual(said, ['found']);
  });
});
