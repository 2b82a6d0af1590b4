import type { Disposable } from './events.ts';
import { Kubeconfig, kubeconfigPaths, type KubeconfigPlace } from './kubeconfig.ts';
import type { Logger } from './log.ts';
import { WatchedFiles } from './watchedFiles.ts';

/**
 * The kubeconfig and its changes. Starts watching with the first `load`, and fires only when the contents of the files
 * differ from what was seen last.
 */
export class KubeconfigSource implements Disposable {
  readonly #place: KubeconfigPlace;
  readonly #files: WatchedFiles;
  readonly onDidChange;

  constructor(options: KubeconfigPlace & { logger: Logger }) {
    this.#place = options;
    const files = (): readonly string[] => kubeconfigPaths(options);
    this.#files = new WatchedFiles({ files, what: 'the kubeconfig', logger: options.logger });
    this.onDidChange = this.#files.onDidChange;
  }

  /** Reads the files anew. Throws like {@link Kubeconfig.load}. */
  async load(): Promise<Kubeconfig> {
    await this.#files.see();
    return await Kubeconfig.load(this.#place);
  }

  /** Looks for changes now, as after a setting named another path; fires if there is one. Before `load` it does nothing. */
  async look(): Promise<void> {
    await this.#files.look();
  }

  dispose(): void {
    this.#files.dispose();
  }
}
