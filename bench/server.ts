import type { Lab } from '../lab/index.ts';

/** A notebook server of alice that the measurements run against. */
export interface BenchServer {
  namespace: string;
  name: string;
  pod: string;
  uid: string;
  /** Jupyter itself, past the cluster: http://127.0.0.1:PORT/notebook/NS/NAME/ */
  jupyter: string;
}

const namespace = 'alice';
const name = 'bench';
const pod = `${name}-0`;

/** A notebook server of alice without a volume that outlives it. @param env of its container */
export function notebookServer(name: string, env: Record<string, string> = {}): object {
  return {
    apiVersion: 'kubeflow.org/v1beta1',
    kind: 'Notebook',
    metadata: { name, namespace },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name,
              image: 'ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.10.0',
              resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } },
              env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              volumeMounts: [{ name: 'home', mountPath: '/home/jovyan' }],
            },
          ],
          volumes: [{ name: 'home', emptyDir: {} }],
        },
      },
    },
  };
}

/** Creates it as alice would and waits until Jupyter answers. @param env of its container */
export async function benchServer(lab: Lab, env: Record<string, string> = {}): Promise<BenchServer> {
  await lab.kubectl(['apply', '-f', '-'], { as: 'alice', input: JSON.stringify(notebookServer(name, env)) });
  await becomesReady(lab);
  const uid = (
    await lab.kubectl(['get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.metadata.uid}'], { as: 'admin' })
  ).trim();
  const port = (await forwards(lab, pod)).find(({ ports }) => !ports || ports.includes(8888))?.target.port;
  if (!port) throw new Error('the lab does not say where this pod’s Jupyter listens');
  return { namespace, name, pod, uid, jupyter: `http://127.0.0.1:${port}/notebook/${namespace}/${name}/` };
}

/** Waits until the server's pod is there and ready, as kubectl says. */
export async function becomesReady(lab: Lab, server = { namespace, pod }): Promise<void> {
  for (const [what, limit] of [
    ['create', '60s'],
    ['condition=Ready', '180s'],
  ])
    await lab.kubectl(['wait', `--for=${what}`, `pod/${server.pod}`, '-n', server.namespace, `--timeout=${limit}`], {
      as: 'admin',
    });
}

interface Forward {
  ports?: number[];
  target: { address: string; port: number };
}

/** What a port-forward into the pod reaches, as kwok is told. */
export async function forwards(lab: Lab, pod: string): Promise<Forward[]> {
  const args = ['get', 'portforwards.kwok.x-k8s.io', pod, '-n', namespace, '-o', 'jsonpath={.spec.forwards}'];
  return JSON.parse(await lab.kubectl(args, { as: 'admin' })) as Forward[];
}

/** Lets a port of the pod lead to a port of this computer as well. */
export async function addForward(lab: Lab, pod: string, podPort: number, port: number): Promise<void> {
  const all = [...(await forwards(lab, pod)), { ports: [podPort], target: { address: '127.0.0.1', port } }];
  const patch = JSON.stringify({ spec: { forwards: all } });
  await lab.kubectl(['patch', 'portforwards.kwok.x-k8s.io', pod, '-n', namespace, '--type=merge', '-p', patch], {
    as: 'admin',
  });
}
