import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../../lab/index.ts';
import { sideBySide, type Figure } from '../measure.ts';
import { becomesReady, type BenchServer } from '../server.ts';
import { ForwardLoop } from './forwardLoop.ts';
import { OurWay } from './ourWay.ts';

/** Someone's way to a notebook server that is still there after its pod was replaced. */
export interface LastingWay {
  /** One GET of Jupyter's `api`; true if it was answered. */
  answers(): Promise<boolean>;
  dispose(): Promise<void>;
}

/** From the moment that kubectl calls the new pod ready until Jupyter in it answers. */
export async function restarts(lab: Lab, server: BenchServer, say: (line: string) => void): Promise<Figure> {
  say('Measuring restarts');
  const ways = [await OurWay.make(lab, server), await ForwardLoop.start(lab, server)] as const;
  const [ours, theirs] = ways;
  try {
    const both = await sideBySide(
      { times: 5 },
      () => restarted(lab, server, ours),
      () => restarted(lab, server, theirs),
    );
    return {
      what: 'a new pod ready until Jupyter in it answers',
      value: both.ours,
      unit: 'ms',
      peer: { name: 'kubectl port-forward in a loop', value: both.theirs },
      budget: { value: 1, of: 'ratio' },
    };
  } finally {
    for (const way of ways) await way.dispose();
  }
}

async function restarted(lab: Lab, { pod, namespace }: BenchServer, way: LastingWay): Promise<number> {
  await becomesReady(lab);
  await answered(way);
  // Ends when the pod is gone: what answers from now on is the next one.
  await lab.kubectl(['delete', 'pod', pod, '-n', namespace, '--timeout=60s'], { as: 'admin' });
  const ready = becomesReady(lab).then(() => performance.now());
  const [since, at] = await Promise.all([ready, answered(way)]);
  return Math.max(0, at - since);
}

/** Asks until there is an answer. Gives its moment, in ms as `performance.now()`. */
async function answered(way: LastingWay): Promise<number> {
  for (const until = performance.now() + 120_000; performance.now() < until; await delay(20))
    if (await way.answers()) return performance.now();
  throw new Error('the restarted server did not answer in two minutes');
}
