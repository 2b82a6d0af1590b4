import { Routes } from '../jupyter/routes.ts';
import { podProxyRights, portForwardRights } from '../k8s/access.ts';
import type { Logger } from '../k8s/log.ts';
import { podProxy } from '../k8s/podProxy.ts';
import { portForward } from '../k8s/portForward.ts';
import type { Session } from '../kubeflow/sessions.ts';

/** The ways to a notebook server's pod in one cluster, with what the user may do there. */
export function podRoutes(
  { cluster, access }: Pick<Session, 'cluster' | 'access'>,
  { namespace, server, logger }: { namespace: string; server: string; logger: Logger },
): Routes {
  // Jupyter lives below Kubeflow's prefix; other kinds of servers answer that path, too, if only that they have none.
  const path = `/notebook/${encodeURIComponent(namespace)}/${encodeURIComponent(server)}/api`;
  return new Routes({
    server,
    logger,
    answers: (signal) =>
      cluster.serverVersion(signal).then(
        () => true,
        () => false,
      ),
    portForward: {
      open: (pod, signal) => portForward(cluster, pod, signal),
      missing: (where) => access.missing(portForwardRights(where)),
    },
    podProxy: {
      open: (pod, signal) => podProxy(cluster, { ...pod, path }, signal),
      missing: (where) => access.missing(podProxyRights(where)),
    },
  });
}
