import { randomUUID } from 'node:crypto';
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
const workspaceKey = 'kubeflow.workspace';
/** Each is an entry in the kernel picker, at every start. */
const mostServers = 20;

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

  /** What tells this workspace from others, for things that have no name of their own. */
  workspace(): string {
    const known = this.memory.get<unknown>(workspaceKey);
    if (typeof known === 'string') return known;
    const made = randomUUID();
    void this.memory.update(workspaceKey, made);
    return made;
  }
}

function isUsed(value: unknown): value is UsedServer {
  const server = value as Partial<UsedServer> | null;
  return [server?.context, server?.namespace, server?.name].every((part) => typeof part === 'string');
}
