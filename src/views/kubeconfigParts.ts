import { homedir } from 'node:os';
import type { Disposables } from '../k8s/events.ts';
import { Kubeconfig, KubeconfigSource } from '../k8s/kubeconfig.ts';
import type { Logger } from '../k8s/log.ts';
import { PluginLogins } from '../k8s/pluginLogins.ts';
import { KubeconfigChoice } from './kubeconfigChoice.ts';
import { additionalPathSetting } from './settings.ts';
import { SignIns } from './signIns.ts';

/** The kubeconfig that the settings lead to, and what its credential plugins have handed out. */
export interface KubeconfigParts {
  env: NodeJS.ProcessEnv;
  source: KubeconfigSource;
  logins: PluginLogins;
  signIns: SignIns;
  /** Reads it for a look that changes nothing. */
  loadKubeconfig: () => Promise<Kubeconfig>;
}

/**
 * Makes them and ties them to each other: another path is looked at, and what a plugin failed of may be mended by any
 * change. Reads no file.
 */
export function kubeconfigParts(
  things: Disposables,
  o: { logger: Logger; extensionUri: ConstructorParameters<typeof SignIns>[0]['extensionUri'] },
): KubeconfigParts {
  const { env } = process;
  const { logger, extensionUri } = o;
  const choice = things.add(new KubeconfigChoice(logger));
  const place = {
    env,
    home: homedir(),
    platform: process.platform,
    logger,
    get path() {
      return choice.path;
    },
  };
  const source = things.add(new KubeconfigSource(place));
  const logins = things.add(new PluginLogins({ env, logger, additionalPath: additionalPathSetting }));
  things.add(choice.onDidChange(() => void source.look()));
  things.add(source.onDidChange(() => logins.retryNow()));
  const kubeconfig = (): string | undefined => choice.path;
  const signIns = things.add(new SignIns({ extensionUri, env, additionalPath: additionalPathSetting, kubeconfig }));
  return { env, source, logins, signIns, loadKubeconfig: () => Kubeconfig.load(place) };
}
