/**
 * Who works on a launch, over all windows. A lease is a file with a number; the highest number counts. Taking over is
 * making the next one, which the file system grants to one taker only.
 */
import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** ms. The holder counts up every `beat`; one that stood still for `lapse` before our own eyes is not held any more. */
export interface LeaseTimes {
  beat: number;
  lapse: number;
}
export const leaseTimes: LeaseTimes = { beat: 4_000, lapse: 15_000 };
const looks = 10;

interface Holder {
  /** Of this taking alone: numbers begin anew once a lease is given up. */
  owner: string;
  pid: number;
  host: string;
  beats: number;
}

export class Lease {
  private beats = 0;
  private readonly timer: NodeJS.Timeout;
  private beating: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly id: string,
    private readonly number: number,
    private readonly owner: string,
    times: LeaseTimes,
  ) {
    this.timer = setInterval(() => {
      // A beat that cannot be written is as good as a late one: the lease may lapse.
      this.beating = this.beat().catch(() => undefined);
    }, times.beat);
    this.timer.unref();
  }

  /** Takes a launch that nobody holds; undefined where somebody does, or was faster. */
  static async take(folder: string, id: string, times: LeaseTimes): Promise<Lease | undefined> {
    const before = await newest(folder, id);
    if (before !== undefined && (await isHeld(folder, id, before, times))) return undefined;
    const number = (before ?? -1) + 1;
    const owner = randomUUID();
    try {
      await writeNew(leaseFile(folder, id, number), holder(owner, 0));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    }
    return new Lease(folder, id, number, owner, times);
  }

  /** Does somebody work on this launch? Takes up to `lapse` to see that a living process has forgotten it. */
  static async isHeld(folder: string, id: string, times: LeaseTimes): Promise<boolean> {
    const number = await newest(folder, id);
    return number !== undefined && (await isHeld(folder, id, number, times));
  }

  /** Is this still the one that counts? */
  async isOurs(): Promise<boolean> {
    return (await newest(this.folder, this.id)) === this.number && (await this.isMine());
  }

  /** Gives it up; nobody holds the launch then, unless another has taken it over: what is theirs stays. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    for (const number of await numbers(this.folder, this.id)) {
      // Those before ours were given up by their holders, for as long as ours counts.
      if (number < this.number && (await this.isOurs())) {
        await rm(leaseFile(this.folder, this.id, number), { force: true });
      }
    }
    if (await this.isMine()) await rm(this.file, { force: true });
  }

  /** Who has lost the lease leaves no file behind after its new holder. */
  private async beat(): Promise<void> {
    if (await this.isOurs()) await writeAtOnce(this.file, holder(this.owner, ++this.beats));
    else clearInterval(this.timer);
  }

  /** The file of our number may be another's: who takes over and lets go leaves the number free. */
  private async isMine(): Promise<boolean> {
    const text = await read(this.folder, this.id, this.number);
    return text !== undefined && parse(text).owner === this.owner;
  }

  private get file(): string {
    return leaseFile(this.folder, this.id, this.number);
  }
}

/** Writes a file that is there whole or not at all, and that outlives a loss of power. */
export async function writeAtOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeNew(draft, text);
  await orGone(draft, () => rename(draft, path));
}

/** Makes a file, and leaves none behind whose text could not be written: a disk may be full. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await orGone(path, async () => {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Does something with a file that is of no use where that does not work. */
async function orGone(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // Why the work could not be done tells more than why its file cannot be removed.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

function holder(owner: string, beats: number): string {
  return JSON.stringify({ owner, pid: process.pid, host: hostname(), beats } satisfies Holder);
}

/** A process of this computer that has ended holds nothing; of any other only its standing still tells. */
async function isHeld(folder: string, id: string, number: number, times: LeaseTimes): Promise<boolean> {
  const first = await read(folder, id, number);
  if (first === undefined) return false;
  const { pid, host } = parse(first);
  if (host === hostname() && pid !== undefined && !isAlive(pid)) return false;
  // Looks and not a time limit: the computer may sleep in between, and its processes wake one after the other.
  for (let look = 0; look < looks; look++) {
    await pause(times.lapse / looks, undefined, { ref: false });
    const now = await read(folder, id, number);
    if (now === undefined) return false;
    if (now !== first) return true;
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parse(text: string): Partial<Holder> {
  try {
    return JSON.parse(text) as Partial<Holder>;
  } catch {
    // Its holder has made the file and not written it yet: it lives, as long as that does not last.
    return {};
  }
}

async function read(folder: string, id: string, number: number): Promise<string | undefined> {
  try {
    return await readFile(leaseFile(folder, id, number), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function newest(folder: string, id: string): Promise<number | undefined> {
  return (await numbers(folder, id)).at(-1);
}

async function numbers(folder: string, id: string): Promise<number[]> {
  const found = (await readdir(folder)).flatMap((name) => {
    const [, launch, number] = /^(.+)\.(\d+)\.lease$/.exec(name) ?? [];
    return launch === id ? [Number(number)] : [];
  });
  return found.sort((a, b) => a - b);
}

function leaseFile(folder: string, id: string, number: number): string {
  return join(folder, `${id}.${number}.lease`);
}
