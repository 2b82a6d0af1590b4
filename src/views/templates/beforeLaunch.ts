/** The one place that checks a form which nobody looks at before it is launched. */
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import type { Finding } from '../../kubeflow/form/finding.ts';
import { findings } from '../../kubeflow/form/formFindings.ts';
import type { Session } from '../../kubeflow/sessions.ts';

export interface AboutToLaunch {
  session: Session;
  form: SpawnForm;
  options: SpawnOptions;
  creator?: string;
}

/** What stands in the way, as the form would say it. The launch itself begins with a dry-run of all that it makes. */
export function beforeLaunch({ form, options }: AboutToLaunch): Promise<Finding[]> {
  return Promise.resolve(findings(form, options));
}
