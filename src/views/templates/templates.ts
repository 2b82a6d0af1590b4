/** What the commands and the form need of templates. */
import type * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import type { Sessions } from '../../kubeflow/sessions.ts';
import type { Logger } from '../../k8s/log.ts';
import { shortImage } from '../words/amounts.ts';
import { imageOf } from '../../kubeflow/form.ts';
import { FormConfig } from '../formConfig.ts';
import { FormPlace } from '../formPlace.ts';
import type { Translate } from '../words.ts';
import { QuickLaunches } from './quickLaunch.ts';
import type { QuickLaunchOptions } from './quickLaunch.ts';
import { saveTemplate } from './saveTemplate.ts';
import { TemplateStore } from './templateStore.ts';

export interface TemplatesOptions extends Omit<QuickLaunchOptions, 'launched'> {
  context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'globalState'>;
  sessions: Sessions;
  logger: Logger;
  t: Translate;
}

export class Templates implements Disposable {
  readonly store: TemplateStore;
  readonly launches: QuickLaunches;
  /** Read when somebody first launches a template. */
  private file: FormConfig | undefined;

  constructor(private readonly o: TemplatesOptions) {
    this.store = new TemplateStore(o.context);
    this.launches = new QuickLaunches({ ...o, launched: (form, options) => this.launched(form, options) });
  }

  /** For errors that come when the command is over. */
  get report(): (error: unknown) => void {
    return this.o.report;
  }

  /** A server stands that was made of this form: it is the one that was used last. */
  launched(form: SpawnForm, options: SpawnOptions): Promise<void> {
    return this.store.lastUsed.keep(form, options);
  }

  /** Asks for a name and a place, and saves the form there. */
  save(form: SpawnForm, options: SpawnOptions, suggested?: string): Promise<void> {
    const image = shortImage(imageOf(form)).split(':')[0] ?? '';
    return saveTemplate(this.store, form, options, suggested ?? image, this.o.report);
  }

  /** A context and a namespace as the form looks at them, to be disposed of. */
  placeOf(start: { context: string; namespace?: string }): FormPlace {
    const { sessions, logger, t } = this.o;
    const file = (this.file ??= new FormConfig(logger));
    const place = new FormPlace({ sessions, logger, t, file }, start);
    if (start.namespace !== undefined) place.useNamespace(start.namespace);
    return place;
  }

  dispose(): void {
    this.launches.dispose();
    this.file?.dispose();
  }
}
