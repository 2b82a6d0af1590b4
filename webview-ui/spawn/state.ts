/** The form as it is being filled in: its state, what has been touched, and what there is to say about it. No DOM. */
import { defaultForm, freeName } from '../../src/kubeflow/form/defaultForm.ts';
import type { SpawnForm, SpawnOptions } from '../../src/kubeflow/form.ts';
import { findingKey } from '../../src/kubeflow/form/finding.ts';
import { findings } from '../../src/kubeflow/form/formFindings.ts';
import { same } from '../../src/kubeflow/form/kept.ts';
import { merged } from '../../src/kubeflow/preflight/merged.ts';
import { fill } from '../contract.ts';
import type {
  Checked,
  FormContext,
  FormDraft,
  FormWordKey,
  FormWords,
  KeptDraft,
  Purpose,
  Refusal,
} from '../contract.ts';
import { searchedFrom } from '../searching.ts';
import { filledIn } from './filledIn.ts';
import { rebase } from './rebase.ts';

/** A finding or a refusal in words. */
export interface Remark {
  field: string;
  severity: 'error' | 'warning' | 'note';
  text: string;
  /** Of a finding; a refusal has none. */
  key?: string;
  /** The cluster says so, and is asked once more at Launch. */
  byCluster?: true;
}

export class FormState {
  form: SpawnForm;
  refusal: Refusal | undefined;
  /** What the cluster said last; what the person has changed since then is left out of it. */
  checked: Checked = { findings: [], asking: false };
  /** Launch was asked for, and there are warnings to be accepted first. */
  asks = false;
  /**
   * The host was told to launch the form, with these warnings accepted, and has not answered. The person has changed nothing
   * since; what follows the cluster may be another by now.
   */
  awaits: { accepted: string[] } | undefined;
  readonly purpose: Purpose | undefined;
  /** Is this a draft of an earlier opening, and has the person not been told so for long enough? */
  restored: boolean;
  /** The parts that are unfolded. */
  readonly open: Set<string>;
  private readonly touched: Set<string>;
  /** The form that was numbered last, and the number that the cluster's last word was about. */
  private numbered = { form: '', edition: Date.now() };
  private heard: number | undefined;
  private readonly filled: Partial<SpawnForm> | undefined;

  constructor(
    readonly formId: string,
    readonly words: FormWords,
    public place: FormContext,
    form: SpawnForm,
    o: {
      /** What the page has kept while it was hidden. */
      draft?: FormDraft;
      /** What is left of an earlier opening. */
      restored?: KeptDraft;
      /** What came filled in, in whole or in part: it stays, whatever the defaults are. */
      filled?: Partial<SpawnForm>;
      purpose?: Purpose;
    } = {},
  ) {
    this.purpose = o.purpose;
    const mine = o.draft?.formId === formId ? o.draft : undefined;
    const begun = mine ?? o.restored ?? (o.filled && filledIn(o.filled, form, place.options));
    this.form = begun?.form ?? form;
    this.touched = new Set(begun?.touched ?? []);
    this.filled = structuredClone(o.filled);
    this.open = new Set(mine?.open ?? []);
    this.restored = mine ? mine.restored : o.restored !== undefined && o.filled === undefined;
    // What an administrator has fixed since then is beyond the person's reach.
    if (begun && !mine && !this.edit) this.form = rebase(this.form, place.options, place.options, this.touched);
  }

  /** Of a server that stands: what is there stays as it is, whatever an administrator has set since. */
  get edit(): Extract<Purpose, { kind: 'edit' }> | undefined {
    return this.purpose?.kind === 'edit' ? this.purpose : undefined;
  }

  text(key: FormWordKey, params?: Record<string, string | number>): string {
    return fill(this.words[key], params);
  }

  /** The number of the form as it is now, here: the host's answers say by it which form they are about. */
  edition(): number {
    const form = JSON.stringify([this.place.context, this.form]);
    if (form !== this.numbered.form) this.numbered = { form, edition: this.numbered.edition + 1 };
    return this.numbered.edition;
  }

  /** Takes in what the cluster says. False for an answer to an earlier form: the one to this form is on its way. */
  hear(checked: Checked, edition: number): boolean {
    if (edition !== this.edition()) return false;
    this.checked = checked;
    this.heard = edition;
    return true;
  }

  draft(): FormDraft {
    const { formId, form, touched, open, restored } = this;
    return { formId, form, touched: [...touched], open: [...open], restored };
  }

  /** What outlives the tab; undefined while nothing has been filled in. */
  keep(): KeptDraft | undefined {
    const { form, touched } = this;
    return touched.size > 0 ? { form, touched: [...touched] } : undefined;
  }

  /** The form for others: a name that nobody chose is to be found where it is opened. */
  get shared(): SpawnForm {
    return this.touched.has('name') ? this.form : { ...this.form, name: '' };
  }

  /** What decides which fields there are and what they offer: where it changes, the form's body is drawn again. */
  get shape(): string {
    const { options } = this.place;
    const { namespace } = this.form;
    const { config, storageClasses, gpuModels, gpuVendors } = options;
    const podDefaults = options.podDefaults?.[namespace];
    const many = manyClaims(options, namespace);
    return JSON.stringify([config, storageClasses, gpuModels, gpuVendors, podDefaults, many]);
  }

  /** Takes in what the cluster looks like now; fields that the user has not touched follow. */
  setPlace(place: FormContext): void {
    const fresh = this.place.context !== place.context;
    const before = this.place.options;
    this.place = place;
    if (this.edit) return;
    if (fresh) this.forgetCluster();
    const { options } = place;
    if (!same(before.config, options.config)) this.form = rebase(this.form, before, options, this.touched);
    if (!options.namespaces.includes(this.form.namespace) && (fresh || !place.loading)) {
      const start = defaultForm(options, { namespace: place.namespace });
      if (start.namespace !== this.form.namespace) this.forgetCluster();
      this.form.namespace = start.namespace;
    }
    this.followNamespace();
  }

  setNamespace(namespace: string): void {
    this.form.namespace = namespace;
    this.touch('namespace');
    this.followNamespace();
  }

  /** The person looks at a field: what there is to say about it is no longer spared, and stays. */
  visit(field: string): void {
    this.touched.add(field);
  }

  /** The person changes a field. */
  touch(field: string): void {
    this.touched.add(field);
    if (field === 'namespace') this.forgetCluster();
    this.awaits = undefined;
    if (isAbout(this.refusal, field)) this.refusal = undefined;
    this.asks = false;
    const { refusal, ...checked } = this.checked;
    this.checked = {
      ...checked,
      findings: checked.findings.filter((one) => one.field !== field),
      ...(refusal && !isAbout(refusal, field) ? { refusal } : {}),
    };
  }

  /** The volumes are these now, all of them. */
  setVolumes({ workspace, dataVolumes }: Pick<SpawnForm, 'workspace' | 'dataVolumes'>): void {
    this.form.workspace = workspace;
    this.form.dataVolumes = dataVolumes;
    this.touch('workspace');
    this.touch('data');
    const findings = this.checked.findings.filter(({ field }) => !/^(workspace|data)\./.test(field));
    this.checked = { ...this.checked, findings };
  }

  /** Forgets what was touched in a volume, as its place is taken by another one. */
  forget(prefix: string): void {
    for (const field of this.touched) if (field.startsWith(prefix)) this.touched.delete(field);
  }

  /** Launch was tried: what stands in its way now is no longer spared. */
  touchErrors(): void {
    for (const { field, severity } of this.remarks()) if (severity === 'error') this.touched.add(field);
  }

  /** Everything there is to say, in the order of the fields. */
  remarks(): Remark[] {
    const own = findings(this.form, this.place.options, this.edit);
    const found: Remark[] = merged(own, this.checked.findings)
      // While the cluster is being read there is no namespace to choose yet.
      .filter((f) => !(f.code === 'namespaceMissing' && this.place.loading))
      .map((f) => ({
        ...{ field: f.field, severity: f.severity, text: this.text(f.code, f.params), key: findingKey(f) },
        ...(own.includes(f) ? {} : { byCluster: true as const }),
      }));
    const { refusal: foretold } = this.checked;
    if (foretold && foretold.text !== this.refusal?.text) found.unshift({ ...refused(foretold), byCluster: true });
    if (this.refusal) found.unshift(refused(this.refusal));
    return found;
  }

  /** May this remark be shown under its field? Not before the user has had a go at it. */
  shows(remark: Remark): boolean {
    if (remark.severity !== 'error' || this.refusal?.text === remark.text) return true;
    if (this.touched.has(remark.field) || this.isAsFilled(remark.field)) return true;
    // What the cluster says or lacks is no fault of the field, so it is said at once; a claim is named after the server.
    if (remark.byCluster || /^namespace$|storageClass$/.test(remark.field)) return true;
    return /^(workspace|data\.\d+)\.name$/.test(remark.field) && this.touched.has('name');
  }

  /** Does nothing that the form itself knows stand in the way? What the cluster says is asked for anew at Launch. */
  get launchable(): boolean {
    return !this.place.loading && this.blocking === undefined;
  }

  /** The first error of the form's own. */
  get blocking(): Remark | undefined {
    return this.remarks().find((r) => r.severity === 'error' && !r.byCluster && this.refusal?.text !== r.text);
  }

  /**
   * Is there nothing to fix, and something to accept? What the cluster said of an earlier form may be true no more: the host
   * asks it anew, and has it accepted then.
   */
  get mayAsk(): boolean {
    const remarks = this.remarks();
    const errors = remarks.some((r) => r.severity === 'error' && this.refusal?.text !== r.text);
    const warnings = remarks.filter((r) => r.severity === 'warning');
    const heard = this.heard === this.edition() || !warnings.some((r) => r.byCluster);
    return !this.place.loading && !errors && heard && warnings.length > 0;
  }

  /** Keys of the warnings that there are: to launch with them, they have to be accepted. */
  get warnings(): string[] {
    return this.remarks().flatMap(({ severity, key }) => (severity === 'warning' && key !== undefined ? [key] : []));
  }

  /** Is this part as it came filled in? Then all of it was chosen, by somebody at some time. */
  private isAsFilled(field: string): boolean {
    const [head = ''] = field.split('.');
    const key = (head === 'data' ? 'dataVolumes' : head) as keyof SpawnForm;
    return this.filled?.[key] !== undefined && same(this.form[key], this.filled[key]);
  }

  /** What was said of another namespace, or by another cluster, is not true here. */
  private forgetCluster(): void {
    this.checked = { findings: [], asking: false };
    this.heard = undefined;
    this.refusal = undefined;
    this.asks = false;
    this.awaits = undefined;
  }

  private followNamespace(): void {
    if (!this.touched.has('name') && this.form.namespace !== '') {
      this.form.name = freeName(this.form.namespace, this.place.options, this.form);
    }
  }
}

function refused({ field, text }: Refusal): Remark {
  return { field: field ?? 'form', severity: 'error', text };
}

/** A refusal that is about no field in particular goes with the first change. */
function isAbout(refusal: Refusal | undefined, field: string): boolean {
  return refusal !== undefined && (refusal.field === undefined || refusal.field === field);
}

/** Are there too many claims to scroll through? */
export function manyClaims(options: SpawnOptions, namespace: string): boolean {
  return (options.claims[namespace]?.length ?? 0) >= searchedFrom;
}
