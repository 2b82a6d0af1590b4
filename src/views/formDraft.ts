/** The draft of a form that outlives its tab: this window's, and without the values of variables. */
import { withoutSecrets } from '../kubeflow/form.ts';
import type { KeptDraft } from '../../webview-ui/contract.ts';

/** The part of a vscode.Memento that is needed here. */
export interface DraftMemory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

interface Stored extends KeptDraft {
  context: string;
}

/** The key of the one form that is begun from nothing. */
export const newServerDraft = 'newNotebookServer.draft';

export class FormDrafts {
  /**
   * @param memory the workspace's: another window has another one
   * @param key what the form is for; each purpose has a draft of its own
   */
  constructor(
    private readonly memory: DraftMemory,
    private readonly key: string,
  ) {}

  /** The draft for a context, moved to a namespace where one is asked for; undefined: there is none. */
  restore(context: string, namespace?: string): KeptDraft | undefined {
    const stored = this.memory.get<Stored>(this.key);
    if (stored?.context !== context) return undefined;
    const { form, touched } = stored;
    return { form: namespace === undefined ? form : { ...form, namespace }, touched };
  }

  async keep(context: string, { form, touched }: KeptDraft): Promise<void> {
    const stored: Stored = { context, form: withoutSecrets(form), touched };
    await this.memory.update(this.key, stored);
  }

  /** The server that the draft was for stands by now, made by another way than the form. */
  async discardOf({ context, namespace, name }: { context: string; namespace: string; name: string }): Promise<void> {
    const stored = this.memory.get<Stored>(this.key);
    if (stored?.context !== context) return;
    if (stored.form.namespace === namespace && stored.form.name.trim() === name) await this.discard();
  }

  async discard(): Promise<void> {
    await this.memory.update(this.key, undefined);
  }
}
