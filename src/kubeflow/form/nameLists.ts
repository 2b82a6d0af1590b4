/** Names of what a server can be given by name. Never the values: of a secret nothing but its name and type is asked for. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { configMaps, resourcePath, secrets, serviceAccounts } from '../../k8s/objects.ts';
import type { ConfigMap, ResourceType } from '../../k8s/objects.ts';
import type { NameKind, SecretOption, SpawnOptions } from '../form.ts';

/** What could be listed; absent where it could not. */
export interface NameLists {
  secrets?: SecretOption[];
  configMaps?: string[];
  serviceAccounts?: string[];
}

const kinds: readonly NameKind[] = ['secrets', 'configMaps', 'serviceAccounts'];

/**
 * The lists as tables, which is what kubectl prints. A list of metadata would bring annotations along, and `kubectl apply`
 * keeps a copy of a secret's values in one. No other form of an answer is accepted, so that a server without tables refuses.
 */
const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';

interface Table {
  columnDefinitions: { name: string }[];
  rows?: { cells: (string | number | null | undefined)[] }[] | null;
}

/** Names of a namespace's secrets, config maps and service accounts, each sorted. */
export async function nameLists(cluster: Cluster, namespace: string, signal?: AbortSignal): Promise<NameLists> {
  const [secret, map, account] = await Promise.all(
    [secrets, configMaps, serviceAccounts].map((type) => rowsOf(cluster, type, namespace, signal)),
  );
  const names = (rows: Row[]): string[] => rows.map(({ name }) => name).sort();
  return {
    ...(secret && { secrets: secret.sort((a, b) => a.name.localeCompare(b.name)) }),
    ...(map && { configMaps: names(map) }),
    ...(account && { serviceAccounts: names(account) }),
  };
}

interface Row {
  name: string;
  /** Of secrets alone. */
  type: string;
}

async function rowsOf(
  cluster: Cluster,
  type: ResourceType,
  namespace: string,
  signal?: AbortSignal,
): Promise<Row[] | undefined> {
  const path = resourcePath(type, { namespace });
  try {
    // From the API server's memory; without the objects that the rows are of.
    const query = { includeObject: 'None', resourceVersion: '0' };
    const table = await cluster.request<Table>({ path, query, accept, signal });
    const at = (column: string): number => table.columnDefinitions.findIndex(({ name }) => name === column);
    const [name, kind] = [at('Name'), at('Type')];
    return (table.rows ?? []).map(({ cells }) => ({ name: String(cells[name]), type: String(cells[kind] ?? '') }));
  } catch (error) {
    if (isKubeError(error)) return undefined;
    throw error;
  }
}

/**
 * The keys of a config map that can be variables, sorted; undefined where it cannot be read. Its values come with them and
 * are dropped. There is no such thing for secrets: the API hands out a secret's keys together with its values only.
 */
export async function configMapKeys(
  cluster: Cluster,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<string[] | undefined> {
  try {
    const { data } = await cluster.get<ConfigMap>(configMaps, { namespace, name }, signal);
    return Object.keys(data ?? {}).sort();
  } catch (error) {
    if (isKubeError(error)) return undefined;
    throw error;
  }
}

/** How long a list is as good as new, in milliseconds: it is asked for each time that a field is entered. */
const freshMs = 5000;

/** The names that a form has asked for. */
export class FormNames {
  private readonly lists = new Map<string, NameLists>();
  private readonly keys = new Map<string, Record<string, string[]>>();
  private readonly asked = new Map<string, number>();

  constructor(
    private readonly cluster: Cluster,
    private readonly now: () => number,
  ) {}

  /** Was this asked for a moment ago? Else it counts as asked for now. */
  isFresh(question: string): boolean {
    const before = this.asked.get(question);
    const now = this.now();
    if (before !== undefined && now - before < freshMs) return true;
    this.asked.set(question, now);
    return false;
  }

  async readLists(namespace: string, signal: AbortSignal): Promise<void> {
    this.lists.set(namespace, await nameLists(this.cluster, namespace, signal));
  }

  async readKeys(namespace: string, configMap: string, signal: AbortSignal): Promise<void> {
    const keys = await configMapKeys(this.cluster, namespace, configMap, signal);
    const others = Object.entries(this.keys.get(namespace) ?? {}).filter(([name]) => name !== configMap);
    this.keys.set(namespace, Object.fromEntries(keys ? [...others, [configMap, keys]] : others));
  }

  /** What is known by now, as the form's options have it. */
  get options(): Pick<SpawnOptions, NameKind | 'unlisted' | 'configMapKeys'> {
    const lists = [...this.lists];
    const of = <K extends NameKind>(kind: K): Record<string, NonNullable<NameLists[K]>> =>
      Object.fromEntries(lists.flatMap(([namespace, list]) => (list[kind] ? [[namespace, list[kind]]] : [])));
    return {
      secrets: of('secrets'),
      configMaps: of('configMaps'),
      serviceAccounts: of('serviceAccounts'),
      unlisted: Object.fromEntries(lists.map(([namespace, list]) => [namespace, kinds.filter((kind) => !list[kind])])),
      configMapKeys: Object.fromEntries(this.keys),
    };
  }
}
