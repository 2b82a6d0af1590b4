/**
 * The journal of launches: a file for each launch that is not over, in a folder that all windows share. Files and not a
 * Memento, as they are on the disk when the write resolves, and as two windows never write the same one.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../k8s/log.ts';
import { isEntry } from './entry.ts';
import type { LaunchEntry } from './entry.ts';
import { LaunchTaken } from './journal.ts';
import type { JournalPage, LaunchJournal } from './journal.ts';
import { Lease, leaseTimes, writeAtOnce } from './lease.ts';
import type { LeaseTimes } from './lease.ts';

const ending = '.launch.json';

export class JournalFiles implements LaunchJournal {
  private readonly folder: string;
  /** What this window works on: no need to look at its lease. */
  private readonly held = new Set<string>();
  private readonly times: LeaseTimes;

  constructor(private readonly o: { folder: string; logger: Logger; times?: LeaseTimes }) {
    this.folder = o.folder;
    this.times = o.times ?? leaseTimes;
  }

  async begin(entry: LaunchEntry): Promise<JournalPage> {
    await mkdir(this.folder, { recursive: true });
    // The lease comes first: nobody is to see an entry that seems forgotten.
    const lease = await this.lease(entry.id);
    if (!lease) throw new LaunchTaken(`launch ${entry.id} is held by another window`);
    const page = this.page(entry, lease);
    try {
      await page.write(() => undefined);
    } catch (error) {
      // That it could not be written down is what counts; a lease that cannot be removed lapses.
      await page.release().catch(() => undefined);
      throw error;
    }
    return page;
  }

  async unfinished(onHeld?: () => void): Promise<LaunchEntry[]> {
    const ids = (await this.names()).map((name) => name.slice(0, -ending.length)).filter((id) => !this.held.has(id));
    const all = await Promise.all(
      ids.map(async (id) => {
        const isHeld = await Lease.isHeld(this.folder, id, this.times);
        if (isHeld) onHeld?.();
        return isHeld || this.held.has(id) ? undefined : this.read(id);
      }),
    );
    return all.filter((entry) => entry !== undefined).sort((a, b) => a.began.localeCompare(b.began));
  }

  async take(id: string): Promise<JournalPage | undefined> {
    if (this.held.has(id)) return undefined;
    const lease = await this.lease(id);
    if (!lease) return undefined;
    const entry = await this.read(id);
    if (entry) return this.page(entry, lease);
    await this.letGo(id, lease);
    return undefined;
  }

  private async lease(id: string): Promise<Lease | undefined> {
    let lease: Lease | undefined;
    this.held.add(id);
    try {
      lease = await Lease.take(this.folder, id, this.times);
    } finally {
      if (!lease) this.held.delete(id);
    }
    return lease;
  }

  private async letGo(id: string, lease: Lease): Promise<void> {
    try {
      await lease.end();
    } finally {
      this.held.delete(id);
    }
  }

  private page(entry: LaunchEntry, lease: Lease): JournalPage {
    const file = this.file(entry.id);
    const letGo = (): Promise<void> => this.letGo(entry.id, lease);
    return {
      entry,
      write: async (change) => {
        if (!(await lease.isOurs())) throw new LaunchTaken(`launch ${entry.id} goes on in another window`);
        change(entry);
        await writeAtOnce(file, JSON.stringify(entry));
      },
      end: async () => {
        if (await lease.isOurs()) await rm(file, { force: true });
        await letGo();
      },
      release: letGo,
    };
  }

  private async read(id: string): Promise<LaunchEntry | undefined> {
    try {
      const entry: unknown = JSON.parse(await readFile(this.file(id), 'utf8'));
      if (isEntry(entry)) return entry;
      this.o.logger.warn(`The journal's entry ${id} is of another version`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.o.logger.warn(`The journal's entry ${id} cannot be read: ${String(error)}`);
      }
    }
    return undefined;
  }

  private async names(): Promise<string[]> {
    try {
      return (await readdir(this.folder)).filter((name) => name.endsWith(ending));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  private file(id: string): string {
    return join(this.folder, `${id}${ending}`);
  }
}
