/** The check of a form which nobody looks at before it is launched. */
import { isKubeError } from '../../k8s/errors.ts';
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import type { Finding } from '../../kubeflow/form/finding.ts';
import { findings } from '../../kubeflow/form/formFindings.ts';
import { Preflight } from '../../kubeflow/preflight/preflight.ts';
import type { Session } from '../../kubeflow/sessions.ts';

export interface AboutToLaunch {
  session: Session;
  form: SpawnForm;
  options: SpawnOptions;
  creator?: string;
}

/** So long the cluster is waited for, as by the form's Launch; ms. */
const patienceMs = 5_000;

/**
 * What stands in the way, as the form would say it. A cluster that does not answer keeps nobody from trying: the launch
 * itself begins with a dry-run of all that it makes.
 */
export async function beforeLaunch({ session, form, options, creator }: AboutToLaunch): Promise<Finding[]> {
  const preflight = new Preflight(session);
  const signal = AbortSignal.timeout(patienceMs);
  try {
    return (await preflight.look(form, options, { creator, fresh: true, signal })).all;
  } catch (error) {
    if (signal.aborted || isKubeError(error)) return findings(form, options);
    throw error;
  } finally {
    preflight.dispose();
  }
}
