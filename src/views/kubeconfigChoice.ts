import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { Disposables, Emitter, type Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { followedKubeconfig } from './followedKubeconfig.ts';
import { kubeconfigSetting } from './settings.ts';

const kubernetesExtension = 'ms-kubernetes-tools.vscode-kubernetes-tools';
const theirSection = 'vs-kubernetes';

/** The part that we use of the Kubernetes extension's `configuration` API, version v1_1. */
interface ConfigurationApi {
  getKubeconfigPath(): { pathType: 'host'; hostPath: string } | { pathType: 'wsl'; wslPath: string };
  onDidChangeKubeconfigPath: vscode.Event<unknown>;
}
interface ApiBroker {
  get?(component: string, version: string): { available: true; api: ConfigurationApi } | { available: false };
}

/**
 * The kubeconfig that the user has chosen: our setting, else what the Kubernetes extension works with. That extension is
 * never activated for it.
 */
export class KubeconfigChoice implements Disposable {
  readonly #logger: Logger;
  readonly #things = new Disposables();
  readonly #changed: Emitter<void>;
  #api: ConfigurationApi | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#changed = this.#things.add(
      new Emitter<void>((error) => logger.error(`A listener of the kubeconfig's path threw: ${String(error)}`)),
    );
    const fire = (): void => this.#changed.fire();
    this.#things.add(vscode.extensions.onDidChange(fire));
    this.#things.add(vscode.workspace.onDidGrantWorkspaceTrust(fire));
    this.#things.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (['kubeflow.kubeconfig', theirSection].some((section) => change.affectsConfiguration(section))) fire();
      }),
    );
  }

  /** Another path may count now. */
  get onDidChange(): Emitter<void>['event'] {
    return this.#changed.event;
  }

  /** The file that is read in place of kubectl's; undefined for kubectl's own rules. */
  get path(): string | undefined {
    const own = kubeconfigSetting();
    if (own || !vscode.extensions.getExtension(kubernetesExtension)) return own;
    const setting = theirSetting();
    return followedKubeconfig({
      told: this.#told(),
      user: setting.user,
      workspace: setting.workspace,
      trusted: vscode.workspace.isTrusted,
      usual: [process.env.KUBECONFIG, path.join(homedir(), '.kube', 'config')],
    });
  }

  dispose(): void {
    this.#things.dispose();
  }

  #told(): string | undefined {
    const api = this.#connected();
    if (!api) return undefined;
    try {
      const found = api.getKubeconfigPath();
      return found.pathType === 'host' ? found.hostPath : undefined;
    } catch (error) {
      this.#logger.debug(`The Kubernetes extension does not say which kubeconfig it uses: ${String(error)}`);
      return undefined;
    }
  }

  /** Its API, as soon as somebody else has activated it. */
  #connected(): ConfigurationApi | undefined {
    const extension = vscode.extensions.getExtension<ApiBroker | undefined>(kubernetesExtension);
    if (this.#api || !extension?.isActive) return this.#api;
    const answer = extension.exports?.get?.('configuration', 'v1_1');
    if (!answer?.available) return undefined;
    this.#api = answer.api;
    this.#things.add(this.#api.onDidChangeKubeconfigPath(() => this.#changed.fire()));
    return this.#api;
  }
}

/** By its full name, or inside an object as older versions of that extension write it. Not when it works in WSL. */
function theirSetting(): { user?: string; workspace?: string } {
  const settings = vscode.workspace.getConfiguration();
  if (settings.get(`${theirSection}.use-wsl`) === true) return {};
  const key = `${theirSection}.kubeconfig`;
  const flat = settings.inspect<string>(key);
  const nested = settings.inspect<Record<string, unknown>>(theirSection);
  const text = (...values: unknown[]): string | undefined =>
    values.find((value): value is string => typeof value === 'string' && value !== '');
  return {
    user: text(flat?.globalValue, nested?.globalValue?.[key]),
    workspace: text(
      flat?.workspaceFolderValue,
      flat?.workspaceValue,
      nested?.workspaceFolderValue?.[key],
      nested?.workspaceValue?.[key],
    ),
  };
}
