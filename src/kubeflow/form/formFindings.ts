/** What stands in a form's way, as data; the words are in views/words/form.ts. Pure: runs in the webview at each key. */
import { claimName, imageOf, mountPath, volumesOf } from '../form.ts';
import type { PlacedVolume, ResourceEntry, SpawnForm, SpawnOptions } from '../form.ts';
import { parseCount, parseCpu, parseGi } from '../quantity.ts';
import type { Finding, FindingCode } from './finding.ts';
import { quotaFindings } from './formQuota.ts';
import { isImageReference, isLabel, isMountPath, isServerName, maxNameLength } from './syntax.ts';

type Report = (field: string, severity: Finding['severity'], code: FindingCode, params?: Finding['params']) => void;

/** Everything to say about a form, in the order of its fields. Errors keep it from being launched. */
export function findings(form: SpawnForm, o: SpawnOptions): Finding[] {
  const found: Finding[] = [];
  const report: Report = (field, severity, code, params) =>
    found.push(params ? { field, severity, code, params } : { field, severity, code });
  checkPlace(form, o, report);
  checkImage(form, report);
  checkSize(form, o, report);
  found.push(...quotaFindings(form, o));
  checkVolumes(form, o, report);
  return found;
}

function checkPlace(form: SpawnForm, o: SpawnOptions, report: Report): void {
  const { namespace } = form;
  if (namespace === '') report('namespace', 'error', o.namespaces.length > 0 ? 'namespaceMissing' : 'noNamespaces');
  else if (o.mayCreate[namespace] === 'no') report('namespace', 'error', 'mayNotCreate', { namespace });
  const name = form.name.trim();
  if (name === '') report('name', 'error', 'nameMissing');
  else if (name.length > maxNameLength) report('name', 'error', 'nameTooLong', { max: maxNameLength });
  else if (/^[^a-z]/.test(name)) report('name', 'error', 'nameStart');
  else if (!isServerName(name)) report('name', 'error', 'nameSyntax');
  else if (isTaken(form, o)) report('name', 'error', 'nameTaken', { name, namespace });
}

function isTaken(form: SpawnForm, o: SpawnOptions): boolean {
  return o.servers[form.namespace]?.some((s) => s.name === form.name.trim()) ?? false;
}

function checkImage(form: SpawnForm, report: Report): void {
  const field = form.imageMode === 'custom' ? 'customImage' : 'image';
  const image = imageOf(form);
  if (image === '') report(field, 'error', 'imageMissing');
  else if (!isImageReference(image)) report(field, 'error', 'imageSyntax');
  else if (asksForNvidia(form) && isStockWithoutCuda(image)) {
    report(field, 'note', 'imageNoCuda');
  }
}

/** Only of Kubeflow's own images is it known what is inside. */
function isStockWithoutCuda(image: string): boolean {
  return /\/notebook-servers\/jupyter-(?!.*cuda)/.test(image);
}

function checkSize(form: SpawnForm, o: SpawnOptions, report: Report): void {
  const cpu = parseCpu(form.cpu);
  if (cpu === undefined) report('cpu', 'error', 'cpuSyntax');
  else if (cpu === 0) report('cpu', 'error', 'cpuZero');
  const memory = parseGi(form.memory);
  if (memory === undefined) report('memory', 'error', 'memorySyntax');
  else if (memory === 0) report('memory', 'error', 'memoryZero');
  form.gpus.forEach((entry, index) => checkResource(entry, `gpus.${index}`, o, report));
}

function checkResource({ key, count: typed }: ResourceEntry, at: string, o: SpawnOptions, report: Report): void {
  const count = parseCount(typed);
  if (count === undefined) report(`${at}.count`, 'error', 'gpuSyntax');
  else if (count > 0 && key === '') report(`${at}.key`, 'error', 'gpuKeyMissing');
  else if (count > 0 && o.nodeGpus) {
    const offered = o.nodeGpus[key];
    if (!offered) report(`${at}.key`, 'warning', 'gpuNotOffered', { key });
    else if (count > offered.largest) {
      report(`${at}.count`, 'warning', 'gpuTooManyForNode', { count, largest: offered.largest });
    }
  }
}

function asksForNvidia({ gpus }: SpawnForm): boolean {
  return gpus.some(({ key, count }) => key === 'nvidia.com/gpu' && (parseCount(count) ?? 0) > 0);
}

function checkVolumes(form: SpawnForm, o: SpawnOptions, report: Report): void {
  // The server's shared memory is mounted at /dev/shm.
  const paths = new Set<string>(['/dev/shm']);
  const claims = new Set<string>();
  for (const placed of volumesOf(form)) {
    if (placed.volume.kind === 'none') continue;
    if (placed.volume.kind === 'new') checkNewVolume(form, placed, o, report);
    else checkExistingVolume(form, placed, o, report);
    const claim = claimName(form, placed);
    if (claim !== '' && claims.has(claim)) {
      report(`${placed.at}.${placed.volume.kind === 'new' ? 'name' : 'claim'}`, 'error', 'claimTwice', { claim });
    }
    claims.add(claim);
    const path = mountPath(form, placed);
    if (!isMountPath(path)) report(`${placed.at}.mountPath`, 'error', 'mountPathSyntax');
    else if (paths.has(path)) report(`${placed.at}.mountPath`, 'error', 'mountPathTaken', { path });
    paths.add(path);
  }
  if (form.workspace.kind === 'none') report('workspace', 'note', 'noWorkspace');
}

function checkNewVolume(form: SpawnForm, placed: PlacedVolume, o: SpawnOptions, report: Report): void {
  const { at, volume } = placed;
  if (volume.kind !== 'new') return;
  const size = parseGi(volume.size);
  if (size === undefined) report(`${at}.size`, 'error', 'sizeSyntax');
  else if (size === 0) report(`${at}.size`, 'error', 'sizeZero');
  const claim = claimName(form, placed);
  const named = volume.name.trim() !== '';
  if (named && !isLabel(claim)) report(`${at}.name`, 'error', 'claimNameSyntax');
  // Where the server's name is taken, its claim's name is as well, and that needs no second sentence.
  else if ((named || !isTaken(form, o)) && o.claims[form.namespace]?.some((c) => c.name === claim)) {
    report(`${at}.name`, 'error', 'claimExists', { claim });
  }
  if ((volume.storageClass ?? '').trim() === '') {
    const storage = o.storage[form.namespace];
    if (storage === 'noDefault') report(`${at}.storageClass`, 'error', 'noDefaultClass');
    else if (storage === 'unknown') report(`${at}.storageClass`, 'note', 'storageUnknown');
  }
}

function checkExistingVolume(form: SpawnForm, { at, volume }: PlacedVolume, o: SpawnOptions, report: Report): void {
  if (volume.kind !== 'existing') return;
  if (volume.claim === '') {
    report(`${at}.claim`, 'error', 'claimMissing');
    return;
  }
  const known = o.claims[form.namespace];
  const claim = known?.find((c) => c.name === volume.claim);
  if (known && !claim) report(`${at}.claim`, 'error', 'claimGone', { claim: volume.claim });
  if (!claim || claim.usedBy.length === 0) return;
  // Such a volume attaches to one node: a second server waits for ever unless it happens to land on the same one.
  const shared = claim.accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  if (!shared) {
    report(`${at}.claim`, 'warning', 'claimInUse', { claim: claim.name, servers: claim.usedBy.join(', ') });
  }
}
