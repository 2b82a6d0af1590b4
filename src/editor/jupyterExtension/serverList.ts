import type { Translate } from '../../views/words.ts';
import type { ServerRef } from '../address.ts';
import type { ListedServer } from './api.ts';
import { serverId } from './serverId.ts';

/** What is known of a server without asking anybody. */
export type KnownState = 'running' | 'stopped' | 'deleted' | 'other' | 'unknown';

export interface ServerListOptions {
  t: Translate;
  /** Servers whose kernels were used in this workspace. */
  used: () => readonly ServerRef[];
  /** Servers that are known to run; must contact nobody. */
  running: () => readonly ServerRef[];
  /** Must contact nobody. */
  stateOf: (ref: ServerRef) => KnownState;
  /** An open notebook may have its kernel on a server of this collection. */
  mayBeInUse: () => boolean;
}

/** With so many in the list, further running ones are found by *Connect to a Notebook Server...*. */
const mostListed = 50;

/**
 * The servers that the Jupyter extension is told of. It ends the kernels of a server that is missing here even once, and
 * leaves their notebooks dead, so what was listed stays: also when it is stopped, and when its object is gone for as long
 * as a notebook may use it.
 */
export class ServerList {
  private readonly kept = new Map<string, ServerRef>();
  /** Were given to the Jupyter extension in this window: notebooks may have kernels there. */
  private readonly handedOver = new Set<string>();

  constructor(private readonly o: ServerListOptions) {}

  /** The list as it is now; asks nobody. */
  all(): ListedServer[] {
    for (const ref of this.o.used()) this.keep(ref);
    for (const ref of this.o.running()) {
      if (this.kept.size >= mostListed) break;
      this.keep(ref);
    }
    for (const [id, ref] of this.kept) if (this.isGone(id, ref)) this.kept.delete(id);
    return [...this.kept.values()].map((ref) => this.entry(ref)).sort((a, b) => a.label.localeCompare(b.label));
  }

  /** From here on it is listed. */
  keep(ref: ServerRef): void {
    this.kept.set(serverId(ref), ref);
  }

  handed(ref: ServerRef): void {
    this.keep(ref);
    this.handedOver.add(serverId(ref));
  }

  wasHandedOver(ref: ServerRef): boolean {
    return this.handedOver.has(serverId(ref));
  }

  entry(ref: ServerRef): ListedServer {
    const { context, namespace, name } = ref;
    const { t } = this.o;
    const label =
      this.o.stateOf(ref) === 'stopped'
        ? t('{0} ({1} on {2}) · stopped', name, namespace, context)
        : t('{0} ({1} on {2})', name, namespace, context);
    return { id: serverId(ref), label };
  }

  private isGone(id: string, ref: ServerRef): boolean {
    return this.o.stateOf(ref) === 'deleted' && !(this.handedOver.has(id) && this.o.mayBeInUse());
  }
}
