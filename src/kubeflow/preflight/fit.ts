/** Can a node of the cluster ever take the server, and can one now? Pure. */
import type { Node, PersistentVolume } from '../../k8s/objects.ts';
import { gpuField } from '../form/notebookField.ts';
import type { Report } from '../form/finding.ts';
import { volumesOf } from '../form.ts';
import type { SpawnForm } from '../form.ts';
import type { SpawnerConfig } from '../form/spawnerConfig.ts';
import { isGpuKey } from '../objects.ts';
import type { PodSpec } from '../objects.ts';
import { amountOf } from '../quantity.ts';
import type { Facts } from './facts.ts';
import { hasLabels, inTerms, isReady, isTolerated, isWanted } from './nodeMatch.ts';
import { podRequests } from './podRequests.ts';
import type { Amounts } from './podRequests.ts';
import { freeRoom, holds, lacking, roomOf } from './room.ts';

/**
 * What keeps every node from taking the pod. That none ever will is a warning, as a cluster may add nodes by itself; that
 * none has room now is a note, as others may end. Says nothing where nodes may not be read.
 * @param o.without key of a pod that makes room for this one
 */
export function checkFit(
  form: SpawnForm,
  spec: PodSpec | undefined,
  { nodes, podsOnNodes, volumes }: Pick<Facts, 'nodes' | 'podsOnNodes' | 'volumes'>,
  report: Report,
  o: { config: SpawnerConfig; without?: string },
): void {
  if (!nodes) return;
  const asked = podRequests(spec);
  const placed = nodes.filter((node) => isWanted(node, spec) && isTolerated(node, spec));
  if (placed.length === 0) return report(placementField(form, nodes, spec, o.config), 'warning', 'noNodePlaces');
  const able = placed.filter((node) => holds(roomOf(node), asked));
  if (able.length === 0) return reportNever(form, asked, nodes, placed, report);
  const near = reachable(form, able, volumes ?? new Map(), report);
  if (near.length === 0 || !podsOnNodes) return;

  const ready = near.filter((node) => isReady(node, spec));
  if (ready.length === 0) return report('namespace', 'note', 'noNodeNow');
  const free = freeRoom(ready, podsOnNodes, o.without);
  const rooms = ready.map((node) => free.get(node.metadata.name) ?? {});
  if (rooms.some((room) => holds(room, asked))) return;
  const resource = rarest(asked, rooms);
  if (resource === undefined) return report(largestField(form), 'note', 'notNowAll');
  const amounts = { asked: amountOf(resource, asked[resource] ?? 0), free: amountOf(resource, most(rooms, resource)) };
  report(fieldOf(form, resource), 'note', 'notNow', { resource, ...amounts });
}

function reportNever(
  form: SpawnForm,
  asked: Amounts,
  nodes: readonly Node[],
  placed: readonly Node[],
  report: Report,
): void {
  const rooms = placed.map(roomOf);
  const resource = rarest(asked, rooms);
  if (resource === undefined) return report(largestField(form), 'warning', 'noNodeFitsAll');
  const want = asked[resource] ?? 0;
  const field = fieldOf(form, resource);
  // Where no node at all has so many GPUs, the form has said so itself (gpuNotOffered, gpuTooManyForNode).
  if (isGpuKey(resource) && most(nodes.map(roomOf), resource) < want) return;
  const largest = amountOf(resource, most(rooms, resource));
  report(field, 'warning', 'noNodeFits', { resource, asked: amountOf(resource, want), largest });
}

/** Of the nodes that can take the pod, those that its volumes can be reached from. Says which volume is in the way. */
function reachable(
  form: SpawnForm,
  able: readonly Node[],
  volumes: ReadonlyMap<string, PersistentVolume>,
  report: Report,
): readonly Node[] {
  let near = able;
  for (const { at, volume } of volumesOf(form)) {
    const found = volume.kind === 'existing' ? volumes.get(volume.claim) : undefined;
    const terms = found?.spec?.nodeAffinity?.required?.nodeSelectorTerms;
    if (volume.kind !== 'existing' || !terms) continue;
    const here = able.filter((node) => inTerms(node, terms));
    const both = near.filter((node) => here.includes(node));
    const params = { claim: volume.claim, place: placeOf(terms) };
    if (here.length === 0) report(`${at}.claim`, 'warning', 'claimElsewhere', params);
    else if (both.length === 0) report(`${at}.claim`, 'warning', 'claimsApart', { claim: volume.claim });
    near = both;
    if (near.length === 0) break;
  }
  return near;
}

/** The zone or node that a volume's terms name. */
function placeOf(terms: readonly { matchExpressions?: { values?: string[] }[] }[]): string {
  const values = terms.flatMap(({ matchExpressions = [] }) => matchExpressions.flatMap((one) => one.values ?? []));
  return [...new Set(values)].join(', ');
}

/** The resource that none of the rooms has enough of; of several the GPU, then other devices, memory, CPU. */
function rarest(asked: Amounts, rooms: readonly Amounts[]): string | undefined {
  const short = Object.keys(asked).filter((key) => rooms.every((room) => lacking(room, asked).includes(key)));
  const rank = (key: string): number => (isGpuKey(key) ? 0 : key.includes('/') ? 1 : key === 'memory' ? 2 : 3);
  return short.sort((a, b) => rank(a) - rank(b))[0];
}

function most(rooms: readonly Amounts[], resource: string): number {
  return Math.max(0, ...rooms.map((room) => room[resource] ?? 0));
}

/** The field that asks for a resource. */
function fieldOf(form: SpawnForm, resource: string): string {
  if (resource === 'cpu' || resource === 'memory') return resource;
  return resource === 'pods' ? 'name' : gpuField(form, resource);
}

/** Where several things together are too much: the GPUs where there are some, else the memory. */
function largestField(form: SpawnForm): string {
  return form.gpus.some(({ key, count }) => key !== '' && Number(count) > 0) ? 'gpus.0.count' : 'memory';
}

/** The field that no node suits; the place itself where it is none of the form's. */
function placementField(
  form: SpawnForm,
  nodes: readonly Node[],
  spec: PodSpec | undefined,
  { tolerationGroup }: SpawnerConfig,
): string {
  const lacks = (key: string, value: string): boolean =>
    !nodes.some((one) => hasLabels(one.metadata.labels, { [key]: value }));
  const index = form.nodeSelector.findIndex(({ key, value }) => key.trim() !== '' && lacks(key.trim(), value));
  if (index >= 0) return `nodeSelector.${index}.value`;
  const { key, value } = form.gpuModel;
  if (value.trim() !== '' && lacks(key.trim(), value.trim())) return 'gpuModel';
  if (nodes.some((node) => isWanted(node, spec))) return tolerationGroup.hidden ? 'namespace' : 'tolerationGroup';
  return form.affinityGroup === '' ? 'namespace' : 'affinityGroup';
}
