/** The profiles of one context, as a list. */
import type { InventoryView, ProfileView } from './inventoryView.ts';
import { sameState } from './inventoryState.ts';

/** All profiles by name. Sorted anew only if one came or went. */
export function sortedProfiles(
  profiles: ReadonlyMap<string, ProfileView>,
  before: readonly ProfileView[],
): readonly ProfileView[] {
  if (before.length === profiles.size) {
    const now = before.flatMap(({ name }) => profiles.get(name) ?? []);
    if (now.length === before.length) return now;
  }
  return [...profiles.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Do both views show the same, but for what is within the profiles? */
export function sameOverall(a: InventoryView, b: InventoryView): boolean {
  return (
    sameState(a.state, b.state) &&
    a.problem === b.problem &&
    a.canListProfiles === b.canListProfiles &&
    a.kubeflowMissing === b.kubeflowMissing &&
    sameProfiles(a.profiles, b.profiles)
  );
}

/** The same profiles in the same order and state; what is in them may differ. */
function sameProfiles(a: readonly ProfileView[], b: readonly ProfileView[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((p, i) => p.name === b[i]?.name && p.state === b[i]?.state && p.source === b[i]?.source)
  );
}
