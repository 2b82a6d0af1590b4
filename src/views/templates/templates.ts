/** What the commands and the form need of templates. */
import type * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import type { Sessions } from '../../kubeflow/sessions.ts';
import type { Logger } from '../../k8s/log.ts';
import { shortImage } from '../words/amounts.ts';
import { imageOf } from '../../kubeflow/form.ts';
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

/** Longer than any cluster that answers takes; what is not known by then is unknown. */
const patienceMs = 10_000;

export class Templates implements Disposable {
  readonly store: TemplateStore;
  readonly launches: QuickLaunches;

  constructor(private readonly o: TemplatesOptions) {
    this.store = new TemplateStore(o.context);
    this.launches = new QuickLaunches({ ...o, launched: (form, options) => this.launched(form, options) });
  }

  /** A server stands that was made of this form: it is the one that was used last. */
  launched(form: SpawnForm, options: SpawnOptions): Promise<void> {
    return this.store.lastUsed.keep(form, options);
  }

  /** Asks for a name and a place, and saves the form there. */
  save(form: SpawnForm, options: SpawnOptions, suggested?: string): Promise<void> {
    const image = shortImage(imageOf(form)).split(':')[0] ?? '';
    return saveTemplate(this.store, form, options, suggested ?? image);
  }

  /** A context and a namespace as the form looks at them, to be disposed of. */
  placeOf(start: { context: string; namespace?: string }): FormPlace {
    const { sessions, logger, t } = this.o;
    const place = new FormPlace({ sessions, logger, t }, start);
    if (start.namespace !== undefined) place.useNamespace(start.namespace);
    return place;
  }

  dispose(): void {
    this.launches.dispose();
  }
}

/** Resolves when everything is known that the cluster tells, or when it takes too long. */
export function whenSettled(place: FormPlace): Promise<void> {
  if (place.settled) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    const listening = place.onDidChange(() => {
      if (place.settled) done();
    });
  });
}
