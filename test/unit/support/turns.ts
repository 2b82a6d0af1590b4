import { existsSync, readFileSync } from 'node:fs';

/**
 * Runs `work` and gives the longest turn of the event loop meanwhile, in ms of its thread's CPU time: what keeps everybody
 * else waiting, whatever else the machine, or the garbage collector on threads of its own, has to do.
 */
export async function longestTurn(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = cpuMs();
  let next: NodeJS.Immediate | undefined;
  const turn = () => {
    longest = Math.max(longest, cpuMs() - before);
    before = cpuMs();
    next = setImmediate(turn);
  };
  turn();
  await work();
  turn();
  clearImmediate(next);
  return longest;
}

/** Linux tells it for one thread; elsewhere that of the whole process has to do. */
const ofThisThread = `/proc/self/task/${process.pid}/schedstat`;

function cpuMs(): number {
  if (existsSync(ofThisThread)) return Number(readFileSync(ofThisThread, 'utf8').split(' ')[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
