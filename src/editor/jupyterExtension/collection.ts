import type { Disposable, Event } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import { jupyterExtensionId, type CommandProvider, type JupyterApi, type ServerCollection } from './api.ts';
import type { ServerProvider } from './api.ts';

/** Of our collection; the Jupyter extension puts it into what it remembers. */
export const collectionId = 'kubeflow-notebooks';

/** The part of vscode.extensions that is needed. */
export interface Extensions {
  getExtension(
    id: string,
  ): { readonly isActive: boolean; activate(): Thenable<unknown>; readonly exports: unknown } | undefined;
  /** An extension was installed, enabled, or went. */
  onDidChange: Event<void>;
}

export interface CollectionOptions {
  extensions: Extensions;
  label: string;
  provider: ServerProvider & CommandProvider;
  logger: Logger;
  /** A notebook is open: the Jupyter extension is active then in any case. */
  isNotebookOpen: () => boolean;
}

/**
 * Our server collection in the Jupyter extension: made when there is a use for it, as asking that extension for its API
 * activates it; once, as a second one of the same id is refused; and again after that extension was installed or updated.
 */
export class Collection implements Disposable {
  private made: Promise<ServerCollection | undefined> | undefined;
  private disposed = false;
  private readonly subscription: Disposable;

  constructor(private readonly o: CollectionOptions) {
    this.subscription = o.extensions.onDidChange(() => this.extensionsChanged());
  }

  get isInstalled(): boolean {
    return this.o.extensions.getExtension(jupyterExtensionId) !== undefined;
  }

  /** The API of the Jupyter extension where that has been activated by somebody; activates nothing. */
  get activeApi(): JupyterApi | undefined {
    const extension = this.o.extensions.getExtension(jupyterExtensionId);
    return extension?.isActive ? (extension.exports as JupyterApi | undefined) : undefined;
  }

  /** Makes the collection; false where the Jupyter extension is missing, or one that knows no collections. */
  async ensure(): Promise<boolean> {
    if (this.disposed) return false;
    this.made ??= this.make();
    const asked = this.made;
    const collection = await asked;
    // What failed may go well after the user did something about it.
    if (!collection && this.made === asked) this.made = undefined;
    return collection !== undefined;
  }

  dispose(): void {
    this.disposed = true;
    this.subscription.dispose();
    this.drop();
  }

  private extensionsChanged(): void {
    if (!this.isInstalled) this.drop();
    else if (this.o.isNotebookOpen()) void this.ensure();
  }

  private drop(): void {
    const made = this.made;
    this.made = undefined;
    void made?.then((collection) => {
      try {
        collection?.dispose();
      } catch (error) {
        // That of an extension that is gone.
        this.o.logger.debug(`the server collection: ${String(error)}`);
      }
    });
  }

  private async make(): Promise<ServerCollection | undefined> {
    const { extensions, label, provider, logger } = this.o;
    try {
      const extension = extensions.getExtension(jupyterExtensionId);
      if (!extension) return undefined;
      const api = (await extension.activate()) as JupyterApi | undefined;
      if (!api?.createJupyterServerCollection) {
        logger.warn('this Jupyter extension takes no servers of other extensions');
        return undefined;
      }
      const collection = api.createJupyterServerCollection(collectionId, label, provider);
      collection.commandProvider = provider;
      logger.info('notebook servers are in the kernel picker of the Jupyter extension');
      return collection;
    } catch (error) {
      logger.error(`the Jupyter extension took no servers: ${String(error)}`);
      return undefined;
    }
  }
}
