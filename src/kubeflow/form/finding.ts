/** One thing to say about a form, as data. */
import type { PreflightCode } from '../preflight/codes.ts';

/** Codes with the parameters that their sentences may use. */
export type FindingCode =
  | 'namespaceMissing'
  | 'noNamespaces'
  | 'mayNotCreate' // namespace
  | 'nameMissing'
  | 'nameTooLong' // max
  | 'nameStart'
  | 'nameSyntax'
  | 'nameTaken' // name, namespace
  | 'imageMissing'
  | 'imageSyntax'
  | 'imageNoCuda'
  | 'cpuSyntax'
  | 'cpuZero'
  | 'memorySyntax'
  | 'memoryZero'
  | 'tooLarge' // max
  | 'limitSyntax'
  | 'limitBelowRequest'
  | 'gpuSyntax'
  | 'gpuFraction' // key
  | 'gpuKeyMissing'
  | 'resourceKeySyntax'
  | 'resourceKeyUnknown' // key
  | 'resourceHasField' // key
  | 'resourceAmount' // key
  | 'resourceTwice' // key
  | 'gpuModelNotOffered' // model
  | 'gpuModelKeyMissing'
  | 'gpuNotOffered' // key
  | 'gpuTooManyForNode' // count, largest
  | 'gpuQuota' // namespace, left, hard, key
  | 'gpuQuotaUsed' // + servers
  | 'quota' // namespace, resource, left, hard
  | 'sizeSyntax'
  | 'sizeZero'
  | 'mountPathSyntax'
  | 'mountPathTaken' // path
  | 'claimNameSyntax'
  | 'claimExists' // claim
  | 'claimTwice' // claim
  | 'claimMissing'
  | 'claimGone' // claim
  | 'claimInUse' // claim, servers
  | 'noDefaultClass'
  | 'storageUnknown'
  | 'noWorkspace'
  | 'subPathSyntax'
  | 'shmSizeSyntax'
  | 'shmOverMemory' // limit
  | 'envNameMissing'
  | 'envNameSyntax'
  | 'envNameUnusual' // name
  | 'envTwice' // name
  | 'envExpands'
  | 'envPrefix' // path
  | 'textNotStorable'
  | 'objectMissing'
  | 'objectNameSyntax'
  | 'dataKeySyntax'
  | 'secretGone' // name, namespace
  | 'configMapGone' // name, namespace
  | 'configMapKeyGone' // name, key
  | 'serviceAccountGone' // name, namespace
  | 'notPullSecret' // name
  | 'labelKeySyntax'
  | 'labelValueSyntax'
  | 'keyTaken' // key
  | 'keyTwice' // key
  | 'annotationNotOnPod' // key
  | 'annotationsTooLarge' // max
  | 'groupUnknown' // key
  | 'configurationUnknown' // label, namespace
  | 'adminFixed'
  | PreflightCode;

export interface Finding {
  /** The field it belongs to: 'name', 'cpu', 'workspace.size', 'data.0.claim', ... */
  field: string;
  severity: 'error' | 'warning' | 'note';
  code: FindingCode;
  params?: Record<string, string | number>;
}

/** How a check says what it found. */
export type Report = (
  field: string,
  severity: Finding['severity'],
  code: FindingCode,
  params?: Finding['params'],
) => void;

/** Tells findings apart: the same one again has the same key. */
export function findingKey({ field, code, params = {} }: Finding): string {
  return JSON.stringify([field, code, params]);
}
