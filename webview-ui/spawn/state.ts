/** The form as it is being filled in: its state, what has been touched, and what there is to say about it. No DOM. */
import { defaultForm, freeName } from '../../src/kubeflow/form/defaultForm.ts';
import type { SpawnForm } from '../../src/kubeflow/form.ts';
import { findings } from '../../src/kubeflow/form/formFindings.ts';
import { fill } from '../contract.ts';
import type { FormContext, FormDraft, FormWordKey, FormWords, Refusal } from '../contract.ts';

/** A finding or a refusal in words. */
export interface Remark {
  field: string;
  severity: 'error' | 'warning' | 'note';
  text: string;
}

export class FormState {
  form: SpawnForm;
  refusal: Refusal | undefined;
  private readonly touched: Set<string>;

  constructor(
    readonly formId: string,
    readonly words: FormWords,
    public place: FormContext,
    form: SpawnForm,
    draft?: FormDraft,
  ) {
    const mine = draft?.formId === formId ? draft : undefined;
    this.form = mine?.form ?? form;
    this.touched = new Set(mine?.touched ?? []);
  }

  text(key: FormWordKey, params?: Record<string, string | number>): string {
    return fill(this.words[key], params);
  }

  draft(): FormDraft {
    return { formId: this.formId, form: this.form, touched: [...this.touched] };
  }

  /** Takes in what the cluster looks like now; fields that the user has not touched follow. */
  setPlace(place: FormContext): void {
    const fresh = this.place.context !== place.context;
    this.place = place;
    const { options } = place;
    if (!options.namespaces.includes(this.form.namespace) && (fresh || !place.loading)) {
      const start = defaultForm(options, { namespace: place.namespace });
      this.form.namespace = start.namespace;
    }
    this.followNamespace();
  }

  setNamespace(namespace: string): void {
    this.form.namespace = namespace;
    this.touch('namespace');
    this.followNamespace();
  }

  touch(field: string): void {
    this.touched.add(field);
    if (this.refusal && (this.refusal.field === undefined || this.refusal.field === field)) this.refusal = undefined;
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
    const found: Remark[] = findings(this.form, this.place.options)
      // While the cluster is being read there is no namespace to choose yet.
      .filter((f) => !(f.code === 'namespaceMissing' && this.place.loading))
      .map((f) => ({ field: f.field, severity: f.severity, text: this.text(f.code, f.params) }));
    if (this.refusal) {
      found.unshift({ field: this.refusal.field ?? 'form', severity: 'error', text: this.refusal.text });
    }
    return found;
  }

  /** May this remark be shown under its field? Not before the user has had a go at it. */
  shows(remark: Remark): boolean {
    if (remark.severity !== 'error' || this.refusal?.text === remark.text) return true;
    if (this.touched.has(remark.field)) return true;
    // What the cluster lacks is no fault of the field, so it is said at once; a claim is named after the server.
    if (/^namespace$|storageClass$/.test(remark.field)) return true;
    return /\.name$/.test(remark.field) && this.touched.has('name');
  }

  get launchable(): boolean {
    return !this.place.loading && !this.remarks().some((r) => r.severity === 'error' && this.refusal?.text !== r.text);
  }

  private followNamespace(): void {
    if (!this.touched.has('name') && this.form.namespace !== '') {
      this.form.name = freeName(this.form.namespace, this.place.options, this.form);
    }
  }
}
