/** What a form is for, where that is not a server that is begun from nothing: a copy of one, or one that stands. */
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import type { SpawnForm, SpawnOptions } from '../kubeflow/form.ts';
import { volumesOf } from '../kubeflow/form.ts';
import { copyName } from '../kubeflow/form/copyName.ts';
import { withNewVolumes } from '../kubeflow/form/newVolumes.ts';
import { formOf } from '../kubeflow/form/readBack.ts';
import type { Known } from '../kubeflow/form/readBack.ts';
import type { Notebook } from '../kubeflow/objects.ts';
import type { FormWords, Purpose } from '../../webview-ui/contract.ts';
import type { EditedServer } from './editedServer.ts';
import type { Translate } from './words.ts';
import { cloneFormWords, editFormWords } from './words/edit.ts';

export interface FormPurpose {
  /** In the place of the form's own words; the title is the tab's, too. */
  words: Partial<FormWords>;
  page: Purpose;
  /** The Notebook that a copy begins with, and what its form was read with. */
  base?: Notebook;
  known?: Known;
  /** The server that is edited. */
  edited?: EditedServer;
}

/** An edit: of the server as it is read now. */
export function editPurpose(t: Translate, edited: EditedServer): FormPurpose {
  const words = editFormWords(t, edited.base.metadata.name);
  return { words, page: { kind: 'edit', ...edited.edit }, edited };
}

/**
 * A copy under a name of its own. By default its volumes are new ones of the same size: two servers on one volume get into
 * each other's way, and many volumes attach to one node only.
 */
export function clonePurpose(
  t: Translate,
  base: Notebook,
  o: { known: Known; options: SpawnOptions; claims: readonly PersistentVolumeClaim[] },
): { purpose: FormPurpose; filled: SpawnForm } {
  const read = formOf(base, o.known);
  const shared = { ...read, name: copyName(read.name, read.namespace, o.options) };
  const fresh = withNewVolumes(shared, o.claims);
  const hasVolumes = volumesOf(fresh).some(({ volume }) => volume.kind === 'new');
  const volumes = ({ workspace, dataVolumes }: SpawnForm) => ({ workspace, dataVolumes });
  const page: Purpose = {
    kind: 'clone',
    ...(hasVolumes ? { volumes: { fresh: volumes(fresh), shared: volumes(shared) } } : {}),
  };
  return { purpose: { words: cloneFormWords(t, read.name), page, base, known: o.known }, filled: fresh };
}
