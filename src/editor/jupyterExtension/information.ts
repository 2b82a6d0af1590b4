import type * as vscode from 'vscode';
import { JupyterError } from '../../jupyter/errors.ts';
import { makeFollowing } from '../../jupyter/following.ts';
import { proveKernels } from '../../jupyter/handOver.ts';
import { sameServer, type ServerRef } from '../address.ts';
import type { Connections } from '../connections.ts';
import type { UsedServers } from '../usedServers.ts';
import type { ConnectionInformation } from './api.ts';
import { serverId } from './serverId.ts';

/** What the Jupyter extension is given to reach servers: our `fetch` and `WebSocket`, in process, and no port. */
export class Informations {
  /** By server and cluster: the Jupyter extension keeps what it got, and compares it. */
  private readonly made = new Map<string, ConnectionInformation>();

  constructor(
    private readonly o: {
      connections: Pick<Connections, 'get' | 'open'>;
      used: UsedServers;
      toUri: (url: string) => vscode.Uri;
    },
  ) {}

  /**
   * Proves that the server has kernels, and gives what it takes to use it. Rejects with what is wrong; with OtherCluster
   * where its context leads elsewhere than when it was used last.
   */
  async of(ref: ServerRef, signal?: AbortSignal): Promise<ConnectionInformation> {
    const { connections, used, toUri } = this.o;
    const before = used.all().find((server) => sameServer(server, ref));
    const { server, fingerprint } = await connections.open(ref, before?.fingerprint);
    await proveKernels(server, signal);
    await used.remember({ context: ref.context, namespace: ref.namespace, name: ref.name, fingerprint });
    const key = `${serverId(ref)} ${fingerprint}`;
    const known = this.made.get(key);
    if (known) return known;
    const now = () => {
      const connection = connections.get(ref);
      if (connection.fingerprint !== fingerprint)
        throw new JupyterError({ code: 'OtherCluster', context: ref.context });
      return connection.server;
    };
    const information = { baseUrl: toUri(server.baseUrl), ...makeFollowing(now) };
    this.made.set(key, information);
    return information;
  }
}
