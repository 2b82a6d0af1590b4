import * as vscode from 'vscode';
import { JupyterError, type JupyterProblem } from '../../jupyter/errors.ts';
import type { OutputEvent } from '../../jupyter/kernelMessages.ts';
import type { KernelSession } from '../../jupyter/kernelSession.ts';
import type { JupyterServer } from '../../jupyter/server.ts';
import type { Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import type { Connection, ServerRef } from '../connections.ts';
import { languageId } from '../languages.ts';
import type { WholeOutput } from '../wholeOutput.ts';
import type { CodePiece } from './cells.ts';
import type { CodeOutputs } from './codeOutputs.ts';
import { CodeTerminal, mostPerBatch } from './codeTerminal.ts';
import { namesFiles, requestOf, type CodeFile } from './kernelSide.ts';
import { terminalOutput } from './terminalOutput.ts';

export interface CodeRunnerOptions {
  uri: vscode.Uri;
  ref: ServerRef;
  /** How the kernel names the file. */
  file: CodeFile;
  /** The session's path at the server. */
  path: string;
  /** This window's name at the kernel. `lost` is told when another window has taken it over. */
  clientId: (lost: () => void) => Promise<string>;
  /** Throws what is wrong with the way to the server. */
  connect: () => Promise<Connection>;
  explain: (error: unknown) => string;
  outputs: CodeOutputs;
  logger: Logger;
  onDidStart: (session: KernelSession) => void;
  onDidRun: () => void;
}

/** One file on one server: a kernel of its own, which outlives the window, and a terminal for what it prints. */
export class CodeRunner implements Disposable {
  readonly terminal: CodeTerminal;
  private live: KernelSession | undefined;
  private opening: Promise<KernelSession> | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  /** Runs asked for before this number are void: they were interrupted. */
  private round = 0;
  private running = false;
  private disposed = false;
  private whole: WholeOutput | undefined;
  private subscriptions: Disposable[] = [];
  private readonly name: string;

  constructor(readonly o: CodeRunnerOptions) {
    this.name = o.uri.path.split('/').pop() ?? '';
    this.terminal = new CodeTerminal({
      name: `${this.name} — ${o.ref.name}`,
      interrupt: () => void this.interrupt().catch((error: unknown) => this.say(error)),
    });
  }

  /**
   * Runs pieces of the file after those asked for earlier; the first that goes wrong ends its group. Rejects with what
   * keeps the kernel from being had.
   */
  run(pieces: readonly CodePiece[]): Promise<void> {
    const { round } = this;
    this.terminal.show();
    const work = this.queue.then(async () => {
      for (const piece of pieces) if (!(await this.runPiece(piece, round))) return;
    });
    this.queue = work.catch((error: unknown) => this.o.logger.debug(`running ${this.name}: ${String(error)}`));
    return work;
  }

  /** Interrupts what runs and forgets what waits; false where nothing does. */
  async interrupt(): Promise<boolean> {
    if (!this.running) return false;
    this.round++;
    await this.live?.interrupt();
    return true;
  }

  /** Restarts the kernel: its variables are gone. */
  async restart(): Promise<void> {
    this.round++;
    const before = this.live;
    const session = before ?? (await this.session());
    if (before || session.found) await session.restart();
    this.terminal.show();
    this.terminal.note(vscode.l10n.t('The kernel is restarted. Its variables are gone.'));
  }

  /** Lets go of the kernel, which goes on at the server. */
  dispose(): void {
    this.disposed = true;
    this.round++;
    this.drop();
    this.whole?.dispose();
    this.terminal.dispose();
  }

  private async runPiece(piece: CodePiece, round: number): Promise<boolean> {
    if (round !== this.round) return false;
    this.running = true;
    this.terminal.unask();
    this.whole?.dispose();
    this.whole = this.o.outputs.whole();
    const began = performance.now();
    try {
      const session = await this.session();
      if (round !== this.round) return false;
      this.announce(piece);
      session.execute(namesFiles, { output: () => undefined }, { silent: true });
      const { done } = session.execute(requestOf(piece, this.o.file), {
        output: (event) => this.show(event),
        input: (prompt, password) => this.terminal.ask(prompt, password),
      });
      if (session.lost) this.problem(session.lost);
      const { ok, problem } = await done;
      if (problem) this.problem(problem);
      this.conclude(ok, (performance.now() - began) / 1000);
      return ok;
    } catch (error) {
      this.say(error);
      throw error;
    } finally {
      this.running = false;
      this.terminal.unask();
      this.o.onDidRun();
    }
  }

  private announce({ code, line }: CodePiece): void {
    const last = line + code.split('\n').length;
    this.terminal.note(vscode.l10n.t('{0}:{1} to {2} on {3}', this.name, line + 1, last, this.o.ref.name));
  }

  private conclude(ok: boolean, seconds: number): void {
    const { t } = vscode.l10n;
    const text = ok ? t('Done in {0} s.', seconds.toFixed(1)) : t('Stopped after {0} s.', seconds.toFixed(1));
    const isLarge = this.whole && this.whole.length > mostPerBatch;
    this.terminal.note(isLarge ? `${text} ${this.o.outputs.wholeLink(this.whole!)}` : text);
    this.terminal.print('\n');
  }

  private show(event: OutputEvent): void {
    if (event.kind === 'limited' || event.kind === 'lost') return this.problem(event.problem);
    const shown = terminalOutput(event);
    if (!shown) return;
    this.whole?.add(shown.text);
    this.terminal.print(shown.text);
    for (const image of shown.images) this.terminal.print(`${this.o.outputs.image(image)}\n`);
    if (shown.unshown)
      this.terminal.note(vscode.l10n.t('An output of the type {0} needs a notebook to be shown.', shown.unshown));
  }

  /** The kernel of the file: the one that runs, also since an earlier window, else a new one. */
  private session(): Promise<KernelSession> {
    if (this.live && !this.live.problem) return Promise.resolve(this.live);
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async open(): Promise<KernelSession> {
    const { t } = vscode.l10n;
    const { path, clientId, ref } = this.o;
    this.terminal.note(t('Looking for the kernel of {0} on {1}', this.name, ref.name));
    const { server } = await this.o.connect();
    await server.waitUntilAnswers();
    const kernelName = await pythonOf(server);
    const session = await server.openKernel({
      path,
      clientId: await clientId(() => this.taken()),
      kernelName,
      type: 'console',
    });
    if (this.disposed) {
      session.dispose();
      throw new vscode.CancellationError();
    }
    this.drop();
    this.live = session;
    if (session.found) this.terminal.note(t('It has run code before; the variables of then are there.'));
    if (session.found && (await isBusy(server, session.kernelId)))
      this.terminal.note(t('It is still busy with that, so this waits.'));
    this.subscriptions = [
      session.onDidChangeConnection((problem) => {
        if (problem && this.running) this.problem(problem);
      }),
      session.onDidUpdateDisplay((update) => this.show(update)),
      session.onDidEnd((problem) => {
        if (!this.running) this.problem(problem);
        if (this.live === session) this.drop();
      }),
    ];
    this.o.onDidStart(session);
    return session;
  }

  /** Another window has this one's place at the kernel, which goes on there. */
  private taken(): void {
    this.drop();
    this.terminal.note(vscode.l10n.t('The kernel goes on in another window.'));
  }

  private problem(problem: JupyterProblem): void {
    this.say(new JupyterError(problem));
  }

  private say(error: unknown): void {
    this.terminal.print(`\x1b[33m${this.o.explain(error)}\x1b[0m\n`);
  }

  private drop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    this.live?.dispose();
    this.live = undefined;
  }
}

async function isBusy(server: JupyterServer, kernelId: string): Promise<boolean> {
  return (await server.kernels()).some(({ id, state }) => id === kernelId && state === 'busy');
}

/** The server's Python: its default kernel if that is one. @throws JupyterError KernelSpecMissing */
async function pythonOf(server: JupyterServer): Promise<string> {
  const { specs, default: usual } = await server.specs();
  const pythons = specs.filter(({ language }) => languageId(language) === 'python').map(({ name }) => name);
  const chosen = pythons.find((name) => name === usual) ?? pythons[0];
  if (chosen !== undefined) return chosen;
  throw new JupyterError({ code: 'KernelSpecMissing', name: 'Python', available: specs.map((s) => s.displayName) });
}
