import assert from 'node:assert/strict';
import { describeServer } from '../../../src/kubeflow/describe.ts';
import { serverView } from '../../../src/kubeflow/inventory/serverView.ts';
import { notebook, now } from './fixtures.ts';

describe('a described server', () => {
  it('takes amounts that are numbers, as in a Notebook that was written by hand', () => {
    const written = notebook({ name: 'big' });
    const container = written.spec?.template?.spec?.containers[0];
    assert.ok(container);
    container.resources = { limits: { 'nvidia.com/gpu': 4, memory: 1073741824 } as unknown as Record<string, string> };
    const text = describeServer(serverView({ notebook: written, now }), { now });
    assert.match(text, /memory: 1073741824\n +nvidia\.com\/gpu: 4/);
  });

  it('says its state in the words that it is given, with the reason where there is trouble', () => {
    const view = serverView({ notebook: notebook({ name: 'stuck' }), now });
    const words = { status: 'Waiting: Over quota', sentence: 'The quota allows no more.' };
    const waiting = { ...view, status: { ...view.status, phase: 'waiting' as const } };
    assert.match(
      describeServer(waiting, { now, words }),
      /Status: +Waiting: Over quota\nReason: +The quota allows no more\./,
    );
    const running = { ...view, status: { phase: 'running' as const, cause: { code: 'running' as const } } };
    assert.doesNotMatch(describeServer(running, { now, words }), /Reason|Cause/);
  });
});
