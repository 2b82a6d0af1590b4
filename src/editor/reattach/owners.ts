import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process that a window's extension host is, as far as others can tell that it lives. */
export interface Life {
  pid: number;
  /** Process ids mean something on one host only: a container's name is another one after each start. */
  host: string;
  isRunning(pid: number): boolean;
  now(): number;
}

/** How often an owner says that it is still there, and after how long without that it counts as gone; ms. */
export const beatMs = 10_000;
const staleMs = 45_000;
/**
 * One whose process runs may only have slept, as the whole computer did: it gets time to say so; ms. One whose process runs
 * and that says nothing for longer has lost its window (a browser's tab that crashed leaves the extension host behind).
 */
const wakeMs = 15_000;

interface OwnerFile {
  pid: number;
  host: string;
  released?: boolean;
}

/**
 * Whose a folder is: one window's at a time, among all windows of this computer. A file with the next number, which only one
 * can make, is the takeover; so two that find the last owner gone at the same moment do not both become the next.
 */
export class Owners {
  /** Since when owners whose process runs say nothing. */
  private readonly silent = new Map<string, number>();

  constructor(private readonly life: Life) {}

  /** Makes the folder this window's; gives its number, or undefined when another window that lives has it. */
  async take(folder: string): Promise<number | undefined> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const last = await this.last(folder);
    try {
      if (last > 0 && (await this.lives(fileOf(folder, last)))) return undefined;
    } catch (error) {
      // Somebody took it over at this very moment.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const mine = last + 1;
    try {
      await writeFile(fileOf(folder, mine), this.text(), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    }
    for (const number of await this.numbers(folder))
      if (number < mine) await rm(fileOf(folder, number), { force: true });
    return mine;
  }

  /** Says that this window is still there; false when the folder is another one's by now, or gone. */
  async beat(folder: string, mine: number): Promise<boolean> {
    if ((await this.last(folder)) !== mine) return false;
    const now = new Date(this.life.now());
    await utimes(fileOf(folder, mine), now, now);
    return true;
  }

  /** Another window may have it. At once, as nobody waits for what goes on after the end of a window. */
  release(folder: string, mine: number): void {
    writeFileSync(fileOf(folder, mine), this.text(true), { flag: 'r+' });
  }

  private async lives(file: string): Promise<boolean> {
    const [owner, { mtimeMs }] = await Promise.all([this.read(file), stat(file)]);
    const here = owner?.host === this.life.host;
    if (owner?.released || (owner && here && !this.life.isRunning(owner.pid))) return false;
    const now = this.life.now();
    if (now - mtimeMs < staleMs) {
      this.silent.delete(file);
      return true;
    }
    if (!owner || !here) return false;
    const since = this.silent.get(file) ?? now;
    this.silent.set(file, since);
    return now - since < wakeMs;
  }

  /** Undefined while it is being written. */
  private async read(file: string): Promise<OwnerFile | undefined> {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as OwnerFile;
    } catch {
      return undefined;
    }
  }

  private async last(folder: string): Promise<number> {
    return Math.max(0, ...(await this.numbers(folder)));
  }

  private async numbers(folder: string): Promise<number[]> {
    const names = await readdir(folder).catch(() => []);
    return names.flatMap((name) => /^owner-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  }

  private text(released = false): string {
    const { pid, host } = this.life;
    // Of one length, so that the one replaces the other whole.
    return JSON.stringify({ pid, host, released } satisfies OwnerFile).padEnd(400);
  }
}

const fileOf = (folder: string, number: number) => join(folder, `owner-${number}`);
