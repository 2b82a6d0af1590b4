import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../../src/k8s/cluster.ts';
import { isKubeError } from '../../src/k8s/errors.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { LiveList } from '../../src/k8s/liveList.ts';
import {
  clusterRoles,
  configMaps,
  customResourceDefinitions,
  namespaces,
  persistentVolumes,
  storageClasses,
  type KubeObject,
  type ResourceType,
} from '../../src/k8s/objects.ts';
import { notebooks, podDefaults, profiles } from '../../src/kubeflow/objects.ts';
import type { RunFolder } from '../folders.ts';
import type { LabSettings } from '../types.ts';
import { podSpec } from './schema/podSpec.ts';
import { until } from './until.ts';

const here = import.meta.dirname;
const types: readonly ResourceType[] = [
  clusterRoles,
  configMaps,
  customResourceDefinitions,
  namespaces,
  persistentVolumes,
  storageClasses,
];

/** The objects of the YAML files in a folder, or of one file. */
async function read(source: string): Promise<KubeObject[]> {
  const files = source.endsWith('.yaml') ? [source] : (await readdir(source)).map((name) => path.join(source, name));
  const documents = await Promise.all(
    files.map(async (file) => parseAllDocuments(await readFile(file, 'utf8'), { merge: true })),
  );
  return documents.flat().map((document) => document.toJS() as KubeObject);
}

/** The objects with values in the place of strings that are such a name and nothing else. */
function filledIn(objects: KubeObject[], values: Record<string, unknown>): KubeObject[] {
  const filled = JSON.stringify(objects, (_, value: unknown) =>
    typeof value === 'string' && value in values ? values[value] : value,
  );
  return JSON.parse(filled) as KubeObject[];
}

/** Server-side apply of objects, all at once. */
async function apply(cluster: Cluster, objects: KubeObject[]): Promise<void> {
  await Promise.all(
    objects.map((object) => {
      const type = types.find((t) => t.kind === object.kind);
      if (!type) throw new Error(`the lab applies no ${object.kind}`);
      return cluster.patch(type, { namespace: object.metadata.namespace, name: object.metadata.name }, object, {
        kind: 'apply',
        fieldManager: 'kubeflow-lab',
      });
    }),
  );
}

/** Kubeflow's and kwok's CRDs and Kubeflow's roles; resolves when the new types are served. */
export async function applyDefinitions(
  cluster: Cluster,
  o: { run: RunFolder; logger: Logger; signal: AbortSignal },
): Promise<void> {
  const crds = [
    ...filledIn(await read(path.join(here, 'crds')), { POD_SPEC: podSpec }),
    ...(await read(path.join(o.run.tools(), 'kwok', 'crd'))),
  ];
  const roles = await read(path.join(here, 'roles.yaml'));
  await apply(cluster, [...crds, ...roles]);
  const list = new LiveList<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>(
    cluster,
    { type: customResourceDefinitions },
    { logger: o.logger, batchMs: 20 },
  );
  try {
    const established = (name: string) =>
      list.items.get(name)?.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
    await until([list], () => crds.every((crd) => established(crd.metadata.name)), o.signal);
    await Promise.all([notebooks, profiles, podDefaults].map((type) => served(cluster, type, o.signal)));
  } finally {
    list.dispose();
  }
}

/** The StorageClass, and the volume of `static`. */
export async function applyStorage(
  cluster: Cluster,
  o: { run: RunFolder; storage: LabSettings['storage'] },
): Promise<void> {
  const objects = await read(path.join(here, 'storage', `${o.storage}.yaml`));
  const folder = path.join(o.run.volumes(), 'local-volume');
  await apply(cluster, filledIn(objects, { FOLDER: folder }));
}

/** What the web apps are installed with: the namespace first, as the rest is in it. */
export async function applyWebApps(cluster: Cluster): Promise<void> {
  const objects = await read(path.join(here, 'webApp'));
  const isNamespace = ({ kind }: KubeObject): boolean => kind === 'Namespace';
  await apply(cluster, objects.filter(isNamespace));
  await apply(
    cluster,
    objects.filter((object) => !isNamespace(object)),
  );
}

/** Waits for a type that is established to be listed: for a moment the API server still says "storage is (re)initializing". */
async function served(cluster: Cluster, type: ResourceType, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await cluster.list(type, { limit: 1, signal });
      return;
    } catch (error) {
      if (!isKubeError(error, 'TooManyRequests') && !isKubeError(error, 'NotFound')) throw error;
      await delay(50, undefined, { signal });
    }
  }
}
