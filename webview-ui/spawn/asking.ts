/** When the names of secrets, config maps and accounts are asked for: not before somebody may want to use them. No DOM. */
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import type { FormState } from './state.ts';

/** What to ask for: the names that a namespace offers, or the keys of one of its config maps. */
export interface NameQuestion {
  namespace: string;
  configMap?: string;
}

export class Asking {
  private readonly asked = new Set<string>();

  constructor(private readonly ask: (question: NameQuestion) => void) {}

  /** Asks what the form as it is now needs and has not asked for on this context yet. */
  follow(state: FormState): void {
    const { form, place, open } = state;
    const { namespace } = form;
    if (namespace === '') return;
    if (open.has('environment') || open.has('advanced') || namesObjects(form)) this.once(place.context, { namespace });
    for (const one of form.env) {
      if (one.kind !== 'configMap') continue;
      const configMap = one.configMap.trim();
      // What is half typed is no config map.
      if (place.options.configMaps?.[namespace]?.includes(configMap))
        this.once(place.context, { namespace, configMap });
    }
  }

  private once(context: string, question: NameQuestion): void {
    const key = JSON.stringify([context, question]);
    if (this.asked.has(key)) return;
    this.asked.add(key);
    this.ask(question);
  }
}

function namesObjects({ env, envFrom, secretFiles, imagePullSecrets }: SpawnForm): boolean {
  const inEnv = env.some(({ kind }) => kind === 'secret' || kind === 'configMap');
  return inEnv || envFrom.length > 0 || secretFiles.length > 0 || imagePullSecrets.length > 0;
}
