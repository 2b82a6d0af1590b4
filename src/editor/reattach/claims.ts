import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Emitter, type Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import { beatMs, Owners, type Life } from './owners.ts';

export interface ClaimsOptions {
  /** This computer's, shared by all windows; made when it is needed. */
  folder: string;
  life: Life;
  logger: Logger;
  /** Resolves when the window answers: an extension host can outlive its window for hours. */
  windowAnswers: () => PromiseLike<unknown>;
}

/** What nobody took up for so long is gone; ms. */
const keptMs = 14 * 24 * 60 * 60 * 1000;

/** This window's place at a notebook's kernel: the client id, and the folder where what has to outlive the window is kept. */
export class Claim {
  private readonly losses = new Emitter<void>();
  /** Another window has it now: this one lets go of the kernel. */
  readonly onDidLose = this.losses.event;

  constructor(
    public key: string,
    public folder: string,
    /** Our name at the kernel; Jupyter keeps messages for it while we are away. */
    readonly clientId: string,
    readonly number: number,
  ) {}

  lose(): void {
    this.losses.fire();
  }
}

/**
 * Which window has which place at which notebook's kernel. A place outlives its window, and the next window that opens the
 * notebook gets it; two that live never share one, also where they share everything else (two tabs on one folder).
 * VS Code's workspace state would do for the first but not for the second: each window has its own copy of it.
 */
export class Claims implements Disposable {
  private readonly owners: Owners;
  private readonly mine = new Map<string, Claim>();
  private readonly taking = new Map<string, Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;
  private pruned = false;
  private beating = false;

  constructor(private readonly o: ClaimsOptions) {
    this.owners = new Owners(o.life);
  }

  /** This window's place at a notebook's kernel: the one it has, one that a window before it left, or a new one. */
  take(key: string): Promise<Claim> {
    return this.inTurn(key, async () => {
      const known = this.mine.get(key);
      return known ?? (await this.takeOneOf(key)) ?? (await this.takeFolder(key, randomUUID()))!;
    });
  }

  /**
   * The place where a cell was left running: this window's now, or `held` by another window that lives; undefined when
   * there is none.
   */
  takeLeft(key: string): Promise<Claim | 'held' | undefined> {
    return this.inTurn(key, async () => {
      const known = this.mine.get(key);
      if (known) return existsSync(runFile(known.folder)) ? known : undefined;
      const left = (await this.left(key)).filter((clientId) => existsSync(runFile(join(this.folderOf(key), clientId))));
      if (left.length === 0) return undefined;
      return (await this.takeOneOf(key, left)) ?? 'held';
    });
  }

  /** Finds out whether this window still has it, and tells where not. */
  async check(claim: Claim): Promise<boolean> {
    if (this.mine.get(claim.key) !== claim) return false;
    try {
      if (await this.owners.beat(claim.folder, claim.number)) return true;
    } catch (error) {
      this.o.logger.debug(`keeping a kernel: ${String(error)}`);
      return true;
    }
    if (this.mine.get(claim.key) === claim) this.mine.delete(claim.key);
    claim.lose();
    return false;
  }

  /** The notebook was used from this computer. */
  knows(key: string): boolean {
    return this.mine.has(key) || existsSync(this.folderOf(key));
  }

  /** The notebook has another name. */
  async move(from: string, to: string): Promise<void> {
    await mkdir(this.o.folder, { recursive: true, mode: 0o700 });
    await rename(this.folderOf(from), this.folderOf(to));
    const claim = this.mine.get(from);
    if (!claim) return;
    this.mine.delete(from);
    claim.key = to;
    claim.folder = join(this.folderOf(to), claim.clientId);
    this.mine.set(to, claim);
  }

  /** The notebook will not come back under this name. */
  async forget(key: string): Promise<void> {
    const claim = this.mine.get(key);
    this.mine.delete(key);
    if (claim) await rm(claim.folder, { recursive: true, force: true });
  }

  /** Leaves all places to the windows that come. */
  dispose(): void {
    clearInterval(this.timer);
    for (const claim of this.mine.values())
      try {
        this.owners.release(claim.folder, claim.number);
      } catch (error) {
        this.o.logger.debug(`leaving a kernel: ${String(error)}`);
      }
    this.mine.clear();
  }

  /** One at a time for a notebook: two that look at the same moment would give this window two places. */
  private inTurn<T>(key: string, take: () => Promise<T>): Promise<T> {
    const turn = (this.taking.get(key) ?? Promise.resolve()).then(take, take);
    this.taking.set(key, turn);
    const over = () => this.taking.get(key) === turn && this.taking.delete(key);
    turn.then(over, over);
    return turn;
  }

  private async takeOneOf(key: string, clients?: string[]): Promise<Claim | undefined> {
    for (const clientId of clients ?? (await this.left(key))) {
      const claim = await this.takeFolder(key, clientId);
      if (claim) return claim;
    }
    return undefined;
  }

  private async takeFolder(key: string, clientId: string): Promise<Claim | undefined> {
    const folder = join(this.folderOf(key), clientId);
    const number = await this.owners.take(folder);
    if (number === undefined) return undefined;
    const claim = new Claim(key, folder, clientId, number);
    this.mine.set(key, claim);
    this.timer ??= setInterval(() => void this.beat(), beatMs);
    if (!this.pruned)
      this.prune().catch((error: unknown) => this.o.logger.debug(`clearing what was left: ${String(error)}`));
    return claim;
  }

  /** Client ids of places at this notebook's kernel: those with a cell that was left running first. */
  private async left(key: string): Promise<string[]> {
    const folder = this.folderOf(key);
    const names = await readdir(folder).catch(() => []);
    const running = (name: string) => (existsSync(runFile(join(folder, name))) ? 0 : 1);
    return names.sort((a, b) => running(a) - running(b));
  }

  private async beat(): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    try {
      await this.o.windowAnswers();
      for (const claim of [...this.mine.values()]) await this.check(claim);
    } catch (error) {
      // One beat is missed; the next may get through.
      this.o.logger.debug(`keeping kernels: ${String(error)}`);
    } finally {
      this.beating = false;
    }
  }

  private async prune(): Promise<void> {
    this.pruned = true;
    const before = this.o.life.now() - keptMs;
    for (const name of await readdir(this.o.folder).catch(() => [])) {
      const folder = join(this.o.folder, name);
      const places = await readdir(folder).catch(() => []);
      for (const place of places) {
        const at = await stat(join(folder, place)).catch(() => undefined);
        if (!at || at.mtimeMs > before) continue;
        // Also one that another window has had for that long.
        if ((await this.owners.take(join(folder, place))) === undefined) continue;
        await rm(join(folder, place), { recursive: true, force: true });
      }
    }
  }

  private folderOf(key: string): string {
    return join(this.o.folder, createHash('sha256').update(key).digest('hex').slice(0, 20));
  }
}

/** There while a cell runs in a kernel, or has ended there unseen. */
export const runFile = (folder: string) => join(folder, 'run.json');
