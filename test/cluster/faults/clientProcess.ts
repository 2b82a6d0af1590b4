// The client in a process of its own: node --import tsx clientProcess.ts OPTIONS CLOCK. Tells its parent what it sees.
// CLOCK: how many ms its clock is ahead.
import type { ClientOptions } from './client.ts';

const [options = '{}', clock = '0'] = process.argv.slice(2);
const ahead = Number(clock);
const RealDate = Date;
if (ahead !== 0) {
  globalThis.Date = class extends RealDate {
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [RealDate.now() + ahead] : args) as [number]));
    }
    static override now(): number {
      return RealDate.now() + ahead;
    }
  } as DateConstructor;
}
// Only what is loaded now takes the other clock.
const { LocalClient } = await import('./client.ts');
const client = new LocalClient(JSON.parse(options) as ClientOptions);
const take = client.take.bind(client);
client.take = (seen) => {
  take(seen);
  client.forget();
  process.send!(seen);
};
process.on('disconnect', () => process.exit());
await client.start();
