import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import type { PluginEnd } from '../k8s/pluginProcess.ts';
import { SignInChannel } from './signInChannel.ts';
import type { SignInTask } from './signInProtocol.ts';

/** A terminal that runs one sign-in. It stays until the user closes it. */
export class SignInTerminal implements Disposable {
  readonly #channel: SignInChannel;
  readonly #terminal: vscode.Terminal;
  readonly #closed: vscode.Disposable;

  private constructor(channel: SignInChannel, terminal: vscode.Terminal) {
    this.#channel = channel;
    this.#terminal = terminal;
    this.#closed = vscode.window.onDidCloseTerminal((one) => {
      if (one === terminal) this.dispose();
    });
  }

  /**
   * Opens it and starts the task in it.
   * @param o.program dist/signIn.cjs, which VS Code's own Node runs
   */
  static async open(task: SignInTask, o: { name: string; program: vscode.Uri }): Promise<SignInTerminal> {
    const channel = await SignInChannel.open(task);
    const terminal = vscode.window.createTerminal({
      name: o.name,
      iconPath: new vscode.ThemeIcon('key'),
      shellPath: process.execPath,
      shellArgs: [o.program.fsPath],
      env: { ...channel.env, ELECTRON_RUN_AS_NODE: '1' },
      // A folder of this computer: in a window on another one the terminal is opened where this extension runs.
      cwd: vscode.Uri.file(homedir()),
      // After a reload nobody would listen to it.
      isTransient: true,
    });
    terminal.show();
    return new SignInTerminal(channel, terminal);
  }

  /** How the task ended; `closed` when the user closed the terminal. */
  get ended(): Promise<PluginEnd> {
    return this.#channel.ended;
  }

  show(): void {
    this.#terminal.show();
  }

  /** Says the last words; the terminal stays for them to be read. */
  say(text: string): void {
    this.#channel.say(text);
    this.dispose();
  }

  /** Stops listening, which ends a task that is under way. */
  dispose(): void {
    this.#closed.dispose();
    this.#channel.dispose();
  }
}
