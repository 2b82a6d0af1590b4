// The process that runs a lab: node --import tsx lab/daemon.ts RUN SETTINGS. Started by lab/index.ts, detached.
import { randomBytes } from 'node:crypto';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import type { Logger } from '../src/k8s/log.ts';
import { RunningLab } from './boot.ts';
import { claim, RunFolderTaken } from './claim.ts';
import { BootProblem } from './cluster/controlPlane.ts';
import { startGuardian } from './cluster/guardian.ts';
import { markVariable, reap } from './cluster/leftovers.ts';
import { freePorts } from './cluster/ports.ts';
import { ensureTools } from './cluster/tools.ts';
import { ControlServer } from './control.ts';
import { RunFolder } from './folders.ts';
import { exitCodes, type LabSettings, type LabState } from './types.ts';

const say = (level: string) => (message: string) => console.log(`${new Date().toISOString()} ${level} ${message}`);
const logger: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: say('info'),
  warn: say('warn'),
  error: say('error'),
};

class Daemon {
  private state: LabState;
  private lab: RunningLab | undefined;
  private readonly control: ControlServer;
  private ending: Promise<void> | undefined;
  /** The last write of the state file, as writes must not overtake each other. */
  private written: Promise<void> = Promise.resolve();

  private constructor(
    private readonly run: RunFolder,
    private readonly mark: string,
    private readonly secret: string,
    state: LabState,
  ) {
    this.state = state;
    this.control = new ControlServer({
      secret,
      state: () => this.state,
      proxy: () => this.lab?.proxy,
      controlPlane: () => this.lab?.controlPlane,
      stop: () => void this.end(0),
    });
  }

  /** @throws RunFolderTaken */
  static async start(run: RunFolder, settings: LabSettings): Promise<Daemon> {
    const mark = process.env[markVariable];
    if (!mark) throw new Error(`${markVariable} is not set: start the lab with "npm run lab -- up"`);
    await claim(run, { pid: process.pid, mark });
    startGuardian();
    const tools = await ensureTools(say('info'));
    await symlink(tools.folder, run.tools());
    const startedAt = new Date().toISOString();
    const daemon = new Daemon(run, mark, randomBytes(24).toString('hex'), {
      phase: 'starting',
      pid: process.pid,
      startedAt,
      ports: await freePorts(),
      versions: tools.versions,
      settings,
    });
    await daemon.listen();
    return daemon;
  }

  /** Boots, once more with other ports when another program was faster at taking one. */
  async boot(): Promise<void> {
    const began = performance.now();
    const { run } = this;
    for (let attempt = 1; ; attempt++) {
      const lab = new RunningLab({
        ...{ run, logger, ports: this.state.ports, settings: this.state.settings },
        progress: (progress) => this.control.tell({ progress }),
        onEnded: (problem) => {
          logger.error(problem);
          void this.update({ problem });
        },
      });
      this.lab = lab;
      try {
        await lab.boot();
        break;
      } catch (error) {
        await lab.stop();
        if (!(error instanceof BootProblem && error.lostPort) || attempt === 3) throw error;
        logger.warn(`${error.message}; another try`);
        for (const left of [run.etcd(), run.certificates(), run.in('logs')])
          await rm(left, { recursive: true, force: true });
        await this.update({ ports: { ...(await freePorts()), control: this.state.ports.control }, problem: undefined });
      }
    }
    const bootSeconds = Math.round(performance.now() - began) / 1000;
    await this.update({ phase: 'ready', bootSeconds });
    logger.info(`Ready after ${bootSeconds} s`);
    this.control.tell({ ready: true });
  }

  /** Ends everything and the process. @param failure why, when it was not asked to */
  end(code: number, failure?: string): Promise<void> {
    this.ending ??= (async () => {
      if (failure) logger.error(failure);
      await this.update(failure ? { phase: 'failed', problem: failure } : { phase: 'stopping' });
      await this.lab?.stop();
      // Kernels and terminals are a Jupyter's children, not ours.
      await reap(this.mark);
      await rm(this.run.secretFile(), { force: true });
      if (!failure) await rm(this.run.stateFile(), { force: true });
      this.control.tell({ failed: failure ?? 'the lab was stopped while it was starting' });
      setTimeout(() => process.exit(code), 1000).unref();
      await this.control.close();
      process.exit(code);
    })();
    return this.ending;
  }

  private async listen(): Promise<void> {
    await this.control.listen(this.state.ports.control);
    await writeFile(this.run.secretFile(), this.secret, { mode: 0o600 });
    await this.update({});
  }

  /** Changes the state, and the file that shows it, as a whole. */
  private update(change: Partial<LabState>): Promise<void> {
    this.state = { ...this.state, ...change };
    this.written = this.written.then(async () => {
      const next = `${this.run.stateFile()}.next`;
      await writeFile(next, `${JSON.stringify(this.state, undefined, 2)}\n`);
      await rename(next, this.run.stateFile());
    });
    return this.written;
  }
}

const [root, settings] = process.argv.slice(2);
if (!root || !settings) throw new Error('usage: daemon.ts RUN SETTINGS');
try {
  const daemon = await Daemon.start(new RunFolder(root), JSON.parse(settings) as LabSettings);
  const fail = (what: string) => (error: unknown) =>
    void daemon.end(1, `${what}${error instanceof Error ? error.message : String(error)}`);
  process.on('uncaughtException', (error) => {
    console.error(error);
    fail('The lab has a fault: ')(error);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void daemon.end(0));
  process.send?.('listening');
  await daemon.boot().catch(fail(''));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof RunFolderTaken ? exitCodes.taken : 1);
}
