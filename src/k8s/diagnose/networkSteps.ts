import type { Cluster } from '../cluster.ts';
import { authority, type DialStep } from '../dial.ts';
import { isKubeError, type KubeProblem } from '../errors.ts';
import type { Facts, Found, StepName } from './steps.ts';

type Network = 'dns' | 'proxy' | 'tcp' | 'tls';
/** Tells how a step went; each once. */
export type Tell = <S extends Network>(step: S, found: Found<S>) => void;

const soonMs = 7 * 24 * 3_600_000;

/**
 * One connection, opened as requests open theirs, told in its four steps as they end. With a proxy the name is the
 * proxy's, and the connection with the server is the one that the proxy makes.
 * @throws the signal's reason, and what is no KubeError
 */
export async function network(
  cluster: Cluster,
  tell: Tell,
  o: { anonymous: boolean; signal: AbortSignal; now: () => number },
): Promise<void> {
  const ended = new Set<Network>();
  const end: Tell = (step, found) => {
    ended.add(step);
    tell(step, found);
  };
  let proxy: { name: string; from: Facts['proxy']['from'] } | undefined;
  let address = '';
  const observe = (step: DialStep): void => {
    switch (step.at) {
      case 'chosen':
        proxy = step.proxy;
        return;
      case 'resolved':
        end('dns', {
          outcome: 'ok',
          facts: { name: step.name, of: proxy ? 'proxy' : 'server', addresses: step.addresses },
        });
        if (!proxy) end('proxy', { outcome: 'ok', facts: {} });
        return;
      case 'connected':
        address = step.address;
        if (!proxy) end('tcp', { outcome: 'ok', facts: { address } });
        return;
      case 'proxied':
        end('proxy', { outcome: 'ok', facts: { ...proxy } });
        end('tcp', { outcome: 'ok', facts: { address, through: proxy?.name } });
        return;
      case 'secured':
        end('tls', secured(cluster, step.tls, o.now()));
    }
  };
  try {
    await cluster.probe(observe, o);
    if (!ended.has('tls')) end('tls', { outcome: 'warning', facts: {} });
  } catch (error) {
    if (!isKubeError(error)) throw error;
    fail(cluster, error.problem, { ended, end });
  }
}

function secured({ context }: Cluster, tls: Facts['tls'], now: number): Found<'tls'> {
  const { caData, caFile, skipTLSVerify } = context.cluster;
  const facts: Facts['tls'] = { ...tls, authority: caData || caFile ? 'kubeconfig' : 'computer' };
  const ends = tls.validTo !== undefined && tls.validTo.getTime() - now < soonMs;
  return { outcome: skipTLSVerify || ends ? 'warning' : 'ok', facts };
}

/** The step that did not end is the one that failed; the next ones were not come to. */
function fail(cluster: Cluster, problem: KubeProblem, { ended, end }: { ended: Set<Network>; end: Tell }): void {
  const order: Network[] = ['dns', 'proxy', 'tcp', 'tls'];
  const at = failedAt(problem, order.find((step) => !ended.has(step)) ?? 'tls');
  for (const step of order) {
    if (ended.has(step)) continue;
    if (step !== at) {
      end(step, { outcome: 'skipped', skipped: { why: 'after', step: at } });
      continue;
    }
    const facts = step === 'dns' ? unresolved(cluster, problem) : undefined;
    end(step, { outcome: 'failed', problem, ...(facts ? { facts } : {}) });
  }
}

function failedAt(problem: KubeProblem, open: Network): StepName & Network {
  if (problem.code !== 'Unreachable' || problem.reason !== 'proxy') return open;
  return problem.proxy?.trouble === 'dns' ? 'dns' : 'proxy';
}

function unresolved({ context }: Cluster, problem: KubeProblem): Facts['dns'] {
  const proxy = problem.code === 'Unreachable' ? problem.proxy : undefined;
  const name = (proxy?.name ?? authority(new URL(context.server))).replace(/:\d+$/, '');
  return { name, of: proxy ? 'proxy' : 'server', addresses: [] };
}
