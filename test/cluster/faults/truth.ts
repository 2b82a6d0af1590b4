/** What kubectl says there is, in the same shape as what is seen. */
import type { Lab } from '../../../lab/index.ts';
import type { CoreEvent, KubeObject, PersistentVolumeClaim, Pod } from '../../../src/k8s/objects.ts';
import { dedupeEvents, isAbout, tellersOf } from '../../../src/kubeflow/events.ts';
import { podName, type Notebook } from '../../../src/kubeflow/objects.ts';
import { claimLine, eventLine, notebookPart, podLine, type Row, type Seen } from './seen.ts';

export interface Truth {
  profiles: string[];
  rows: Record<string, Row>;
  claims: string[];
}

/** @param visible the namespaces that the user may see; all when not given */
export async function truth(lab: Lab, namespace: string, visible?: readonly string[]): Promise<Truth> {
  const items = async <T>(...args: string[]) =>
    (JSON.parse(await lab.kubectl(['get', ...args, '-o', 'json'])) as { items: T[] }).items;
  const [all, inside] = await Promise.all([
    items<KubeObject>('notebooks,profiles', '-A'),
    items<KubeObject>('pods,events,persistentvolumeclaims', '-n', namespace),
  ]);
  const of = <T>(list: KubeObject[], kind: string) => list.filter((object) => object.kind === kind) as unknown as T[];
  const claims = of<PersistentVolumeClaim>(inside, 'PersistentVolumeClaim');
  const pods = of<Pod>(inside, 'Pod');
  const events = of<CoreEvent>(inside, 'Event');
  const row = (notebook: Notebook): Row => {
    if (notebook.metadata.namespace !== namespace) return { ...notebookPart(notebook), events: [] };
    const pod = pods.find(({ metadata }) => metadata.name === podName(notebook));
    const told = tellersOf(notebook, claims);
    const about = dedupeEvents(events.filter((event) => isAbout(event, told)));
    return { ...notebookPart(notebook), ...(pod ? { pod: podLine(pod) } : {}), events: about.map(eventLine).sort() };
  };
  const may = (name: string | undefined) => !visible || visible.includes(name ?? '');
  return {
    profiles: of<KubeObject>(all, 'Profile')
      .map(({ metadata }) => metadata.name)
      .filter(may)
      .sort(),
    rows: Object.fromEntries(
      of<Notebook>(all, 'Notebook')
        .filter(({ metadata }) => may(metadata.namespace))
        .map((notebook) => [`${notebook.metadata.namespace}/${notebook.metadata.name}`, row(notebook)]),
    ),
    claims: claims.map(claimLine).sort(),
  };
}

/** What is seen and is not so, or is so and is not seen: nothing when all is well. */
export function difference(seen: Seen, is: Truth): string[] {
  const found: string[] = [];
  const compare = (what: string, a: unknown, b: unknown) => {
    if (sorted(a) !== sorted(b)) found.push(`${what}: seen ${sorted(a)}, kubectl ${sorted(b)}`);
  };
  compare('profiles', Object.keys(seen.profiles).sort(), is.profiles);
  for (const key of new Set([...Object.keys(seen.rows), ...Object.keys(is.rows)])) {
    compare(key, seen.rows[key], is.rows[key]);
  }
  compare('claims', seen.claims, is.claims);
  return found;
}

/** JSON with the keys in one order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
      : part,
  );
}

/** Everything is live, and nothing is said to be wrong. */
export function isLive(seen: Seen): boolean {
  return (
    seen.face === 'ready' &&
    seen.said === undefined &&
    seen.state === 'live' &&
    Object.values(seen.profiles).every((state) => state === 'live') &&
    Object.keys(seen.stale).length === 0
  );
}
