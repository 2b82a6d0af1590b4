/** The check of a form which nobody looks at before it is launched. */
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import type { Finding } from '../../kubeflow/form/finding.ts';
import { Preflight } from '../../kubeflow/preflight/preflight.ts';
import type { Session } from '../../kubeflow/sessions.ts';

export interface AboutToLaunch {
  session: Session;
  form: SpawnForm;
  options: SpawnOptions;
  creator?: string;
}

/**
 * What stands in the way, as the form would say it. A cluster that does not answer keeps nobody from trying: the launch
 * itself begins with a dry-run of all that it makes.
 */
export async function beforeLaunch({ session, form, options, creator }: AboutToLaunch): Promise<Finding[]> {
  const preflight = new Preflight(session);
  try {
    return (await preflight.lookNow(form, options, { creator })).all;
  } finally {
    preflight.dispose();
  }
}
