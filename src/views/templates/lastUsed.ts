/** The form of the last launch, as a template: without its name and the values of variables. */
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import { parseTemplate } from '../../kubeflow/form/templateParse.ts';
import { templateText } from '../../kubeflow/form/templateText.ts';
import type { Template } from '../../kubeflow/form/template.ts';
import type { DraftMemory } from '../formDraft.ts';

const key = 'templates.lastUsed';

export class LastUsed {
  constructor(private readonly memory: DraftMemory) {}

  /** Kept as text, so that a later version reads it as it reads any template, or not at all. */
  get(): Template | undefined {
    const text = this.memory.get<unknown>(key);
    const found = typeof text === 'string' ? parseTemplate(text) : undefined;
    return found && 'template' in found ? found.template : undefined;
  }

  async keep(form: SpawnForm, o: SpawnOptions): Promise<void> {
    await this.memory.update(key, templateText(form, o, { name: form.name.trim() || 'notebook' }));
  }
}
