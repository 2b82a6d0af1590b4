import type { KubeError } from '../k8s/errors.ts';
import type { LiveState } from '../k8s/liveList.ts';
import type { Said, Translate } from './words.ts';
import { kubeWords } from './words/kube.ts';

/** What the view can show instead of rows; `ready` and `problem` have rows of their own. */
export type ViewState =
  'loading' | 'ready' | 'problem' | 'noKubeconfig' | 'noContexts' | 'kubeflowMissing' | 'noProfiles';

/** What of the session decides whether the view has rows, a welcome text or a sentence. */
export interface ViewFacts {
  /** the kubeconfig has been read, or could not be */
  loaded: boolean;
  /** the kubeconfig's problem */
  problem?: KubeError;
  contexts: number;
  /** the current context's name */
  context?: string;
  inventory?: { state: LiveState; profiles: number; problem?: KubeError; kubeflowMissing?: boolean };
  now: Date;
}

/** Which face the view shows, and the sentence above the rows (never together with a welcome text: VS Code hides that). */
export function viewState(t: Translate, facts: ViewFacts): { state: ViewState; said?: Said } {
  if (!facts.loaded) return { state: 'loading' };
  if (facts.problem?.code === 'KubeconfigMissing') return { state: 'noKubeconfig' };
  // After a broken edit of the kubeconfig the connections of before go on, with a word about the file above them.
  if (facts.problem) {
    const rows = (facts.inventory?.profiles ?? 0) > 0;
    return { state: rows ? 'ready' : 'problem', said: words(t, facts.problem, facts) };
  }
  if (facts.contexts === 0) return { state: 'noContexts' };
  const inventory = facts.inventory;
  if (!inventory) {
    return {
      state: 'problem',
      said: {
        text: t('The kubeconfig names no current context.'),
        action: { title: t('Switch Context'), command: 'kubeflow.switchContext' },
      },
    };
  }
  if (inventory.kubeflowMissing) return { state: 'kubeflowMissing' };
  if (inventory.problem) {
    return {
      state: inventory.profiles > 0 ? 'ready' : 'problem',
      said: words(t, inventory.problem, facts, retryAt(inventory.state)),
    };
  }
  if (inventory.profiles > 0) return { state: 'ready' };
  return { state: inventory.state.kind === 'loading' ? 'loading' : 'noProfiles' };
}

function words(t: Translate, problem: KubeError, facts: ViewFacts, at?: Date): Said {
  return kubeWords(t, problem.problem, {
    now: facts.now,
    ...(facts.context ? { context: facts.context } : {}),
    ...(at ? { retryAt: at } : {}),
  });
}

function retryAt(state: LiveState): Date | undefined {
  return state.kind === 'stale' || state.kind === 'failed' ? state.retryAt : undefined;
}
