import type { Disposable } from './events.ts';
import type { KubeContext } from './kubeconfig.ts';
import { PluginLogin, type PluginLoginOptions } from './pluginLogin.ts';

/** A context's hold on its plugin. */
export interface HeldLogin extends Disposable {
  readonly login: PluginLogin;
}

/** The plugins of a window by user entry: contexts with the same one share what it handed out, and its sign-in. */
export class PluginLogins implements Disposable {
  readonly #o: PluginLoginOptions;
  readonly #held = new Map<string, { login: PluginLogin; holders: number }>();

  constructor(options: PluginLoginOptions) {
    this.#o = options;
  }

  /** The plugin of a context, until the last holder disposes it; undefined for a user without one. */
  hold(context: KubeContext): HeldLogin | undefined {
    const { exec } = context.user;
    if (!exec) return undefined;
    const key = userEntry(context);
    const entry = this.#held.get(key) ?? { login: new PluginLogin(exec, context.cluster, this.#o), holders: 0 };
    this.#held.set(key, entry);
    entry.holders++;
    let held = true;
    const dispose = (): void => {
      if (!held) return;
      held = false;
      if (--entry.holders > 0) return;
      this.#held.delete(key);
      entry.login.dispose();
    };
    return { login: entry.login, dispose };
  }

  /** What has failed may be started again: the user asks, or the kubeconfig or where programs lie has changed. */
  retryNow(): void {
    for (const { login } of this.#held.values()) login.retryNow();
  }

  dispose(): void {
    for (const { login } of this.#held.values()) login.dispose();
    this.#held.clear();
  }
}

/** A plugin that is told about its cluster may hand out something else for each. */
function userEntry({ user, cluster }: KubeContext): string {
  return JSON.stringify([user.file, user.name, user.exec, user.exec?.provideClusterInfo ? cluster : undefined]);
}
