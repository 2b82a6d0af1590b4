/** Which field of the form a refusal is about. Pure. */
import type { KubeError } from '../../k8s/errors.ts';
import { claimName, volumesOf } from '../form.ts';
import type { PlacedVolume, SpawnForm } from '../form.ts';
import type { Notebook } from '../objects.ts';
import { gpuField, notebookField } from './notebookField.ts';

/**
 * The form's field that the API server's refusal belongs to, or undefined where it is about none.
 * @param at the object that was being made; during the check it is told by the server's own message, which names kind and
 * object
 * @param notebook what the form made
 */
export function failingField(
  form: SpawnForm,
  error: KubeError,
  at?: { id: 'claim' | 'notebook'; name: string },
  notebook?: Notebook,
): string | undefined {
  const { problem } = error;
  const volume = volumeIn(form, error, at);
  switch (problem.code) {
    case 'AlreadyExists':
      return volume ? `${volume.at}.name` : 'name';
    case 'Invalid':
      return problem.fields
        .map((f) => (volume ? claimField(f.field, volume) : notebookField(form, f.field, f.message, notebook)))
        .find((field) => field !== undefined);
    case 'Refused':
      if (problem.by === 'quota') return quotaField(form, problem.message, volume);
      // ServiceAccount admission: "error looking up service account alice/x: serviceaccount "x" not found".
      return /service ?account/i.test(problem.message) ? 'serviceAccount' : undefined;
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

/** A path in a refused claim, such as `spec.resources[requests.storage]`, as the form's field. */
function claimField(path: string, { at }: PlacedVolume): string {
  if (/storageClassName/.test(path)) return `${at}.storageClass`;
  if (/storage|resources/.test(path)) return `${at}.size`;
  if (/accessModes/.test(path)) return `${at}.accessMode`;
  if (/metadata\.name/.test(path)) return `${at}.name`;
  return at;
}

/** The quota's sentence lists what was asked for: "exceeded quota: q, requested: requests.nvidia.com/gpu=2, ...". */
function quotaField(form: SpawnForm, message: string, volume: PlacedVolume | undefined): string | undefined {
  const asked = /requested: ([^ ]+)/.exec(message)?.[1] ?? '';
  if (/storage=/.test(asked)) return `${volume?.at ?? 'workspace'}.size`;
  if (/persistentvolumeclaims/.test(asked)) return volume?.at ?? 'workspace';
  const [, key] = /requests\.([^=,]+\/[^=,]+)=/.exec(asked) ?? [];
  if (key !== undefined) return gpuField(form, key);
  if (/memory=/.test(asked)) return 'memory';
  if (/cpu=/.test(asked)) return 'cpu';
  return 'name';
}
