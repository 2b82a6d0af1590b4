import { JupyterError } from '../jupyter/errors.ts';
import { fingerprintLength, type ServerRef } from './address.ts';
import type { Connection, Connections } from './connections.ts';
import type { Memory } from './usedServers.ts';

/** A document whose server's name leads to another cluster than the one that it came from. */
export interface Stranger {
  uri: string;
  ref: ServerRef;
  /** The API server that it came from; undefined where this computer never saw it. */
  was: string | undefined;
  now: string;
}

const memoryKey = 'kubeflow.clusterAddresses';
const mostAddresses = 50;

/**
 * Keeps documents of one cluster out of another that goes by the same name by now: they can be read there, and are
 * written there only after the user has confirmed that for the document, in this window.
 */
export class OtherCluster {
  private readonly confirmed = new Set<string>();
  private readonly told = new Set<string>();

  constructor(
    private readonly o: {
      connections: Connections;
      /** Of all windows: which address a fingerprint stands for. */
      memory: Memory;
      /** Called once for each document that somebody reads. */
      ask: (stranger: Stranger) => void;
    },
  ) {}

  /** The connection to a document's server. `strange`: it may not be written there. Rejects as Connections.open does. */
  async open(uri: string, at: { ref: ServerRef; fingerprint: string }): Promise<Connection & { strange: boolean }> {
    const connection = await this.o.connections.open(at.ref);
    this.remember(connection);
    const same = connection.fingerprint.startsWith(at.fingerprint.slice(0, fingerprintLength));
    return { ...connection, strange: !same && !this.confirmed.has(uri) };
  }

  /** Asks the user about a document of another cluster, the first time. */
  notice(uri: string, at: { ref: ServerRef; fingerprint: string }, now: string): void {
    if (this.told.has(uri)) return;
    this.told.add(uri);
    this.o.ask({ uri, ref: at.ref, was: this.addresses()[at.fingerprint.slice(0, fingerprintLength)], now });
  }

  /** The document may be written to the cluster of now, until the window closes. */
  confirm(uri: string): void {
    this.confirmed.add(uri);
  }

  refusal(ref: ServerRef): JupyterError {
    return new JupyterError({ code: 'OtherCluster', context: ref.context });
  }

  private addresses(): Record<string, string> {
    return this.o.memory.get<Record<string, string>>(memoryKey) ?? {};
  }

  private remember({ fingerprint, address }: Connection): void {
    const known = this.addresses();
    const key = fingerprint.slice(0, fingerprintLength);
    if (known[key] === address) return;
    const others = Object.entries(known).filter(([other]) => other !== key);
    void this.o.memory.update(memoryKey, Object.fromEntries([...others, [key, address]].slice(-mostAddresses)));
  }
}
