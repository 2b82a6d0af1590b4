/** A volume of a spawner_ui_config.yaml: {mount, newPvc} or {mount, existingSource}, or null for none. Pure. */
import { accessModes, home } from '../form.ts';
import type { AccessMode, Kept, VolumeChoice } from '../form.ts';
import { giText, parseGi } from '../quantity.ts';
import { asRecord, asText } from './kept.ts';

/** The volume, or undefined where it is neither the one nor the other. */
export function parseVolume(value: unknown, place: 'workspace' | 'data'): VolumeChoice | undefined {
  if (value === null || value === undefined) return { kind: 'none' };
  const found = asRecord(value);
  const mountPath = asText(found['mount']) || (place === 'workspace' ? home : '');
  if (found['newPvc'] && !found['existingSource']) return newClaim(asRecord(found['newPvc']), mountPath, place);
  if (found['existingSource'] && !found['newPvc']) return existing(asRecord(found['existingSource']), mountPath);
  return undefined;
}

function existing(source: Kept, mountPath: string): VolumeChoice | undefined {
  if (Object.keys(source).length === 0) return undefined;
  const claim = asRecord(source['persistentVolumeClaim']);
  const name = asText(claim['claimName']);
  const readOnly = claim['readOnly'] === true ? { readOnly: true } : {};
  return name === ''
    ? { kind: 'custom', source, mountPath }
    : { kind: 'existing', claim: name, mountPath, ...readOnly };
}

/** What of the claim the form has no fields for goes with it. */
function newClaim(body: Kept, mountPath: string, place: 'workspace' | 'data'): VolumeChoice | undefined {
  const { accessModes: modes, resources, storageClassName, ...otherSpec } = asRecord(body['spec']);
  const { name: typed, ...otherMeta } = asRecord(body['metadata']);
  const size = giText(asText(asRecord(asRecord(resources)['requests'])['storage']) || '5Gi');
  if (parseGi(size) === undefined) return undefined;
  const first = Array.isArray(modes) ? asText((modes as unknown[])[0]) : 'ReadWriteOnce';
  const accessMode = accessModes.find((mode) => mode === (first as AccessMode));
  if (!accessMode) return undefined;
  const claim: Kept = {
    ...(Object.keys(otherMeta).length > 0 ? { metadata: otherMeta } : {}),
    ...(Object.keys(otherSpec).length > 0 ? { spec: otherSpec } : {}),
  };
  const storageClass = asText(storageClassName);
  const name = asText(typed);
  return {
    kind: 'new',
    // The names that the form gives by itself, it goes on giving as the server's name changes.
    name: isOwnName(name, place) ? '' : name,
    size,
    mountPath,
    accessMode,
    ...(storageClass === '' || storageClass === '{none}' ? {} : { storageClass }),
    ...(Object.keys(claim).length > 0 ? { claim } : {}),
  };
}

function isOwnName(name: string, place: 'workspace' | 'data'): boolean {
  return place === 'workspace' ? name === '{notebook-name}-workspace' : /^\{notebook-name\}-datavol-\d+$/.test(name);
}
