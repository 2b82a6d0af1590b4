import type { Disposable } from '../k8s/events.ts';
import type { InventoryChange } from '../kubeflow/inventory.ts';
import type { Session, Sessions } from '../kubeflow/sessions.ts';

/**
 * Keeps a namespace open for a document, and tells when what it says may be another. A context that leads to another
 * cluster or user by now is such a change: nothing of the old one's stays on the screen.
 */
export function watchNamespace(
  sessions: Sessions,
  where: { context: string; namespace: string },
  o: { concerns: (change: InventoryChange) => boolean; changed: () => void },
): Disposable {
  let session: Session | undefined;
  let held: Disposable[] = [];
  const drop = () => held.forEach((each) => each.dispose());
  const follow = (): boolean => {
    const now = sessions.session(where.context);
    if (now?.inventory === session?.inventory) return false;
    drop();
    session = now;
    held = now
      ? [
          now.inventory.open(where.namespace),
          now.inventory.onDidChange((change) => {
            if (o.concerns(change)) o.changed();
          }),
        ]
      : [];
    return true;
  };
  follow();
  const following = sessions.onDidChange(() => {
    if (follow()) o.changed();
  });
  return {
    dispose: () => {
      following.dispose();
      drop();
    },
  };
}
