import assert from 'node:assert/strict';
import { brief } from './client.ts';
import type { Fault, Sight } from './row.ts';
import type { Seen } from './seen.ts';
import { isLive } from './truth.ts';
import type { World } from './world.ts';

/** Seconds from the moment that a fault is over and detectable to rows that are live and equal kubectl's. */
const limit = 10;

/**
 * Makes one fault, looks at it, changes the cluster meanwhile, and ends it.
 * @returns how long it took to recover, in seconds
 */
export async function run(fault: Fault, world: World): Promise<number> {
  world.visible = fault.visible;
  await fault.prepare?.(world);
  await world.write(fault.who ?? 'admin', (config) => fault.config?.(config, world));
  if (fault.fromStart) await fault.make(world);
  await world.startClient(fault);
  const { client } = world;
  await world.settled(40);
  client.forget();
  const before = client.seen;
  if (!fault.fromStart) await fault.make(world);
  const { sees } = fault;
  if (sees) check(await client.until(fault.name, (seen) => is(sees, seen), sees.within ?? 10), before, sees);
  if (!fault.frozen) await world.change();
  await fault.during?.(world);
  if (!sees) {
    await world.settled(limit);
    assert.deepEqual(client.history.filter((seen) => !isLive(seen)).map(brief), [], 'it was live all the time');
  }
  await fault.undo(world);
  const seconds = await world.settled(limit + (fault.detectable?.after ?? 0));
  if (sees?.rows === 'stale' || sees?.rows === 'live') {
    for (const seen of client.history) assertKept(before, seen, world);
  }
  if (fault.frozen) {
    await world.change();
    await world.settled(limit);
  }
  return seconds;
}

function is(sight: Sight, seen: Seen): boolean {
  return (
    (sight.problem === undefined || seen.problem === sight.problem) &&
    (sight.reason === undefined || seen.reason === sight.reason) &&
    (sight.said === undefined || sight.said.test(seen.said ?? '')) &&
    (sight.face === undefined || seen.face === sight.face) &&
    (sight.rows !== 'stale' || (seen.state === 'stale' && everyRow(seen, (key) => key in seen.stale))) &&
    (sight.rows !== 'gone' || Object.keys(seen.rows).length === 0) &&
    (sight.also?.(seen) ?? true)
  );
}

/** The times that are shown are those of when it was last live, by the clock of who looks. */
function check(seen: Seen, before: Seen, sight: Sight): void {
  if (sight.rows !== 'stale') return;
  for (const [key, since] of [...Object.entries(seen.stale), ['the whole', seen.since ?? 0] as const]) {
    assert.ok(
      since <= seen.at + 1 && since >= before.at - 60_000,
      `${key} is stale since ${new Date(since).toISOString()}`,
    );
  }
}

/** Whatever is wrong, a row that was there stays until it is known to be gone. */
function assertKept(before: Seen, seen: Seen, world: World): void {
  const lost = Object.keys(before.rows).filter((key) => !(key in seen.rows) && !world.deleted.has(key));
  assert.deepEqual(lost, [], `rows that vanished: ${brief(seen)}`);
}

function everyRow(seen: Seen, met: (key: string) => boolean): boolean {
  return Object.keys(seen.rows).every(met);
}
