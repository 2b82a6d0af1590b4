import type { Cluster } from '../cluster.ts';
import { isKubeError } from '../errors.ts';
import type { KubeContext } from '../kubeconfig.ts';
import { selfSubjectAccessReviews } from '../objects.ts';
import type { CredentialKind, Facts, Found } from './steps.ts';

/** Whether credentials can be had, as each request gets them. @throws KubeError; the signal's reason */
export async function credentials(cluster: Cluster, signal: AbortSignal): Promise<Found<'credentials'>> {
  await cluster.signIn(signal);
  const facts = credentialFacts(cluster.context);
  return { outcome: facts.kind === 'none' ? 'warning' : 'ok', facts };
}

/** What the kubeconfig says, without asking anybody. */
export function credentialFacts({ user }: KubeContext): Facts['credentials'] {
  const { impersonate, exec } = user;
  return {
    kind: kindOf(user),
    ...(exec ? { command: exec.command } : {}),
    ...(impersonate?.user ? { impersonates: impersonate.user } : {}),
  };
}

function kindOf(user: KubeContext['user']): CredentialKind {
  if (user.tokenFile) return 'tokenFile';
  if (user.token) return 'token';
  if (user.exec) return 'plugin';
  if (user.authProvider) return 'provider';
  if (user.certData || user.certFile) return 'certificate';
  return user.username ? 'password' : 'none';
}

const group = 'authentication.k8s.io';
const kind = 'SelfSubjectReview';

/**
 * Who the server says that we are. Served since Kubernetes 1.26 (v1 since 1.28); of an older server, or one that does
 * not tell us, only that it believes us. @throws KubeError; the signal's reason
 */
export async function authentication(cluster: Cluster, signal: AbortSignal): Promise<Found<'authentication'>> {
  for (const version of ['v1', 'v1beta1']) {
    try {
      const { status } = await cluster.request<{ status?: { userInfo?: { username?: string; groups?: string[] } } }>({
        method: 'POST',
        path: `/apis/${group}/${version}/selfsubjectreviews`,
        body: { apiVersion: `${group}/${version}`, kind },
        signal,
      });
      const { username, groups = [] } = status?.userInfo ?? {};
      const facts = { ...(username ? { user: username } : {}), groups };
      return { outcome: username === 'system:anonymous' ? 'warning' : 'ok', facts };
    } catch (error) {
      if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Forbidden')) throw error;
    }
  }
  await believed(cluster, signal);
  return { outcome: 'ok', facts: { groups: [] } };
}

/** Any request that is not refused with a 401 will do; this one is everybody's right. */
async function believed(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const resourceAttributes = { verb: 'get', resource: 'pods' };
  const { plural, version, group: reviews, kind: review } = selfSubjectAccessReviews;
  try {
    await cluster.request({
      method: 'POST',
      path: `/apis/${reviews}/${version}/${plural}`,
      body: { apiVersion: `${reviews}/${version}`, kind: review, spec: { resourceAttributes } },
      signal,
    });
  } catch (error) {
    if (!isKubeError(error, 'Forbidden')) throw error;
  }
}
