import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startLab, stopLab, type Lab } from '../../lab/index.ts';
import { cacheRoot } from '../../lab/folders.ts';
import { isAlive } from '../../lab/vscode/lock.ts';
import { rememberLab } from './secrets.ts';

/** The one lab that all suites of a run share, brought up when the first of them needs it. */
export class SharedLab {
  private readonly run = join(cacheRoot(), 'run', `test-${process.pid}`);
  private starting: Promise<Lab> | undefined;

  constructor(private readonly progress: (line: string) => void) {}

  /** The run folder of the lab, which is then up; rejects for every suite alike when it does not come up. */
  async ready(): Promise<string> {
    this.starting ??= this.start();
    await this.starting;
    return this.run;
  }

  /** Takes the lab down. @param keep leaves its folder with the logs */
  async down(keep: boolean): Promise<void> {
    if (!this.starting) return;
    // A lab that did not come up may have come half way.
    await stopLab(this.run);
    if (keep) this.progress(`The lab's logs are in ${this.run}`);
    else await rm(this.run, { recursive: true, force: true });
  }

  private async start(): Promise<Lab> {
    await removeLeftovers(join(cacheRoot(), 'run'));
    const lab = await startLab({ run: this.run, progress: this.progress });
    await rememberLab(this.run);
    return lab;
  }
}

/** Run folders of test runs whose process is gone: killed before they could take their lab down, or kept for their logs. */
async function removeLeftovers(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const owner = /^test-(\d+)$/.exec(name)?.[1];
    if (!owner || isAlive(Number(owner))) continue;
    const left = join(folder, name);
    await stopLab(left);
    await rm(left, { recursive: true, force: true });
  }
}
