import type { Identity } from './agent.ts';
import { authorityOf } from './certificates.ts';
import { computerAuthorities, type ComputerPlace } from './computerAuthorities.ts';
import type { KubeCluster } from './kubeconfigFile.ts';
import { TlsContexts, type TlsContext } from './tlsContexts.ts';

/** Whom we believe on the way to one cluster: the authority that its kubeconfig names, else those of this computer. */
export class Trust {
  readonly #cluster: KubeCluster;
  readonly #place: ComputerPlace;
  readonly #contexts = new TlsContexts();
  #computer: Promise<readonly string[]> | undefined;

  constructor(cluster: KubeCluster, place: ComputerPlace) {
    this.#cluster = cluster;
    this.#place = place;
  }

  /**
   * TLS with the API server. A file that the kubeconfig names is read at each call, as it may be rotated.
   * @throws KubeError KubeconfigInvalid; BadClientCertificate
   */
  async withServer(identity: Identity): Promise<TlsContext> {
    const named = await authorityOf(this.#cluster);
    return this.#contexts.of(identity, named ?? (this.#cluster.skipTLSVerify ? undefined : await this.#ofComputer()));
  }

  /** TLS with an https proxy, which the kubeconfig's authority says nothing about. A server's session is not for it. */
  async withProxy(): Promise<TlsContext> {
    const { secureContext } = this.#contexts.of({}, await this.#ofComputer());
    return { secureContext };
  }

  /** A certificate was not believed: whoever installs its authority now should not have to reload the window. */
  lookAgain(): void {
    this.#computer = undefined;
  }

  #ofComputer(): Promise<readonly string[]> {
    return (this.#computer ??= computerAuthorities(this.#place));
  }
}
