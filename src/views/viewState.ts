import type { KubeError } from '../k8s/errors.ts';
import type { LiveState } from '../k8s/liveList.ts';
import type { InventoryView } from '../kubeflow/inventory.ts';
import type { Said, Translate } from './words.ts';
import { kubeWords } from './words/kube.ts';
import { list } from './words/amounts.ts';

/** What the view, or the row of a context, can show instead of rows; `ready` and `problem` have rows of their own. */
export type ViewState =
  'loading' | 'ready' | 'problem' | 'noKubeconfig' | 'noContexts' | 'kubeflowMissing' | 'noProfiles';

/** What decides whether the view has rows, a welcome text or a sentence. */
export interface ViewFacts {
  /** the kubeconfig has been read, or could not be */
  loaded: boolean;
  /** the kubeconfig's problem */
  problem?: KubeError;
  contexts: number;
  /** names of the contexts that are shown */
  shown: readonly string[];
  /** names of contexts that were chosen and are not in the kubeconfig */
  missing?: readonly string[];
  /** of the only context that is shown, once it is looked at; of several each row tells of its own */
  inventory?: InventoryFacts;
  now: Date;
}

export interface InventoryFacts {
  state: LiveState;
  profiles: number;
  problem?: KubeError;
  kubeflowMissing?: boolean;
}

export interface Shown {
  state: ViewState;
  said?: Said;
}

/** Which face the view shows, and the sentence above the rows (never together with a welcome text: VS Code hides that). */
export function viewState(t: Translate, facts: ViewFacts): Shown {
  if (!facts.loaded) return { state: 'loading' };
  if (facts.problem?.code === 'KubeconfigMissing') return { state: 'noKubeconfig' };
  const several = facts.shown.length > 1;
  const { inventory } = facts;
  // After a broken edit of the kubeconfig the connections of before go on, with a word about the file above them.
  if (facts.problem) {
    const rows = several || (inventory?.profiles ?? 0) > 0;
    const context = facts.shown[0];
    const said = kubeWords(t, facts.problem.problem, { now: facts.now, ...(context && !several ? { context } : {}) });
    return { state: rows ? 'ready' : 'problem', said };
  }
  if (facts.contexts === 0) return { state: 'noContexts' };
  if (several) return { state: 'ready' };
  const [context] = facts.shown;
  if (context === undefined) {
    return {
      state: 'problem',
      said: {
        text: t('The kubeconfig names no current context.'),
        action: { title: t('Choose Context'), command: 'kubeflow.switchContext' },
      },
    };
  }
  if (!inventory) return { state: 'loading' };
  const own = contextState(t, context, inventory, facts.now);
  if (own.said || !facts.missing?.length) return own;
  return { ...own, said: { text: gone(t, facts.missing, context) } };
}

/**
 * The same for one context: where several are shown, its row.
 * @param context its name, where the sentence does not stand below it
 * @param now for "Trying again in 5 s"
 */
export function contextState(t: Translate, context: string | undefined, inventory: InventoryFacts, now?: Date): Shown {
  if (inventory.kubeflowMissing) return { state: 'kubeflowMissing' };
  const { problem, profiles, state } = inventory;
  if (problem) {
    const at = state.kind === 'stale' || state.kind === 'failed' ? state.retryAt : undefined;
    const where = {
      ...(context === undefined ? {} : { context }),
      ...(now ? { now, ...(at ? { retryAt: at } : {}) } : {}),
    };
    return { state: profiles > 0 ? 'ready' : 'problem', said: kubeWords(t, problem.problem, where) };
  }
  if (profiles > 0) return { state: 'ready' };
  return { state: state.kind === 'loading' ? 'loading' : 'noProfiles' };
}

export function inventoryFacts({ state, profiles, problem, kubeflowMissing }: InventoryView): InventoryFacts {
  return {
    state,
    profiles: profiles.length,
    ...(problem ? { problem } : {}),
    ...(kubeflowMissing ? { kubeflowMissing } : {}),
  };
}

function gone(t: Translate, missing: readonly string[], context: string): string {
  return missing.length === 1
    ? t('The kubeconfig no longer has the context {0}. This is {1}.', missing[0] ?? '', context)
    : t('The kubeconfig no longer has the contexts {0}. This is {1}.', list(missing), context);
}
