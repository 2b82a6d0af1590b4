/** Notebooks for the cluster tests, and waiting for what the inventory says of them. */
import type { Inventory } from '../../../src/kubeflow/inventory.ts';
import type { Notebook } from '../../../src/kubeflow/objects.ts';

/** Small and quick: what the lab's stock image needs. */
export function smallNotebook(
  name: string,
  namespace: string,
  o: { image?: string; gpus?: number; labels?: Record<string, string>; env?: Record<string, string> } = {},
): Notebook {
  const limits = o.gpus ? { 'nvidia.com/gpu': String(o.gpus) } : undefined;
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: { name, namespace, labels: { app: name, ...o.labels } },
    spec: {
      template: {
        spec: {
          serviceAccountName: 'default-editor',
          containers: [
            {
              name,
              image: o.image ?? 'ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0',
              resources: { requests: { cpu: '0.1', memory: '128Mi' }, ...(limits ? { limits } : {}) },
              volumeMounts: [],
              env: Object.entries(o.env ?? {}).map(([key, value]) => ({ name: key, value })),
            },
          ],
          volumes: [],
        },
      },
    },
  };
}

/** Resolves with the first true answer of `look`, which is asked after every change; rejects after `seconds`, with what it last saw. */
export function until<T>(
  inventory: Inventory,
  look: () => T | undefined | false,
  o: { seconds?: number; seen?: () => unknown } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      listener.dispose();
    };
    const check = () => {
      const answer = look();
      if (answer === undefined || answer === false) return;
      end();
      resolve(answer);
    };
    const listener = inventory.onDidChange(check);
    const timer = setTimeout(
      () => {
        end();
        reject(new Error(`not seen in time; last: ${JSON.stringify(o.seen?.() ?? inventory.view.state)}`));
      },
      (o.seconds ?? 30) * 1000,
    );
    check();
  });
}
