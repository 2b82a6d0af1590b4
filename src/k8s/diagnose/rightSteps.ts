import { Access, podProxyRights, type Answer, type Right } from '../access.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeProblem } from '../errors.ts';
import { podProxy } from '../podProxy.ts';
import { isPortForwardRefused, portForward } from '../portForward.ts';
import { RefusedHandshake } from '../refusedHandshake.ts';
import type { Found } from './steps.ts';
import type { ForwardTarget, Needs } from './subject.ts';

/** What we may do, asked of the server. Never throws: what it does not say is unknown. */
export async function rights(
  cluster: Cluster,
  { look, act }: Pick<Needs, 'look' | 'act'>,
  namespace: string | undefined,
): Promise<Found<'rights'>> {
  const access = new Access(cluster);
  const ask = async (right: Right): Promise<{ right: Right; answer: Answer }> => ({
    right,
    answer: await access.can(right),
  });
  const where = namespace ? { namespace } : {};
  const [here, everywhere, rest] = await Promise.all([
    Promise.all(look.map((right) => ask({ ...right, ...where }))),
    namespace ? Promise.all(look.map((right) => ask(right))) : [],
    Promise.all(act.map((right) => ask({ ...right, ...where }))),
  ]);
  const facts = { ...where, answers: [...here, ...everywhere, ...rest] };
  const refused = (answers: { answer: Answer }[]): boolean => answers.some(({ answer }) => answer === 'no');
  if (refused(here) && (everywhere.length === 0 || refused(everywhere))) {
    const { verb, resource } = here.find(({ answer }) => answer === 'no')!.right;
    const problem: KubeProblem = { code: 'Forbidden', verb, resource, ...where, message: `needs ${verb} ${resource}` };
    return { outcome: 'failed', facts, problem };
  }
  const whole = [...here, ...rest].every(({ answer }) => answer === 'yes');
  return { outcome: whole ? 'ok' : 'warning', facts };
}

/** Whether a port-forward can be tried at all. A server before 1.35 is content with `get`. */
export function mayForward({ facts }: Pick<Found<'rights'>, 'facts'>): boolean {
  return !facts?.answers.some(
    ({ right, answer }) => right.subresource === 'portforward' && right.verb === 'get' && answer === 'no',
  );
}

/** Makes a real port-forward and ends it. @throws KubeError; the signal's reason */
export async function forward(
  cluster: Cluster,
  target: ForwardTarget,
  signal: AbortSignal,
): Promise<Found<'portForward'>> {
  const where = placeOf(target);
  try {
    (await portForward(cluster, target, signal)).destroy();
    return { outcome: 'ok', facts: { ...where, listens: true } };
  } catch (error) {
    // The way is open to the pod's end of it.
    if (isPortForwardRefused(error)) return { outcome: 'ok', facts: { ...where, listens: false } };
    if (!(error instanceof RefusedHandshake) || error.byApiServer) throw error;
    return { outcome: 'failed', facts: { ...where, refusedBetween: error.status }, problem: error.problem };
  }
}

/** Asks the server in the pod by way of the API server's proxy. @throws KubeError; the signal's reason */
export async function proxied(
  cluster: Cluster,
  target: ForwardTarget,
  signal: AbortSignal,
): Promise<Found<'podProxy'>> {
  const rights = await new Access(cluster).missing(podProxyRights(target.namespace));
  if (rights.length > 0) return { outcome: 'skipped', skipped: { why: 'noRight', rights } };
  try {
    (await podProxy(cluster, target, signal)).destroy();
  } catch (error) {
    if (!isPortForwardRefused(error)) throw error;
  }
  return { outcome: 'ok', facts: placeOf(target) };
}

function placeOf({ namespace, pod, port }: ForwardTarget): { namespace: string; pod: string; port: number } {
  return { namespace, pod, port };
}
