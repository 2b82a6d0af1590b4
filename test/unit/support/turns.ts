/**
 * Runs `work` and gives the longest turn of the event loop meanwhile, in ms of this process's CPU time: what keeps
 * everybody else waiting, whatever else the machine has to do.
 */
export async function longestTurn(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = process.cpuUsage();
  let next: NodeJS.Immediate | undefined;
  const turn = () => {
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.cpuUsage();
    next = setImmediate(turn);
  };
  turn();
  await work();
  turn();
  clearImmediate(next);
  return longest;
}
