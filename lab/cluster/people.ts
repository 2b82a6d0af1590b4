import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { RunFolder } from '../folders.ts';
import { people, type Person } from '../types.ts';

/** The programs that talk to the API server, each under the user name that a real cluster gives it. */
export const services = {
  'controller-manager': 'system:kube-controller-manager',
  scheduler: 'system:kube-scheduler',
  kwok: 'system:kwok',
  controllers: 'system:kubeflow-controllers',
} as const;
export type Service = keyof typeof services;

/** Kubeflow knows people by their email address; the API server must know them by the same name. */
export const email = (person: Person) => `${person}@example.com`;

/** The namespace a person's context names: the own profile, for carol the one that is shared with her. */
const homes: Partial<Record<Person, string>> = { alice: 'alice', bob: 'bob', carol: 'alice' };

const masters = (who: Person | Service) => who === 'admin' || who === 'kwok' || who === 'controllers';

/** Makes a token for everybody and writes them as the API server's --token-auth-file. */
export async function writeTokens(run: RunFolder): Promise<Record<Person | Service, string>> {
  const users = Object.fromEntries([...people.map((p) => [p, email(p)]), ...Object.entries(services)]) as Record<
    Person | Service,
    string
  >;
  const tokens = Object.fromEntries(Object.keys(users).map((who) => [who, randomBytes(24).toString('hex')]));
  const lines = Object.entries(users).map(([who, user]) =>
    [tokens[who], user, user, ...(masters(who as Person | Service) ? ['"system:masters"'] : [])].join(','),
  );
  await writeFile(run.tokensFile(), `${lines.join('\n')}\n`, { mode: 0o600 });
  return tokens as Record<Person | Service, string>;
}

/** Writes everybody's kubeconfig: people's for each way to the API server, the programs' for the direct one. */
export async function writeKubeconfigs(
  run: RunFolder,
  o: { tokens: Record<Person | Service, string>; ca: string; servers: Record<'local' | 'remote' | 'proxy', string> },
): Promise<void> {
  await mkdir(run.in('kubeconfigs'), { recursive: true, mode: 0o700 });
  const write = (who: Person | Service, user: string, at: 'local' | 'remote' | 'proxy', namespace?: string) =>
    writeFile(
      run.kubeconfig(who, at),
      kubeconfig({ server: o.servers[at], ca: o.ca, user, token: o.tokens[who], namespace }),
      { mode: 0o600 },
    );
  for (const person of people) {
    for (const at of ['local', 'remote', 'proxy'] as const) await write(person, email(person), at, homes[person]);
  }
  for (const [service, user] of Object.entries(services)) await write(service as Service, user, 'local');
}

function kubeconfig(o: { server: string; ca: string; user: string; token: string; namespace?: string }): string {
  const name = 'kubeflow-lab';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { 'certificate-authority-data': Buffer.from(o.ca).toString('base64'), server: o.server } },
    ],
    users: [{ name: o.user, user: { token: o.token } }],
    contexts: [{ name, context: { cluster: name, user: o.user, ...(o.namespace && { namespace: o.namespace }) } }],
    'current-context': name,
  });
}
