import type { Service, StatefulSet } from '../../src/k8s/objects.ts';
import { controllerReference, notebookNameLabel, notebooks, stoppedAnnotation, type Notebook } from './objects.ts';

const defaultPort = 8888;
const servingPort = 80;
const prefixVariable = 'NB_PREFIX';

/**
 * The StatefulSet that Kubeflow makes of a Notebook (notebook controller v1.11): one replica, or none while the stop
 * annotation is there with whatever value; the first container is the notebook server.
 */
export function desiredStatefulSet(notebook: Notebook): StatefulSet {
  const { name, namespace, labels, annotations } = notebook.metadata;
  const spec = structuredClone(notebook.spec.template.spec);
  const container = spec.containers[0]!;
  container.workingDir ||= '/home/jovyan';
  container.ports ??= [{ containerPort: defaultPort, name: 'notebook-port', protocol: 'TCP' }];
  // A value that is there already stays, even a wrong one: the original means to replace it, and does not.
  if (!container.env?.some((variable) => variable.name === prefixVariable)) {
    container.env = [...(container.env ?? []), { name: prefixVariable, value: `/notebook/${namespace}/${name}` }];
  }
  spec.securityContext ??= { fsGroup: 100 };
  const podAnnotations = Object.entries(annotations ?? {}).filter(
    ([key]) => !key.includes('kubectl') && !key.includes('notebook'),
  );
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace, ownerReferences: [controllerReference(notebooks, notebook)] },
    spec: {
      replicas: annotations && stoppedAnnotation in annotations ? 0 : 1,
      selector: { matchLabels: { statefulset: name } },
      serviceName: '',
      template: {
        metadata: {
          labels: { statefulset: name, [notebookNameLabel]: name, ...labels },
          annotations: Object.fromEntries(podAnnotations),
        },
        spec,
      },
    },
  };
}

/**
 * The Service that Kubeflow makes of a Notebook; its port's name follows Istio's pattern.
 * @throws Error for an empty list of ports: the original falls over it, so such a Notebook gets neither Service nor status
 */
export function desiredService(notebook: Notebook): Service {
  const { name, namespace } = notebook.metadata;
  const ports = notebook.spec.template.spec.containers[0]?.ports;
  if (ports?.length === 0) throw new Error(`the Notebook ${namespace}/${name} has an empty list of ports`);
  const port = ports?.[0]?.containerPort ?? defaultPort;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, ownerReferences: [controllerReference(notebooks, notebook)] },
    spec: {
      type: 'ClusterIP',
      selector: { statefulset: name },
      ports: [{ name: `http-${name}`, port: servingPort, targetPort: port, protocol: 'TCP' }],
    },
  };
}

/**
 * The StatefulSet to write over one that exists: replicas and the pod template's spec are the Notebook's, its own labels
 * and annotations go; the template's labels and annotations stay what they were at creation.
 */
export function updatedStatefulSet(found: StatefulSet, desired: StatefulSet): StatefulSet {
  return {
    ...found,
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: withoutLabels(found.metadata),
    spec: {
      ...found.spec!,
      replicas: desired.spec!.replicas,
      template: { ...found.spec!.template, spec: desired.spec!.template.spec },
    },
  };
}

/** The Service to write over one that exists: selector and ports are the Notebook's, its own labels and annotations go. */
export function updatedService(found: Service, desired: Service): Service {
  return {
    ...found,
    apiVersion: 'v1',
    kind: 'Service',
    metadata: withoutLabels(found.metadata),
    spec: { ...found.spec, selector: desired.spec!.selector, ports: desired.spec!.ports },
  };
}

function withoutLabels<Meta extends { labels?: unknown; annotations?: unknown }>(metadata: Meta): Meta {
  const rest = { ...metadata };
  delete rest.labels;
  delete rest.annotations;
  return rest;
}
