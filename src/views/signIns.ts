import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import type { PluginLogin } from '../k8s/pluginLogin.ts';
import { commandLine, findProgram } from '../k8s/programPath.ts';
import { SignInTerminal } from './signInTerminal.ts';
import { explain } from './words.ts';

export interface SignInsOptions {
  extensionUri: vscode.Uri;
  env: NodeJS.ProcessEnv;
  additionalPath: () => readonly string[];
  /** The kubeconfig that is read in place of kubectl's, for kubectl to read too. */
  kubeconfig: () => string | undefined;
}

/** The sign-ins that wait for the user in a terminal; contexts with the same user entry share one. */
export class SignIns implements Disposable {
  readonly #o: SignInsOptions;
  readonly #open = new Map<PluginLogin, SignInTerminal>();
  #disposed = false;

  constructor(options: SignInsOptions) {
    this.#o = options;
  }

  /**
   * Runs a context's credential plugin in a terminal, or shows the one that it already runs in.
   * @returns whether the user has signed in by this call; when not, the terminal has said why or still asks
   * @throws KubeError ExecPluginFailed when the plugin can't be started
   */
  async byPlugin(login: PluginLogin, context: string): Promise<boolean> {
    if (login.signingIn) {
      this.#open.get(login)?.show();
      return false;
    }
    const { t } = vscode.l10n;
    let terminal: SignInTerminal | undefined;
    try {
      await login.signIn(async (start, signal) => {
        const begin = t(
          'Signing in to {0} with {1}. The credential goes to VS Code and is not shown here.',
          context,
          login.command,
        );
        terminal = await this.#terminal({ ...start, capture: true, begin }, context);
        this.#open.set(login, terminal);
        const stop = (): void => terminal?.dispose();
        signal.addEventListener('abort', stop, { once: true });
        const end = await terminal.ended;
        signal.removeEventListener('abort', stop);
        return end;
      });
      terminal?.say(t('You are signed in to {0}. This terminal can be closed.', context));
      return true;
    } catch (error) {
      if (!terminal) throw error;
      const why = explain(t, error, { context }).text;
      terminal.say(`${why} ${t('This terminal can be closed.')}`);
      return false;
    } finally {
      this.#open.delete(login);
    }
  }

  /**
   * Runs `kubectl auth whoami` in a terminal: kubectl renews an OIDC sign-in and writes its own kubeconfig, whose change
   * is noticed.
   * @returns false when there is no kubectl
   */
  async byKubectl(context: string): Promise<boolean> {
    const { env } = this.#o;
    const place = { env, platform: process.platform, folders: this.#o.additionalPath() };
    const file = await findProgram('kubectl', place);
    if (file === undefined) return false;
    const path = this.#o.kubeconfig();
    const args = ['auth', 'whoami', '--context', context, ...(path ? ['--kubeconfig', path] : [])];
    const { t } = vscode.l10n;
    const begin = t('Asking kubectl who you are on {0}, which renews the sign-in.', context);
    const task = { ...commandLine(file, args, place), env, capture: false, begin };
    const terminal = await this.#terminal(task, context);
    const end = await terminal.ended;
    const worked = end.kind === 'exit' && end.code === 0;
    terminal.say(
      worked
        ? t('You are signed in to {0}. This terminal can be closed.', context)
        : `${t('kubectl could not sign in to {0}.', context)} ${t('This terminal can be closed.')}`,
    );
    return true;
  }

  dispose(): void {
    this.#disposed = true;
    for (const terminal of this.#open.values()) terminal.dispose();
    this.#open.clear();
  }

  async #terminal(task: Parameters<typeof SignInTerminal.open>[0], context: string): Promise<SignInTerminal> {
    if (this.#disposed) throw new vscode.CancellationError();
    const program = vscode.Uri.joinPath(this.#o.extensionUri, 'dist', 'signIn.cjs');
    return SignInTerminal.open(task, { name: vscode.l10n.t('Sign in to {0}', context), program });
  }
}
