/** One thing to say about a form, as data. */

/** Codes with the parameters that their sentences may use. */
export const findingCodes = [
  'namespaceMissing',
  'noNamespaces',
  'mayNotCreate', // namespace
  'nameMissing',
  'nameTooLong', // max
  'nameStart',
  'nameSyntax',
  'nameTaken', // name, namespace
  'imageMissing',
  'imageSyntax',
  'imageNoCuda',
  'cpuSyntax',
  'cpuZero',
  'memorySyntax',
  'memoryZero',
  'gpuSyntax',
  'gpuKeyMissing',
  'gpuNotOffered', // key
  'gpuTooManyForNode', // count, largest
  'gpuQuota', // namespace, left, hard, key
  'gpuQuotaUsed', // + servers
  'quota', // namespace, resource, left, hard
  'sizeSyntax',
  'sizeZero',
  'mountPathSyntax',
  'mountPathTaken', // path
  'claimNameSyntax',
  'claimExists', // claim
  'claimTwice', // claim
  'claimMissing',
  'claimGone', // claim
  'claimInUse', // claim, servers
  'noDefaultClass',
  'storageUnknown',
  'noWorkspace',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  /** The field it belongs to: 'name', 'cpu', 'workspace.size', 'data.0.claim', ... */
  field: string;
  severity: 'error' | 'warning' | 'note';
  code: FindingCode;
  params?: Record<string, string | number>;
}
