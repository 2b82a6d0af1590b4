import type * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { Translate } from '../../views/words.ts';
import type { ServerRef } from '../address.ts';
import type { CommandProvider, ListedServer, ServerCommand, ServerProvider } from './api.ts';
import type { Attention } from './attention.ts';
import type { HandOver } from './handOver.ts';
import type { ServerList } from './serverList.ts';

export interface ProviderOptions {
  t: Translate;
  list: ServerList;
  handOver: HandOver;
  attention: Attention;
  /** Of VS Code's own kind: the Jupyter extension subscribes with its `this`. */
  onDidChangeServers: vscode.Event<void>;
  /** Lets the user choose any notebook server, and brings it up; undefined when they think better of it. */
  chooseServer: () => Promise<ServerRef | undefined>;
  openForm: () => unknown;
  closePicker: () => Thenable<unknown>;
  report: (error: unknown) => void;
  cancelled: () => Error;
  now: () => number;
}

/** How long after a command that gives no server its picker comes back, at most; ms. */
const comesBackMs = 5_000;

/** What the Jupyter extension's kernel picker shows of our servers, and what it can do. */
export class Provider implements ServerProvider, CommandProvider {
  readonly onDidChangeServers: vscode.Event<void>;
  private armed: ServerRef | undefined;
  private waiting: (() => void) | undefined;
  private leaving = 0;

  constructor(private readonly o: ProviderOptions) {
    this.onDidChangeServers = o.onDidChangeServers;
  }

  /** Asked for the picker, at each start of a kernel and at each change: at once, and without doing anything. */
  provideJupyterServers(): ListedServer[] {
    return this.armed ? [this.o.list.entry(this.armed)] : this.o.list.all();
  }

  resolveJupyterServer({ id }: ListedServer, token: vscode.CancellationToken): Promise<ListedServer | undefined> {
    return this.o.handOver.resolve(id, token);
  }

  /**
   * Until the picker has asked, it gets this server alone and no commands: it then skips its list of servers. Only until
   * then, as the Jupyter extension takes a server that is missing for one that is gone.
   */
  arm(ref: ServerRef): Disposable {
    this.armed = ref;
    this.o.attention.begin();
    return { dispose: () => this.armed === ref && this.disarm() };
  }

  /** Calls back at once, or when the picker has asked: a change that is told meanwhile would look like lost servers. */
  whenDisarmed(callback: () => void): void {
    if (this.armed) this.waiting = callback;
    else callback();
  }

  /** Only the picker asks for these, after the servers, and again at each key. */
  provideCommands(): ServerCommand[] {
    if (this.o.now() < this.leaving) {
      this.leaving = 0;
      // Thrown here, unlike in handleCommand, it ends the picker.
      throw this.o.cancelled();
    }
    this.o.attention.begin();
    if (this.armed) {
      this.disarm();
      return [];
    }
    return [{ label: this.labels.connect }, { label: this.labels.spawn }];
  }

  /** Never throws: that would leave the picker spinning (microsoft/vscode-jupyter#16469). Nothing shows it once more. */
  async handleCommand({ label }: ServerCommand): Promise<ListedServer | undefined> {
    try {
      if (label === this.labels.spawn) return await this.leaveForForm();
      const ref = await this.o.chooseServer();
      if (!ref) return undefined;
      // It must be in the list by the time that it is looked up there.
      this.o.list.keep(ref);
      this.o.attention.begin();
      return this.o.list.entry(ref);
    } catch (error) {
      this.o.report(error);
      return undefined;
    }
  }

  /** The form takes the place of the picker, which would come back over it. */
  private async leaveForForm(): Promise<undefined> {
    await this.o.closePicker();
    await this.o.openForm();
    this.leaving = this.o.now() + comesBackMs;
    return undefined;
  }

  private disarm(): void {
    this.armed = undefined;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }

  private get labels(): { connect: string; spawn: string } {
    const { t } = this.o;
    return { connect: t('Connect to a Notebook Server...'), spawn: t('New Notebook Server...') };
  }
}
