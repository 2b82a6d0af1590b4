import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import type { Lab, Person } from '../../lab/index.ts';

/** A context of a test's kubeconfig: somebody's of the lab, with something that is not as it should be. */
export interface LabContext {
  who: Person;
  /** Which way to the API server; `local` when not given. */
  at?: 'local' | 'remote' | 'proxy';
  server?: string;
  token?: string;
}

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: Record<string, unknown> }[];
}

/** Writes a kubeconfig of several contexts, each with a cluster and a user of its name; the first is the current one. */
export async function writeKubeconfig(lab: Lab, file: string, contexts: Record<string, LabContext>): Promise<void> {
  const made: Kubeconfig = { clusters: [], users: [], contexts: [] };
  for (const [name, { who, at, server, token }] of Object.entries(contexts)) {
    const own = parse(await readFile(lab.kubeconfig(who, { at }), 'utf8')) as Kubeconfig;
    made.clusters.push({ name, cluster: { ...own.clusters[0]?.cluster, ...(server && { server }) } });
    made.users.push({ name, user: token ? { token } : (own.users[0]?.user ?? {}) });
    made.contexts.push({ name, context: { ...own.contexts[0]?.context, cluster: name, user: name } });
  }
  const [current] = Object.keys(contexts);
  const whole = { apiVersion: 'v1', kind: 'Config', 'current-context': current, ...made };
  await writeFile(file, stringify(whole), { mode: 0o600 });
}
