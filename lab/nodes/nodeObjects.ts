import type { Node } from '../../src/k8s/objects.ts';
import { gpuKey, gpuModel } from './gpus.ts';

const kubeletVersion = 'v1.36.3';

/** A node of the lab. */
export interface LabNode {
  name: string;
  gpus: number;
  /** The third byte of its pods' addresses. */
  subnet: number;
}

export const labNodes: readonly LabNode[] = [
  { name: 'cpu-node-1', gpus: 0, subnet: 1 },
  { name: 'gpu-node-1', gpus: 2, subnet: 2 },
];

/** The Node object that kwok plays: its address is loopback, as kwok's kubelet listens there. */
export function nodeObject(node: LabNode): Node {
  const resources = {
    cpu: '32',
    memory: '128Gi',
    'ephemeral-storage': '500Gi',
    pods: '110',
    ...(node.gpus > 0 ? { [gpuKey]: String(node.gpus) } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': node.name,
        type: 'kwok',
        ...(node.gpus > 0
          ? {
              'nvidia.com/gpu.present': 'true',
              'nvidia.com/gpu.product': gpuModel.replace(' ', '-'),
              'nvidia.com/gpu.count': String(node.gpus),
            }
          : {}),
      },
    },
    spec: { podCIDR: `10.244.${node.subnet}.0/24`, podCIDRs: [`10.244.${node.subnet}.0/24`] },
    status: {
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: node.name },
      ],
      allocatable: resources,
      capacity: resources,
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'kwok',
        kernelVersion: 'simulated',
        kubeProxyVersion: '',
        kubeletVersion,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'Simulated by the lab',
        systemUUID: '',
      },
    },
  };
}
