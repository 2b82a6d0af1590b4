/** Notebooks that others made, as YAML: what the form must read and leave as it is. */
import { parse } from 'yaml';
import type { Notebook } from '../../src/kubeflow/objects.ts';

const image = 'ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0';

const fixtures: Record<string, string> = {
  'the Jupyter Web App': `
apiVersion: kubeflow.org/v1beta1
metadata:
  labels: { app: NAME, access-ml-pipeline: "true" }
  annotations:
    notebooks.kubeflow.org/server-type: group-two
    notebooks.kubeflow.org/creator: alice@example.com
    notebooks.kubeflow.org/http-rewrite-uri: /
    notebooks.kubeflow.org/http-headers-request-set: '{"X-RStudio-Root-Path":"/notebook/alice/NAME/"}'
spec: { template: { spec: {
  serviceAccountName: default-editor,
  containers: [{
    name: NAME, image: "ghcr.io/kubeflow/kubeflow/notebook-servers/rstudio-tidyverse:v1.11.0", imagePullPolicy: IfNotPresent,
    resources: { requests: { cpu: "0.5", memory: 1.0Gi }, limits: { cpu: "0.6", memory: 1.2Gi, nvidia.com/gpu: "1" } },
    volumeMounts: [{ mountPath: /dev/shm, name: dshm }, { mountPath: /home/jovyan/NAME-datavol-1, name: NAME-datavol-1 },
      { mountPath: /home/jovyan, name: NAME-workspace }], env: [] }],
  volumes: [{ name: dshm, emptyDir: { medium: Memory } },
    { name: NAME-datavol-1, persistentVolumeClaim: { claimName: NAME-datavol-1 } },
    { name: NAME-workspace, persistentVolumeClaim: { claimName: NAME-workspace } }],
  tolerations: [] } } }`,
  'kubectl, with the least there can be': `
apiVersion: kubeflow.org/v1
spec: { template: { spec: { containers: [{ name: NAME, image: ${image} }] } } }`,
  'the old version of the API': `
apiVersion: kubeflow.org/v1alpha1
metadata: { annotations: { my-notebook/note: x } }
spec: { template: { spec: { containers: [{ name: NAME, image: ${image}, resources: { limits: { cpu: 2, memory: 4294967296 } } }] } } }`,
  'numbers instead of texts': `
apiVersion: kubeflow.org/v1
spec: { template: { spec: { containers: [{ name: NAME, image: ${image}, env: [{ name: N }],
  resources: { requests: { cpu: 1, memory: 1e9, ephemeral-storage: 1Gi }, limits: { cpu: "1e0", memory: 1500000001, nvidia.com/gpu: 2 } } }] } } }`,
  'a container that comes second': `
apiVersion: kubeflow.org/v1beta1
spec: { template: { spec: { containers: [
  { name: proxy, image: envoy, ports: [{ containerPort: 15001 }], env: [{ name: A, value: b }], volumeMounts: [{ name: shared, mountPath: /shared }] },
  { name: NAME, image: ${image}, volumeMounts: [{ name: shared, mountPath: /home/jovyan, mountPropagation: HostToContainer }] }],
  volumes: [{ name: shared, persistentVolumeClaim: { claimName: home } }] } } }`,
  'a container of another name': `
apiVersion: kubeflow.org/v1
spec: { template: { spec: { containers: [{ name: main, image: "busybox", command: [sleep, "3600"], workingDir: /work,
  volumeMounts: [{ name: w, mountPath: /work/ }] }], volumes: [{ name: w, emptyDir: {} }] } } }`,
  'stopped by an empty annotation': `
apiVersion: kubeflow.org/v1
metadata: { annotations: { kubeflow-resource-stopped: "", notebooks.kubeflow.org/last-activity: "2026-01-01T00:00:00Z" } }
spec: { template: { spec: { containers: [{ name: NAME, image: ${image}, resources: { requests: { cpu: 100m, memory: 128Mi } } }] } } }`,
  'Open Data Hub': `
apiVersion: kubeflow.org/v1
metadata:
  labels: { app: NAME, opendatahub.io/dashboard: "true", opendatahub.io/odh-managed: "true", opendatahub.io/user: alice }
  annotations:
    notebooks.opendatahub.io/inject-oauth: "true"
    notebooks.opendatahub.io/last-image-selection: "jupyter-minimal-notebook:2025.1"
    notebooks.opendatahub.io/last-size-selection: Small
    opendatahub.io/username: alice@example.com
    openshift.io/display-name: "Alice's workbench"
    openshift.io/description: ""
spec: { template: { spec: {
  affinity: {}, enableServiceLinks: false, serviceAccountName: NAME,
  containers: [
    { name: NAME, image: "image-registry.openshift-image-registry.svc:5000/opendatahub/jupyter:2025.1", imagePullPolicy: Always, workingDir: /opt/app-root/src,
      env: [{ name: NOTEBOOK_ARGS, value: "--ServerApp.port=8888\\n--ServerApp.token=''\\n--ServerApp.base_url=/notebook/alice/NAME\\n" }, { name: JUPYTER_IMAGE, value: x }],
      envFrom: [{ secretRef: { name: aws-connection } }],
      livenessProbe: { httpGet: { path: /notebook/alice/NAME/api, port: notebook-port, scheme: HTTP }, periodSeconds: 5 },
      readinessProbe: { httpGet: { path: /notebook/alice/NAME/api, port: notebook-port } },
      ports: [{ containerPort: 8888, name: notebook-port, protocol: TCP }],
      resources: { limits: { cpu: "2", memory: 8Gi }, requests: { cpu: "1", memory: 8Gi } },
      volumeMounts: [{ mountPath: /opt/app-root/src, name: NAME }, { mountPath: /dev/shm, name: shm },
        { mountPath: /etc/pki/tls/custom-certs/ca-bundle.crt, name: trusted-ca, readOnly: true, subPath: ca-bundle.crt }] },
    { name: oauth-proxy, image: "registry.redhat.io/openshift4/ose-oauth-proxy@sha256:${'1'.repeat(64)}", args: ["--provider=openshift", "--https-address=:8443"],
      env: [{ name: NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }],
      ports: [{ containerPort: 8443, name: oauth-proxy }],
      resources: { limits: { cpu: 100m, memory: 64Mi }, requests: { cpu: 100m, memory: 64Mi } },
      volumeMounts: [{ mountPath: /etc/oauth/config, name: oauth-config }, { mountPath: /etc/tls/private, name: tls-certificates }] }],
  tolerations: [{ effect: NoSchedule, key: nvidia.com/gpu, operator: Exists }],
  volumes: [{ name: NAME, persistentVolumeClaim: { claimName: NAME } }, { name: shm, emptyDir: { medium: Memory } },
    { name: oauth-config, secret: { secretName: NAME-oauth-config, defaultMode: 420 } },
    { name: tls-certificates, secret: { secretName: NAME-tls, defaultMode: 420 } },
    { name: trusted-ca, configMap: { name: workbench-trusted-ca-bundle, items: [{ key: ca-bundle.crt, path: ca-bundle.crt }], optional: true } }] } } }`,
  Helm: `
apiVersion: kubeflow.org/v1beta1
metadata:
  labels: { app: jupyter, app.kubernetes.io/managed-by: Helm, helm.sh/chart: jupyter-0.1.0 }
  annotations: { meta.helm.sh/release-name: jupyter, meta.helm.sh/release-namespace: alice }
spec: { template: { spec: { serviceAccount: legacy, serviceAccountName: legacy, imagePullSecrets: [{ name: registry }],
  securityContext: { runAsUser: 1000, fsGroup: 100 }, nodeSelector: { nvidia.com/gpu.product: Tesla-T4, disk: ssd },
  containers: [{ name: NAME, image: ${image}, resources: { requests: { cpu: 250m, memory: 600M }, limits: { memory: 1G } },
    lifecycle: { preStop: { exec: { command: [sync] } } },
    env: [{ name: NB_PREFIX, value: /notebook/alice/old }, { name: POD, valueFrom: { fieldRef: { fieldPath: metadata.name } } },
      { name: CPU, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }, { name: T, valueFrom: { secretKeyRef: { name: t, key: k } } }] }] } } }`,
  'hand-written volumes of all sorts': `
apiVersion: kubeflow.org/v1
spec: { template: { spec: { terminationGracePeriodSeconds: 60, priorityClassName: low,
  initContainers: [{ name: init, image: busybox, volumeMounts: [{ name: data, mountPath: /data }, { name: only-init, mountPath: /x }] }],
  containers: [{ name: NAME, image: ${image}, volumeMounts: [
    { name: data, mountPath: /home/jovyan, subPath: home }, { name: data, mountPath: /data, subPathExpr: $(POD) },
    { name: keys, mountPath: /keys, readOnly: true }, { name: key, mountPath: /key }, { name: down, mountPath: /info }, { name: lost, mountPath: /lost },
    { name: shm, mountPath: /dev/shm }] }],
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }, { name: only-init, emptyDir: {} }, { name: unused, hostPath: { path: /tmp } },
    { name: keys, secret: { secretName: keys, defaultMode: 256 } }, { name: key, secret: { secretName: keys, items: [{ key: a, path: b }] } },
    { name: down, projected: { sources: [{ downwardAPI: { items: [{ path: l, fieldRef: { fieldPath: metadata.labels } }] } }] } },
    { name: shm, emptyDir: { medium: Memory, sizeLimit: 2Gi } }] } } }`,
  'groups of nobody': `
apiVersion: kubeflow.org/v1
spec: { template: { spec: { tolerations: [{ operator: Exists }],
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: zone, labelSelector: { matchLabels: { a: b } } } }] } },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway }],
  containers: [{ name: NAME, image: ${image}, resources: { requests: { cpu: "1", memory: 1Gi }, limits: { cpu: "1", memory: 1Gi } } }] } } }`,
  'the samples of the controller': `
apiVersion: kubeflow.org/v1
metadata: { labels: { app: notebook-sample } }
spec: { template: { spec: { containers: [{ name: NAME, image: "kubeflownotebookswg/jupyter:latest", args: [start.sh, lab, "--LabApp.token=''"] }] } } }`,
  nothing: `
apiVersion: kubeflow.org/v1
spec: {}`,
};

/** By who or what made them, with names of their own that begin with a prefix. */
export function foreignNotebooks(prefix: string): { made: string; notebook: Notebook }[] {
  return Object.entries(fixtures).map(([made, text], index) => {
    const name = `${prefix}${index}`;
    const notebook = parse(text.replaceAll('NAME', name)) as Notebook;
    const metadata = { name, namespace: 'alice', ...((notebook.metadata ?? {}) as object) };
    return { made, notebook: { ...notebook, kind: 'Notebook', metadata } };
  });
}
