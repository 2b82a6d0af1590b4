import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { Emitter, type Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import { baseName } from '../../jupyter/contentsModel.ts';
import { sameServer, serverKey } from '../address.ts';
import type { Connections, ServerRef } from '../connections.ts';
import type { OwnKernels } from '../ownKernels.ts';
import type { Claim, Claims } from '../reattach/claims.ts';
import { localSessionPath, machineOf } from '../sessionPath.ts';
import { fromUri } from '../uri.ts';
import { UsedServers, type Memory, type UsedServer } from '../usedServers.ts';
import type { CodePiece } from './cells.ts';
import { CodeLinks } from './codeLinks.ts';
import { CodeOutputs } from './codeOutputs.ts';
import { CodeRunner } from './codeRunner.ts';
import { RunLenses } from './runLenses.ts';
import { ServerStatus } from './serverStatus.ts';

export interface CodeRunnersOptions {
  connections: Connections;
  ownKernels: OwnKernels;
  /** This window's places at kernels. */
  claims: Claims;
  logger: Logger;
  /** The workspace's memory. */
  memory: Memory;
  /** An error as one sentence for the user. */
  explain: (error: unknown) => string;
}

const memoryKey = 'kubeflow.codeServers';
const mostFiles = 200;

/** Python files that run on notebook servers: which file where, and what runs now. */
export class CodeRunners implements Disposable {
  private readonly runners = new Map<string, CodeRunner>();
  private readonly used: UsedServers;
  private readonly outputs: CodeOutputs;
  private readonly ran = new Emitter<ServerRef>();
  /** Code ran on this server: its files may be others now. */
  readonly onDidRun = this.ran.event;
  private readonly chosen = new Emitter<void>();
  /** A file runs on another server from now on. */
  readonly onDidChoose = this.chosen.event;
  /** Places whose loss is listened for. */
  private readonly claims = new WeakSet<Claim>();
  /** Where files run that have no name yet; nothing of them outlives their tab. */
  private readonly untitled = new Map<string, UsedServer>();
  private readonly subscriptions: Disposable[];

  constructor(private readonly o: CodeRunnersOptions) {
    this.used = new UsedServers(o.memory);
    this.outputs = new CodeOutputs(o.logger);
    this.subscriptions = [
      this.outputs,
      new CodeLinks(this.outputs, (terminal) => [...this.runners.values()].find((one) => one.terminal.is(terminal))),
      new RunLenses(this),
      new ServerStatus(this),
      vscode.workspace.onDidCloseTextDocument((document) => this.closed(document)),
    ];
  }

  /** The server that a file runs on: where it ran last; undefined for one that never did. */
  serverOf(uri: vscode.Uri): UsedServer | undefined {
    return this.untitled.get(uri.toString()) ?? this.files()[uri.toString()];
  }

  /** Where a file is to run that has not run yet: its own server, else the one used last in this workspace. */
  suggestedFor(uri: vscode.Uri): UsedServer | undefined {
    const at = fromUri(uri);
    return at ? { ...at.ref, fingerprint: at.fingerprint } : this.used.all()[0];
  }

  /** What a file runs in, in this window. */
  runnerOf(uri: vscode.Uri): CodeRunner | undefined {
    const server = this.serverOf(uri);
    return server && this.runners.get(keyOf(uri, server, server.fingerprint));
  }

  /**
   * Runs pieces of a file on a server, which is from then on that file's.
   * @param server with a fingerprint it must be in that cluster still; without one it was chosen just now
   */
  async run(document: vscode.TextDocument, server: UsedServer, pieces: readonly CodePiece[]): Promise<void> {
    const { context, namespace, name } = server;
    const ref = { context, namespace, name };
    const { fingerprint } = await this.o.connections.open(ref, server.fingerprint);
    await this.remember(document.uri, { ...ref, fingerprint });
    await this.runner(document, ref, fingerprint).run(pieces);
  }

  dispose(): void {
    for (const runner of this.runners.values()) runner.dispose();
    for (const one of this.subscriptions) one.dispose();
    this.ran.dispose();
    this.chosen.dispose();
  }

  private runner({ uri, isUntitled }: vscode.TextDocument, ref: ServerRef, fingerprint: string): CodeRunner {
    const key = keyOf(uri, ref, fingerprint);
    const known = this.runners.get(key);
    if (known) return known;
    const at = fromUri(uri);
    const here = at && sameServer(at.ref, ref) ? at : undefined;
    const own = isUntitled ? randomUUID() : undefined;
    const identity = own ? `${uri.toString()} ${own}` : uri.toString();
    const shown = isUntitled ? `${uri.path}.py` : uri.path;
    const runner = new CodeRunner({
      uri,
      ref,
      file: here ? { name: baseName(here.path), here: true } : { name: nameOf(uri), here: false },
      path: here?.path ?? localSessionPath(machineOf(vscode.env, hostname()), identity, shown),
      clientId: async (lost) => own ?? this.claim(key, lost),
      connect: () => this.o.connections.open(ref, here?.fingerprint ?? fingerprint),
      explain: this.o.explain,
      outputs: this.outputs,
      logger: this.o.logger,
      onDidStart: (session) => {
        if (!session.found)
          this.o.ownKernels
            .add(session.kernelId)
            .then(undefined, (error: unknown) => this.o.logger.debug(`own kernels: ${String(error)}`));
      },
      onDidRun: () => this.ran.fire(ref),
    });
    this.runners.set(key, runner);
    return runner;
  }

  private async claim(key: string, lost: () => void): Promise<string> {
    const claim = await this.o.claims.take(key);
    if (!this.claims.has(claim)) claim.onDidLose(lost);
    this.claims.add(claim);
    return claim.clientId;
  }

  /** The next file named Untitled-1 is another one: it is asked for its server, and gets a kernel of its own. */
  private closed({ uri, isUntitled }: vscode.TextDocument): void {
    if (!isUntitled) return;
    for (const [key, runner] of this.runners)
      if (runner.o.uri.toString() === uri.toString()) {
        runner.dispose();
        this.runners.delete(key);
      }
    this.untitled.delete(uri.toString());
  }

  private files(): Record<string, UsedServer> {
    return this.o.memory.get<Record<string, UsedServer>>(memoryKey) ?? {};
  }

  private async remember(uri: vscode.Uri, server: UsedServer): Promise<void> {
    const key = uri.toString();
    if (uri.scheme === 'untitled') this.untitled.set(key, server);
    else await this.rememberFile(key, server);
    await this.used.remember(server);
    this.chosen.fire();
  }

  private async rememberFile(key: string, server: UsedServer): Promise<void> {
    const others = Object.entries(this.files()).filter(([other]) => other !== key);
    await this.o.memory.update(memoryKey, Object.fromEntries([...others, [key, server]].slice(-mostFiles)));
  }
}

/** A path as Python is to show it. */
function nameOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.path;
}

function keyOf(uri: vscode.Uri, ref: ServerRef, fingerprint = ''): string {
  return `${serverKey(ref)} ${fingerprint} ${uri.toString()}`;
}
