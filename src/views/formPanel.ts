/** The editor tabs that hold forms of notebook servers. */
import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import { KubeError } from '../k8s/errors.ts';
import { persistentVolumeClaims } from '../k8s/objects.ts';
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import { notebooks } from '../kubeflow/objects.ts';
import type { Notebook } from '../kubeflow/objects.ts';
import type { Known } from '../kubeflow/form/readBack.ts';
import type { Session } from '../kubeflow/sessions.ts';
import { EditedServer } from './editedServer.ts';
import type { EditedServerOptions } from './editedServer.ts';
import { FormConfig } from './formConfig.ts';
import type { Launched } from './formOutcome.ts';
import { FormPlace } from './formPlace.ts';
import { clonePurpose, editPurpose } from './formPurpose.ts';
import { OpenForm } from './openForm.ts';
import type { FormStart, OpenFormOptions } from './openForm.ts';
import { whenSettled } from './whenSettled.ts';

type ServerRef = EditedServerOptions['ref'];

export type FormPanelOptions = OpenFormOptions & Pick<EditedServerOptions, 'kernels'>;

/**
 * One tab at most holds the form that a person fills in from nothing; it alone has a draft that outlives it. A form that
 * comes filled in has a tab of its own, so that neither spoils the other, and so has the form of each server that stands.
 */
export class FormPanel implements Disposable {
  private fresh: OpenForm | undefined;
  private readonly all = new Set<OpenForm>();
  /** By server. */
  private readonly edits = new Map<string, Promise<OpenForm>>();

  constructor(private readonly o: FormPanelOptions) {}

  /** Opens a form, or reveals the one that is being filled in from nothing: it moves to the namespace that is asked for. */
  async show(start: FormStart = {}): Promise<void> {
    await this.shown(start);
  }

  /**
   * Opens a form and waits for what comes of it: a server that answers, or one that is on its way there when the tab is
   * closed. Undefined when it is closed without a launch.
   */
  async launched(start: FormStart = {}): Promise<Launched | undefined> {
    const form = await this.shown(start);
    return new Promise((resolve) => {
      const end = form.outcome.onDidEnd((launched) => {
        end.dispose();
        resolve(launched);
      });
    });
  }

  private async shown(start: FormStart): Promise<OpenForm> {
    await this.o.sessions.ensureLoaded();
    if (!start.filled && this.fresh) {
      this.fresh.reveal(start);
      return this.fresh;
    }
    const open = this.open(start, () => {
      if (this.fresh === open) this.fresh = undefined;
    });
    if (!start.filled) this.fresh = open;
    return open;
  }

  /**
   * Opens the form of a server that stands, or reveals it.
   * @throws KubeError where the server cannot be read
   */
  async edit(ref: ServerRef): Promise<void> {
    const key = JSON.stringify([ref.context, ref.namespace, ref.name]);
    const there = this.edits.get(key);
    if (there) {
      (await there).reveal({});
      return;
    }
    const opening = this.openEdit(ref, () => this.edits.delete(key));
    this.edits.set(key, opening);
    await opening.catch((error: unknown) => {
      this.edits.delete(key);
      throw error;
    });
  }

  /**
   * Opens the form of a new server, filled in with what another one is.
   * @throws KubeError where that one cannot be read
   */
  async clone(ref: ServerRef): Promise<void> {
    const { place, file, session, known } = await this.knownPlace(ref);
    try {
      const { namespace, name } = ref;
      const [base, claims] = await Promise.all([
        session.cluster.get<Notebook>(notebooks, { namespace, name }),
        session.cluster.list<PersistentVolumeClaim>(persistentVolumeClaims, { namespace }),
      ]);
      const { t } = vscode.l10n;
      const { purpose, filled } = clonePurpose(t, base, { known, options: place.view.options, claims: claims.items });
      this.open({ context: ref.context, namespace, filled, purpose, place, file }, () => undefined);
    } catch (error) {
      for (const one of [place, file]) one.dispose();
      throw error;
    }
  }

  dispose(): void {
    for (const open of [...this.all]) open.dispose();
  }

  private async openEdit(ref: ServerRef, closed: () => void): Promise<OpenForm> {
    const { place, file, session, known } = await this.knownPlace(ref);
    try {
      const { kernels, logger } = this.o;
      const edited = await EditedServer.open({ session, ref, known, kernels, logger, t: vscode.l10n.t });
      const purpose = editPurpose(vscode.l10n.t, edited);
      const { context, namespace } = ref;
      return this.open({ context, namespace, filled: edited.start, purpose, place, file }, closed);
    } catch (error) {
      for (const one of [place, file]) one.dispose();
      throw error;
    }
  }

  private open(start: FormStart, closed: () => void): OpenForm {
    const open: OpenForm = new OpenForm(this.o, start, () => {
      this.all.delete(open);
      closed();
    });
    this.all.add(open);
    return open;
  }

  /** A place whose configuration is known: a Notebook is read and written with the same. */
  private async knownPlace({ context, namespace }: ServerRef): Promise<KnownPlace> {
    const { sessions, logger } = this.o;
    await sessions.ensureLoaded();
    const file = new FormConfig(logger);
    const place = new FormPlace({ sessions, logger, t: vscode.l10n.t, file }, { context, namespace });
    const { session } = place;
    if (!session) {
      for (const one of [place, file]) one.dispose();
      throw sessions.problem ?? new KubeError({ code: 'ContextMissing', context });
    }
    place.useNamespace(namespace);
    await whenSettled(place);
    const { config, podDefaults } = place.view.options;
    return { place, file, session, known: { config, podDefaults: podDefaults?.[namespace] } };
  }
}

interface KnownPlace {
  place: FormPlace;
  file: FormConfig;
  session: Session;
  known: Known;
}
