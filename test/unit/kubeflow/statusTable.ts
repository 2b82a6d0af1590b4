/** Tests of the status as tables: what it is about, the input, and what of the status matters. */
import assert from 'node:assert/strict';
import { serverStatus } from '../../../src/kubeflow/status.ts';
import type { StatusInput } from '../../../src/kubeflow/status.ts';
import { ago, now } from './fixtures.ts';

export type Row = [
  what: string,
  input: Omit<StatusInput, 'now' | 'events'> & Partial<Pick<StatusInput, 'events'>>,
  expected: object,
];

export function table(title: string, rows: Row[]): void {
  describe(title, () => {
    for (const [what, input, expected] of rows) {
      it(what, () => {
        const status = serverStatus({ events: [], now, ...input });
        assert.deepEqual(pick(status, expected), expected);
      });
    }
  });
}

/** Only what a row speaks of, deeply. */
function pick(actual: unknown, like: unknown): unknown {
  if (typeof like !== 'object' || like === null || Array.isArray(like)) return actual;
  return Object.fromEntries(
    Object.entries(like).map(([key, value]) => [
      key,
      pick((actual as Record<string, unknown> | undefined)?.[key], value),
    ]),
  );
}

export const creating = { waiting: { reason: 'ContainerCreating' } };
export const oom = { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(120) };
export const gpuSentence =
  '0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {dedicated: infra}. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.';
export const quotaSentence =
  'create Pod mnist-0 in StatefulSet mnist failed error: pods "mnist-0" is forbidden: exceeded quota: kf-resource-quota, requested: requests.nvidia.com/gpu=4, used: requests.nvidia.com/gpu=1, limited: requests.nvidia.com/gpu=1';
export const stopped = (value: string) => ({ 'kubeflow-resource-stopped': value });
