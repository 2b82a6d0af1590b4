/** What the form can choose from: what it knows of the cluster, and what an administrator has set. Types only. */
import type { SpawnerConfig } from './spawnerConfig.ts';

export interface ClaimOption {
  name: string;
  /** As Kubernetes writes it, such as 5Gi. */
  size?: string;
  accessModes: string[];
  storageClass?: string;
  /** The persistent volume that it is bound to. */
  volume?: string;
  /** Names of the notebook servers that mount it, stopped ones included. */
  usedBy: string[];
}

export interface ServerOption {
  name: string;
  /** GPUs that it holds now: none while it is stopped. */
  gpus: { key: string; count: number }[];
}

/** A PodDefault that the form can apply: one that a single label with the value "true" selects. */
export interface PodDefaultOption {
  name: string;
  label: string;
  description?: string;
}

/** A model of GPU, as nodes' labels tell it, or an administrator. */
export interface GpuModelOption {
  /** The label, such as nvidia.com/gpu.product. */
  key: string;
  /** Its value, such as Tesla-T4. */
  value: string;
  /** How many nodes have it, where nodes were read. */
  nodes?: number;
}

/** One line of a ResourceQuota; numbers in bytes, cores or pieces. */
export interface QuotaLine {
  resource: string;
  used: number;
  hard: number;
}

/** What is offered by name. */
export type NameKind = 'secrets' | 'configMaps' | 'serviceAccounts';

export interface SecretOption {
  name: string;
  /** Such as Opaque or kubernetes.io/dockerconfigjson. */
  type: string;
}

export type StorageDefault = 'hasDefault' | 'noDefault' | 'unknown';
export type Right = 'yes' | 'no' | 'unknown';

/** What the form knows of the cluster. A namespace without an entry is one that has not been read yet. */
export interface SpawnOptions {
  namespaces: string[];
  /** Defaults, images, groups and factors, and which sections may not be changed. */
  config: SpawnerConfig;
  /** The configured vendors, then what else the nodes offer. */
  gpuVendors: { key: string; label: string }[];
  claims: Record<string, ClaimOption[]>;
  servers: Record<string, ServerOption[]>;
  quota: Record<string, QuotaLine[]>;
  storage: Record<string, StorageDefault>;
  /** May this user create notebook servers there? */
  mayCreate: Record<string, Right>;
  /** Where they may be listed. */
  podDefaults?: Record<string, PodDefaultOption[]>;
  /** Names, where they have been listed; never what is in them. */
  secrets?: Record<string, SecretOption[]>;
  configMaps?: Record<string, string[]>;
  serviceAccounts?: Record<string, string[]>;
  /** Which of them could not be listed. A namespace without an entry has not been asked for them. */
  unlisted?: Record<string, NameKind[]>;
  /** Of config maps that a form names: by namespace and name. */
  configMapKeys?: Record<string, Record<string, string[]>>;
  /** Where storage classes may be listed. */
  storageClasses?: string[];
  /** Where nodes may be listed: GPUs per key, over all nodes and on the largest one. */
  nodeGpus?: Record<string, { total: number; largest: number }>;
  /** Where nodes may be listed. */
  gpuModels?: GpuModelOption[];
}

/** What the person used last and where they stand. */
export interface FormHints {
  namespace?: string;
  image?: string;
  cpu?: string;
  memory?: string;
  gpuKey?: string;
}
