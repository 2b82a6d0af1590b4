import { sameServer, type ServerRef } from './address.ts';

/** A server whose kernels were used in this workspace. */
export interface UsedServer extends ServerRef {
  /** Of the API server behind the context then. */
  fingerprint?: string;
  /** The kernel's name for people, as it was last: "Python 3 (ipykernel)". */
  kernel?: string;
  /** Language ids of VS Code that its kernels run. */
  languages?: string[];
}

/** The part of vscode.Memento that is needed. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): Thenable<void>;
}

const key = 'kubeflow.usedServers';
const clientsKey = 'kubeflow.kernelClients';
const mostClients = 200;

/** Remembers, per workspace, which servers have controllers: VS Code restores a notebook's kernel only if it exists. */
export class UsedServers {
  constructor(private readonly memory: Memory) {}

  all(): UsedServer[] {
    const stored = this.memory.get<unknown>(key);
    return Array.isArray(stored) ? stored.filter(isUsed) : [];
  }

  async remember(server: UsedServer): Promise<void> {
    const known = this.all().find((other) => sameServer(other, server));
    const rest = this.all().filter((other) => !sameServer(other, server));
    await this.memory.update(key, [{ ...known, ...server }, ...rest]);
  }

  async forget(ref: ServerRef): Promise<void> {
    await this.memory.update(
      key,
      this.all().filter((other) => !sameServer(other, ref)),
    );
  }

  /** This window's name at a notebook's kernel, the same after a reload; `make` gives a new one. */
  clientId(notebook: string, make: () => string): string {
    const stored = this.memory.get<Record<string, string>>(clientsKey) ?? {};
    const known = stored[notebook];
    if (typeof known === 'string') return known;
    const id = make();
    const kept = Object.entries(stored).slice(-(mostClients - 1));
    void this.memory.update(clientsKey, Object.fromEntries([...kept, [notebook, id]]));
    return id;
  }
}

function isUsed(value: unknown): value is UsedServer {
  const server = value as Partial<UsedServer> | null;
  return [server?.context, server?.namespace, server?.name].every((part) => typeof part === 'string');
}
