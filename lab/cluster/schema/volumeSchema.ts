import { fieldRef, labelSelector, resourceFieldRef, resources } from './containerSchema.ts';
import { all, atomic, byText, flag, int32, int64, list, object, quantity, text, texts, type Schema } from './shapes.ts';

/** A reference to an object of the same namespace by its name; a secret, mostly. */
export const byName = atomic({ name: text });
const readOnly = { fsType: text, readOnly: flag };
const items = list(object({ ...all(text, 'key path'), mode: int32 }, 'key path'));
const downward = list(object({ path: text, mode: int32, fieldRef, resourceFieldRef }, 'path'));

const projected = object({
  defaultMode: int32,
  sources: list(
    object({
      configMap: atomic({ items, name: text, optional: flag }),
      secret: atomic({ items, name: text, optional: flag }),
      downwardAPI: object({ items: downward }),
      serviceAccountToken: object({ ...all(text, 'audience path'), expirationSeconds: int64 }, 'path'),
    }),
  ),
});

const ephemeral = object({
  volumeClaimTemplate: object(
    {
      metadata: { type: 'object' },
      spec: object({
        accessModes: texts,
        ...all(atomic(all(text, 'apiGroup kind name'), 'kind name'), 'dataSource dataSourceRef'),
        resources,
        selector: labelSelector,
        ...all(text, 'storageClassName volumeMode volumeName'),
      }),
    },
    'spec',
  ),
});

/** The kinds of volumes by the name of their property; with those that only some clouds or older clusters have. */
const sources: Record<string, Schema> = {
  emptyDir: object({ medium: text, sizeLimit: quantity }),
  hostPath: object(all(text, 'path type'), 'path'),
  persistentVolumeClaim: object({ claimName: text, readOnly: flag }, 'claimName'),
  configMap: atomic({ defaultMode: int32, items, name: text, optional: flag }),
  secret: object({ defaultMode: int32, items, optional: flag, secretName: text }),
  downwardAPI: object({ defaultMode: int32, items: downward }),
  projected,
  ephemeral,
  csi: object({ driver: text, nodePublishSecretRef: byName, ...readOnly, volumeAttributes: byText }, 'driver'),
  nfs: object({ ...all(text, 'path server'), readOnly: flag }, 'path server'),
  awsElasticBlockStore: object({ ...readOnly, partition: int32, volumeID: text }, 'volumeID'),
  gcePersistentDisk: object({ ...readOnly, partition: int32, pdName: text }, 'pdName'),
  azureDisk: object({ ...readOnly, ...all(text, 'cachingMode diskName diskURI kind') }, 'diskName diskURI'),
  azureFile: object({ ...all(text, 'secretName shareName'), readOnly: flag }, 'secretName shareName'),
  cephfs: object(
    { monitors: texts, ...all(text, 'path secretFile user'), readOnly: flag, secretRef: byName },
    'monitors',
  ),
  cinder: object({ ...readOnly, secretRef: byName, volumeID: text }, 'volumeID'),
  fc: object({ ...readOnly, lun: int32, ...all(texts, 'targetWWNs wwids') }),
  flexVolume: object({ driver: text, ...readOnly, options: byText, secretRef: byName }, 'driver'),
  flocker: object(all(text, 'datasetName datasetUUID')),
  gitRepo: object(all(text, 'directory repository revision'), 'repository'),
  glusterfs: object({ ...all(text, 'endpoints path'), readOnly: flag }, 'endpoints path'),
  iscsi: object(
    {
      ...all(flag, 'chapAuthDiscovery chapAuthSession'),
      ...all(text, 'initiatorName iqn iscsiInterface targetPortal'),
      ...{ lun: int32, portals: texts, secretRef: byName, ...readOnly },
    },
    'iqn lun targetPortal',
  ),
  photonPersistentDisk: object(all(text, 'fsType pdID'), 'pdID'),
  portworxVolume: object({ ...readOnly, volumeID: text }, 'volumeID'),
  quobyte: object({ ...all(text, 'group registry tenant user volume'), readOnly: flag }, 'registry volume'),
  rbd: object(
    { monitors: texts, ...all(text, 'image keyring pool user'), secretRef: byName, ...readOnly },
    'image monitors',
  ),
  scaleIO: object(
    {
      ...all(text, 'gateway protectionDomain storageMode storagePool system volumeName'),
      ...{ secretRef: byName, sslEnabled: flag, ...readOnly },
    },
    'gateway secretRef system',
  ),
  storageos: object({ ...readOnly, secretRef: byName, ...all(text, 'volumeName volumeNamespace') }),
  vsphereVolume: object(all(text, 'fsType storagePolicyID storagePolicyName volumePath'), 'volumePath'),
};

export const volume = object({ name: text, ...sources }, 'name');
