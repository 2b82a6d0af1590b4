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
/** Each is an entry in the kernel picker, at every start. */
const mostServers = 20;
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
    await this.memory.update(key, [{ ...known, ...server }, ...rest].slice(0, mostServers));
  }

  /** This window's name at a notebook's kernel, the same after a reload; `make` gives a new one. */
  clientId(notebook: string, make: () => string): string {
    const stored = this.clients();
    const known = stored[notebook];
    if (typeof known === 'string') return known;
    const id = make();
    const kept = Object.entries(stored).slice(-(mostClients - 1));
    void this.memory.update(clientsKey, Object.fromEntries([...kept, [notebook, id]]));
    return id;
  }

  knowsClient(notebook: string): boolean {
    return typeof this.clients()[notebook] === 'string';
  }

  forgetClient(notebook: string): void {
    if (!this.knowsClient(notebook)) return;
    const kept = Object.entries(this.clients()).filter(([known]) => known !== notebook);
    void this.memory.update(clientsKey, Object.fromEntries(kept));
  }

  private clients(): Record<string, string> {
    return this.memory.get<Record<string, string>>(clientsKey) ?? {};
  }
}

function isUsed(value: unknown): value is UsedServer {
  const server = value as Partial<UsedServer> | null;
  return [server?.context, server?.namespace, server?.name].every((part) => typeof part === 'string');
}
