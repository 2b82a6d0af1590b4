/** What the form and the extension host say to each other. Types only. */
import type { SpawnForm, SpawnOptions } from '../src/kubeflow/form.ts';
import type { Edit } from '../src/kubeflow/form/editFindings.ts';
import type { Finding, FindingCode } from '../src/kubeflow/form/finding.ts';
import type { GpuRoom } from '../src/kubeflow/preflight/room.ts';

/** Words of the form itself, beside those of its findings. {x} is a placeholder. */
type UiWord =
  | 'title'
  | 'inNamespace'
  | 'onContext'
  | 'yaml'
  | 'saveTemplate'
  | 'copyLink'
  | 'name'
  | 'namespace'
  | 'context'
  | 'image'
  | 'customImage'
  | 'customImageHint'
  | 'resources'
  | 'cpu'
  | 'memory'
  | 'gpus'
  | 'gpuVendor'
  | 'type'
  | 'typeJupyter'
  | 'typeCode'
  | 'typeRstudio'
  | 'limits'
  | 'cpuLimit'
  | 'memoryLimit'
  | 'noLimit'
  | 'gpuOther'
  | 'gpuAdd'
  | 'gpuModel'
  | 'gpuModelAny'
  | 'resourceKey'
  | 'numbered' // field, number
  | 'removeOf' // field
  | 'changed' // what
  | 'environment'
  | 'variables'
  | 'variable'
  | 'variableAdd'
  | 'variableKind'
  | 'kindValue'
  | 'kindSecret'
  | 'kindConfigMap'
  | 'kindCustom'
  | 'value'
  | 'key'
  | 'secret'
  | 'configMap'
  | 'envFrom'
  | 'envFromSecretAdd'
  | 'envFromConfigMapAdd'
  | 'prefix'
  | 'secretFiles'
  | 'secretFilesAdd'
  | 'typeOrChoose'
  | 'secretsUnlisted' // namespace
  | 'configMapsUnlisted' // namespace
  | 'serviceAccountsUnlisted' // namespace
  | 'secretKeyHint'
  | 'folder'
  | 'folderAll'
  | 'scheduling'
  | 'affinityGroup'
  | 'tolerationGroup'
  | 'groupNone'
  | 'groupAsFound'
  | 'nodeSelector'
  | 'nodeSelectorAdd'
  | 'label'
  | 'advanced'
  | 'configurations'
  | 'noConfigurations' // namespace
  | 'configurationsUnknown' // namespace
  | 'configurationAdd'
  | 'sharedMemory'
  | 'sharedMemoryUse'
  | 'sharedMemorySize'
  | 'asMemory'
  | 'serviceAccount'
  | 'pullSecrets'
  | 'pullSecret'
  | 'pullSecretAdd'
  | 'labels'
  | 'labelAdd'
  | 'annotations'
  | 'annotationAdd'
  | 'pullPolicy'
  | 'pullDefault'
  | 'IfNotPresent'
  | 'Always'
  | 'Never'
  | 'locked'
  | 'lockedFields' // fields
  | 'search'
  | 'noMatch'
  | 'preview'
  | 'openDocument'
  | 'restored'
  | 'restoredWithoutValues'
  | 'startOver'
  | 'workspace'
  | 'dataVolumes'
  | 'dataVolume' // number
  | 'newVolume'
  | 'existingVolume'
  | 'noVolume'
  | 'customVolume'
  | 'size'
  | 'mountPath'
  | 'claim'
  | 'claimName'
  | 'storageClass'
  | 'storageClassDefault'
  | 'accessMode'
  | 'ReadWriteOnce'
  | 'ReadWriteMany'
  | 'ReadOnlyMany'
  | 'ReadWriteOncePod'
  | 'more'
  | 'moreChanged'
  | 'readOnly'
  | 'add'
  | 'remove' // number
  | 'claimUsedBy' // servers
  | 'noClaims' // namespace
  | 'chooseClaim'
  | 'loading'
  | 'fieldOf' // group, field
  | 'hintQuota' // left, hard
  | 'hintQuotaMany' // left, hard
  | 'hintFree' // free
  | 'hintTotal' // total
  | 'hintUnknown'
  | 'hintUnknownAlone'
  | 'hintNode' // largest
  | 'ready'
  | 'checking'
  | 'checkingCluster'
  | 'notChecked' // why
  | 'launchAnyway'
  | 'goBack'
  | 'fixOne'
  | 'fixMany' // count
  | 'noteOne'
  | 'noteMany' // count
  | 'warningOne'
  | 'warningMany' // count
  | 'andMore' // count
  | 'cancel'
  | 'launch'
  | 'close'
  | 'connect'
  | 'back'
  | 'progressTitle' // name
  | 'progressTitleReady' // name
  | 'progressTitleSaved' // name
  | 'progressTitleNot' // name
  | 'progressHint'
  | 'progressReady'
  | 'progressCancelling'
  | 'progressCancelled'
  | 'openInBrowser'
  | 'editServer'
  | 'changes'
  | 'compare'
  | 'reload'
  | 'cloneVolumes'
  | 'cloneFresh'
  | 'cloneShared'
  | 'error'
  | 'warning'
  | 'note'
  | 'stepRunning'
  | 'stepDone'
  | 'stepFailed'
  | 'stepWaiting'
  | 'seconds' // count
  | 'minutes'; // minutes, seconds

export type FormWordKey = UiWord | FindingCode;
/** Localised templates: l10n lives in the extension host, the sentences are filled in where the form is. */
export type FormWords = Record<FormWordKey, string>;

/** One line of a launch: a step of ours, then each state that the server goes through. */
export interface ProgressLine {
  id: string;
  text: string;
  /** The cause and the remedy as sentences. */
  detail?: string;
  state: 'running' | 'done' | 'failed' | 'waiting';
  /** Milliseconds since the epoch. */
  since: number;
  /** How long it took, once it is over. */
  ms?: number;
}

/** What a form is for, where that is not a server that is begun from nothing. */
export type Purpose =
  | {
      kind: 'clone';
      /** The server's volumes as new ones of the same size, and as they are; absent where it has none. */
      volumes?: Record<'fresh' | 'shared', Pick<SpawnForm, 'workspace' | 'dataVolumes'>>;
    }
  /** A server that stands: its name and place are what they are. */
  | ({ kind: 'edit' } & Edit);

/** What saving changes and what it does, in words. */
export interface EditSummary {
  changes: string[];
  effect: string;
  /** Something that runs ends. */
  restarts: boolean;
  /** What the button says. */
  save: string;
  canSave: boolean;
  /** Somebody else has changed the server since the form was read. */
  meanwhile?: string;
}

export interface Progress {
  name: string;
  lines: ProgressLine[];
  /** What the button does that appears when the server answers. */
  opens: 'connect' | 'browser';
  /** 'ready': the button appears. 'refused', 'cancelled': back to the form. 'saved': nothing starts. Absent: still going on. */
  end?: 'ready' | 'refused' | 'cancelled' | 'saved';
  /** It can be taken back yet. */
  canCancel: boolean;
  /** The server does not come up as it is: editing it may help. */
  canEdit: boolean;
  /** What an end of 'saved' means for the server. */
  saved?: string;
  /** It is being undone. */
  cancelling: boolean;
  /** Why it was refused, for the field that it is about once the user is back at the form. */
  refusal?: Refusal;
}

/** A refusal of the API server in words, at the field that it is about. */
export interface Refusal {
  field?: string;
  text: string;
}

/** What the cluster says to the form as it was a moment ago. */
export interface Checked {
  findings: Finding[];
  /** Its refusal of what the form would make, by a dry-run. */
  refusal?: Refusal;
  /** It is still being asked. */
  asking: boolean;
  /** Why it has no answer, in words. */
  unanswered?: string;
  /** GPUs on nodes by resource key: 'unknown' where nodes may not be read, absent before the first answer. */
  gpus?: Record<string, GpuRoom> | 'unknown';
}

/** What the form can choose from, as it stands now. */
export interface FormContext {
  context: string;
  contexts: string[];
  options: SpawnOptions;
  /** Still reading the cluster: an empty list means nothing yet. */
  loading: boolean;
  /** Why the cluster cannot be read, in words. */
  problem?: string;
  /** Where to start when the chosen namespace is not there. */
  namespace?: string;
  /** What is wrong with the file that the form's defaults come from, in words, and the button that mends it. */
  notice?: { text: string; button: string };
}

export type ToForm =
  | {
      type: 'init';
      formId: string;
      words: FormWords;
      place: FormContext;
      form: SpawnForm;
      /** The draft of an earlier opening, to go on with. */
      restored?: KeptDraft;
      /** What came filled in, in whole or in part; an empty name is to be one that is free. */
      filled?: Partial<SpawnForm>;
      purpose?: Purpose;
      progress?: Progress;
    }
  | { type: 'place'; place: FormContext }
  | { type: 'choose'; namespace: string }
  | { type: 'progress'; progress: Progress }
  | { type: 'preview'; yaml: string }
  | { type: 'summary'; summary: EditSummary }
  | { type: 'refused'; refusal: Refusal }
  /** The cluster is being asked; what it said before stands until it answers. */
  | { type: 'asking'; edition: number }
  /** `edition`: that of the form that this is about. `answer`: what it means for a launch that was asked for. */
  | { type: 'checked'; checked: Checked; edition: number; answer?: 'blocked' | 'asks' };

export type FromForm =
  | { type: 'ready' }
  | { type: 'context'; context: string }
  | { type: 'namespace'; namespace: string }
  /** `accepted`: keys of the warnings that the person has seen and wants to launch with (see findingKey). */
  | { type: 'launch'; form: SpawnForm; edition: number; accepted: string[] }
  /** The form as it is being filled in, to be checked with the cluster. */
  | { type: 'check'; form: SpawnForm; edition: number }
  /** The names of what the namespace offers are about to be needed; with `configMap`, the keys of that one. */
  | { type: 'names'; namespace: string; configMap?: string }
  /** What would be made, as a document of its own. */
  | { type: 'yaml'; form: SpawnForm }
  | { type: 'saveTemplate'; form: SpawnForm }
  /** What would be made, for the pane beside the form. */
  | { type: 'preview'; form: SpawnForm }
  /** A link to the form as it is filled in, for others. */
  | { type: 'link'; form: SpawnForm }
  /** The form as it is being filled in, to be kept for its next opening. */
  | { type: 'draft'; draft: KeptDraft }
  | { type: 'startOver' }
  /** Opens what the notice is about. */
  | { type: 'mendConfig' }
  | { type: 'edit' }
  /** What saving the form would do. */
  | { type: 'summary'; form: SpawnForm }
  /** The server as it was when the form was read, beside what it is now. */
  | { type: 'compare' }
  /** The server as it is now, with what the person has changed. */
  | { type: 'reload'; form: SpawnForm }
  /** Of a server that does not come up. */
  | { type: 'editServer' }
  | { type: 'connect' }
  | { type: 'cancel' }
  /** Closes the tab; `discard`: and nothing of it is kept. */
  | { type: 'close'; discard?: boolean };

/** A form that was begun. It outlives its tab without the values of variables. */
export interface KeptDraft {
  form: SpawnForm;
  touched: string[];
}

/** What the form keeps over being hidden (setState): a draft belongs to one opening of the form. */
export interface FormDraft extends KeptDraft {
  formId: string;
  /** The parts that are unfolded. */
  open: string[];
  /** Was the note about a restored draft still there? */
  restored: boolean;
}

/** Puts parameters into a template; a placeholder without a parameter stays, so that it is seen. */
export function fill(template: string, params: Record<string, string | number> = {}): string {
  return template.replace(/\{(\w+)\}/g, (all, key: string) => (key in params ? String(params[key]) : all));
}
