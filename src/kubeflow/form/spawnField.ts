/** Which field of the form a refusal is about. Pure. */
import type { KubeError } from '../../k8s/errors.ts';
import { claimName, volumesOf } from '../form.ts';
import type { PlacedVolume, SpawnForm } from '../form.ts';

/**
 * The form's field that the API server's refusal belongs to, or undefined where it is about none. `at` is the object that
 * was being made; during the check it is told by the server's own message, which names kind and object.
 */
export function failingField(
  form: SpawnForm,
  error: KubeError,
  at?: { id: 'claim' | 'notebook'; name: string },
): string | undefined {
  const { problem } = error;
  const volume = volumeIn(form, error, at);
  switch (problem.code) {
    case 'AlreadyExists':
      return volume ? `${volume.at}.name` : 'name';
    case 'Invalid':
      return problem.fields.map((f) => invalidField(f.field, volume)).find((field) => field !== undefined);
    case 'Refused':
      return problem.by === 'quota' ? quotaField(problem.message, volume) : undefined;
    case 'Forbidden':
      return 'namespace';
    default:
      return undefined;
  }
}

function volumeIn(
  form: SpawnForm,
  error: KubeError,
  at: { id: 'claim' | 'notebook'; name: string } | undefined,
): PlacedVolume | undefined {
  const fresh = volumesOf(form).filter(({ volume }) => volume.kind === 'new');
  if (at) return at.id === 'claim' ? fresh.find((placed) => claimName(form, placed) === at.name) : undefined;
  const message = 'message' in error.problem ? error.problem.message : '';
  if (!/persistentvolumeclaim/i.test(message)) return undefined;
  // Longest name first: "a-workspace" is also found in the message about "a-workspace-2".
  return fresh
    .filter((placed) => message.includes(claimName(form, placed)))
    .sort((a, b) => claimName(form, b).length - claimName(form, a).length)[0];
}

/** A path in the refused object, such as `spec.resources[requests.storage]`, as the form's field. */
function invalidField(path: string, volume: PlacedVolume | undefined): string | undefined {
  if (volume) {
    if (/storageClassName/.test(path)) return `${volume.at}.storageClass`;
    if (/storage|resources/.test(path)) return `${volume.at}.size`;
    if (/accessModes/.test(path)) return `${volume.at}.accessMode`;
    if (/metadata\.name/.test(path)) return `${volume.at}.name`;
    return volume.at;
  }
  if (/metadata\.name$|containers\[\d+\]\.name$/.test(path)) return 'name';
  if (/metadata\.namespace/.test(path)) return 'namespace';
  if (/\.image$/.test(path)) return 'image';
  if (/volumeMounts/.test(path)) return 'workspace.mountPath';
  if (/(limits|requests)[.[]+cpu/.test(path)) return 'cpu';
  if (/(limits|requests)[.[]+memory/.test(path)) return 'memory';
  if (/resources/.test(path)) return 'gpus.0.count';
  return undefined;
}

/** The quota's sentence lists what was asked for: "exceeded quota: q, requested: requests.nvidia.com/gpu=2, ...". */
function quotaField(message: string, volume: PlacedVolume | undefined): string | undefined {
  const asked = /requested: ([^ ]+)/.exec(message)?.[1] ?? '';
  if (/storage=/.test(asked)) return `${volume?.at ?? 'workspace'}.size`;
  if (/persistentvolumeclaims/.test(asked)) return volume?.at ?? 'workspace';
  if (/requests\.[^=]+\/[^=]+=/.test(asked)) return 'gpus.0.count';
  if (/memory=/.test(asked)) return 'memory';
  if (/cpu=/.test(asked)) return 'cpu';
  return 'name';
}
