/** What there is to say about volumes and everything else that is mounted. Pure. */
import { claimName, mountPath, volumesOf } from '../form.ts';
import type { PlacedVolume, SpawnForm, SpawnOptions } from '../form.ts';
import { parseGi } from '../quantity.ts';
import type { Report } from './finding.ts';
import { isLabel, isMountPath, isObjectName, isSubPath } from './syntax.ts';

/** @param stands the server itself is there: its name is no clash, but that of a new volume may be one */
export function checkVolumes(form: SpawnForm, o: SpawnOptions, report: Report, stands = false): void {
  const paths = new Set<string>(form.shm ? ['/dev/shm'] : []);
  const checkPath = (field: string, path: string): void => {
    if (!isMountPath(path)) report(field, 'error', 'mountPathSyntax');
    else if (paths.has(path)) report(field, 'error', 'mountPathTaken', { path });
    paths.add(path);
  };
  const claims = new Map<string, PlacedVolume>();
  for (const placed of volumesOf(form)) {
    const { at, volume } = placed;
    if (volume.kind === 'none') continue;
    if (volume.kind === 'new') checkNewVolume(form, placed, o, report, stands);
    else if (volume.kind === 'existing') checkExistingVolume(form, placed, o, report);
    checkTwice(form, placed, claims, report);
    checkPath(`${at}.mountPath`, mountPath(form, placed));
    if (!isSubPath(volume.subPath ?? '')) report(`${at}.subPath`, 'error', 'subPathSyntax');
  }
  form.secretFiles.forEach(({ secret, mountPath: path }, index) => {
    const at = `secretFiles.${index}`;
    if (secret.trim() === '') report(`${at}.secret`, 'error', 'objectMissing');
    else if (!isObjectName(secret.trim())) report(`${at}.secret`, 'error', 'objectNameSyntax');
    checkPath(`${at}.mountPath`, path.trim());
  });
  if (form.workspace.kind === 'none') report('workspace', 'note', 'noWorkspace');
}

/** A claim can be made once only; one that is there may be mounted in several places, of which all but folders surprise. */
function checkTwice(form: SpawnForm, placed: PlacedVolume, claims: Map<string, PlacedVolume>, report: Report): void {
  const claim = claimName(form, placed);
  if (claim === '' || placed.volume.kind === 'none') return;
  const first = claims.get(claim)?.volume;
  claims.set(claim, placed);
  if (!first || first.kind === 'none') return;
  const made = placed.volume.kind === 'new' || first.kind === 'new';
  const folders = (placed.volume.subPath ?? '') !== '' && (first.subPath ?? '') !== '';
  if (!made && folders) return;
  const field = `${placed.at}.${placed.volume.kind === 'new' ? 'name' : 'claim'}`;
  report(field, made ? 'error' : 'warning', 'claimTwice', { claim });
}

function checkNewVolume(form: SpawnForm, placed: PlacedVolume, o: SpawnOptions, report: Report, stands: boolean): void {
  const { at, volume } = placed;
  if (volume.kind !== 'new') return;
  const size = parseGi(volume.size);
  if (size === undefined) report(`${at}.size`, 'error', 'sizeSyntax');
  else if (size === 0) report(`${at}.size`, 'error', 'sizeZero');
  const claim = claimName(form, placed);
  const named = volume.name.trim() !== '';
  const taken = !stands && (o.servers[form.namespace]?.some((s) => s.name === form.name.trim()) ?? false);
  if (named && !isLabel(claim)) report(`${at}.name`, 'error', 'claimNameSyntax');
  // Where the server's name is taken, its claim's name is as well, and that needs no second sentence.
  else if ((named || !taken) && o.claims[form.namespace]?.some((c) => c.name === claim)) {
    report(`${at}.name`, 'error', 'claimExists', { claim });
  }
  const storageClass = (volume.storageClass ?? '').trim();
  if (storageClass !== '') {
    if (!isObjectName(storageClass)) report(`${at}.storageClass`, 'error', 'objectNameSyntax');
    return;
  }
  const storage = o.storage[form.namespace];
  if (storage === 'noDefault') report(`${at}.storageClass`, 'error', 'noDefaultClass');
  else if (storage === 'unknown') report(`${at}.storageClass`, 'note', 'storageUnknown');
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
  const others = (claim?.usedBy ?? []).filter((server) => server !== form.name.trim());
  if (!claim || others.length === 0) return;
  // Such a volume attaches to one node: a second server waits for ever unless it happens to land on the same one.
  const shared = claim.accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  if (!shared) report(`${at}.claim`, 'warning', 'claimInUse', { claim: claim.name, servers: others.join(', ') });
}
