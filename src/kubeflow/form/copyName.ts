/** What a copy of a server is called. Pure. */
import type { SpawnOptions } from '../form.ts';
import { maxNameLength } from './syntax.ts';

/** The first of mnist-2, mnist-3, ... (of mnist-2: mnist-3, ...) that no server has and that no volume's name begins with. */
export function copyName(name: string, namespace: string, o: Pick<SpawnOptions, 'servers' | 'claims'>): string {
  const servers = new Set((o.servers[namespace] ?? []).map((server) => server.name));
  const claims = (o.claims[namespace] ?? []).map((claim) => claim.name);
  const [, stem = name, number = '1'] = /^(.*?)-(\d{1,4})$/.exec(name) ?? [];
  for (let n = Number(number) + 1; ; n++) {
    const copy = `${stem.slice(0, maxNameLength - `-${n}`.length)}-${n}`;
    if (!servers.has(copy) && !claims.some((claim) => claim.startsWith(`${copy}-`))) return copy;
  }
}
