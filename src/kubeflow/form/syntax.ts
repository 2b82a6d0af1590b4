/** Syntax rules of Kubernetes and of image references. Pure. */

/** Kubeflow's form allows 50: the pod's revision label must still fit behind the name. */
export const maxNameLength = 50;
const maxLabelLength = 63;

/** DNS-1035: what a notebook server's name must be, as its Service carries it. */
export function isServerName(text: string): boolean {
  return /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** DNS-1123 label: also fits a volume's name in the pod. Kubernetes would take longer claim names with dots. */
export function isLabel(text: string): boolean {
  return text.length <= maxLabelLength && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/**
 * Is this one of Kubernetes' own resources, of which there may be fractions, rather than an extended one, which is counted
 * in whole pieces (kubernetes/pkg/apis/core/v1/helper: IsNativeResource)?
 */
export function isNativeResource(key: string): boolean {
  return !key.includes('/') || /(^|\.)kubernetes\.io\//.test(key);
}

/** Absolute, no colon (Kubernetes' rule, which only the container runtime enforces), no step upwards, nothing unprintable, and not the root itself. */
export function isMountPath(text: string): boolean {
  return /^\/[^:\u0000-\u001f\u007f]+$/.test(text) && !text.split('/').includes('..') && /[^/]/.test(text);
}

/** DNS-1123 subdomain: the name of a Secret, a ConfigMap, a service account or a claim. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

/** A key of a Secret's or ConfigMap's data. */
export function isDataKey(text: string): boolean {
  return text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..');
}

/** A label's, annotation's or resource's key: an optional DNS prefix, then 63 characters at most. */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2 || (parts.length === 2 && !isObjectName(parts[0] ?? ''))) return false;
  return isNamePart(name);
}

/** A label's value; it may be empty. */
export function isLabelValue(text: string): boolean {
  return text === '' || isNamePart(text);
}

function isNamePart(text: string): boolean {
  return text.length <= 63 && /^[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(text);
}

/**
 * The name of an environment variable: 'plain' fits every Kubernetes and shell use; 'unusual' is printable ASCII without
 * "=", which Kubernetes takes from 1.34 on (1.30 behind RelaxedEnvironmentVariableValidation); 'bad' none takes.
 */
export function envNameKind(text: string): 'plain' | 'unusual' | 'bad' {
  if (/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text !== '.' && !text.startsWith('..')) return 'plain';
  return /^[ -<>-~]+$/.test(text) ? 'unusual' : 'bad';
}

/** Can this text be sent and come back as it is? Half of a surrogate pair cannot, and no program can be given a NUL. */
export function isStorable(text: string): boolean {
  return !/[\u0000\p{Surrogate}]/u.test(text);
}

/** A folder of a volume: relative, and not a step upwards. Empty means all of it. */
export function isSubPath(text: string): boolean {
  return !text.startsWith('/') && !text.split('/').includes('..') && isStorable(text);
}

/** The resources of Kubernetes' own that a container may ask for beside CPU and memory. */
export function isContainerResource(key: string): boolean {
  return key === 'ephemeral-storage' || /^hugepages-[0-9]+[KMGT]i$/.test(key);
}

const host = String.raw`(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d{1,5})?)`;
const part = String.raw`[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*`;
const reference = new RegExp(
  String.raw`^(?:${host}/)?${part}(?:/${part})*(?::\w[\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-fA-F]{32,})?$`,
);

/** An image reference as container runtimes read it: [host[:port]/]path[:tag][@digest]. */
export function isImageReference(text: string): boolean {
  return text.length <= 512 && reference.test(text);
}

/** How an image is called in a list: by its last part and its tag, unless an administrator wants more or less of it. */
export function imageLabel(image: string, o: { hideRegistry: boolean; hideTag: boolean }): string {
  const shown = o.hideRegistry ? image.slice(image.lastIndexOf('/') + 1) : image;
  return o.hideTag ? shown.replace(/(@[^/@]*|:[^/:@]*)+$/, '') : shown;
}
