/** The user's name as the cluster knows it. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';

/**
 * Who the API server takes us for, or undefined where it does not say. Kubeflow's users are known to it by the name that
 * also owns their profile, so this is what its creator annotation holds. Every signed-in user may ask (system:basic-user).
 */
export async function whoAmI(cluster: Cluster, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const review = await cluster.request<{ status?: { userInfo?: { username?: string } } }>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      signal,
    });
    return review.status?.userInfo?.username;
  } catch (error) {
    if (isKubeError(error)) return undefined;
    throw error;
  }
}
