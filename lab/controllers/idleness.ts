import { stoppedAnnotation, timestamp } from './objects.ts';

/** What the culler reads of a kernel in Jupyter's `GET api/kernels`. */
export interface KernelActivity {
  execution_state: string;
  last_activity: string;
}

export const lastActivityAnnotation = 'notebooks.kubeflow.org/last-activity';
export const lastCheckAnnotation = 'notebooks.kubeflow.org/last_activity_check_timestamp';

/** A change of annotations: null removes one. */
export type AnnotationPatch = Record<string, string | null>;
type Annotations = Readonly<Record<string, string>>;

/** Removes the culler's two annotations: what it does for a server that is stopped or has no pod. */
export function withoutActivity(annotations: Annotations): AnnotationPatch {
  const present = [lastActivityAnnotation, lastCheckAnnotation].filter((key) => key in annotations);
  return Object.fromEntries(present.map((key) => [key, null]));
}

/** Is the next look due, `checkMinutes` after the last one? */
export function checkIsDue(annotations: Annotations, checkMinutes: number, now: Date): boolean {
  const last = Date.parse(annotations[lastCheckAnnotation] ?? '');
  return last + checkMinutes * 60_000 < now.getTime();
}

/**
 * When the server was last active: now if any kernel is not idle, else the newest activity of a kernel, even one before
 * what the annotation said; unchanged without kernels, without an answer, or with a time that is none.
 */
export function lastActivity(kernels: readonly KernelActivity[] | undefined, now: Date): string | undefined {
  if (!kernels || kernels.length === 0) return undefined;
  if (kernels.some((kernel) => kernel.execution_state !== 'idle')) return timestamp(now);
  const times = kernels.map((kernel) => Date.parse(kernel.last_activity));
  return times.some(Number.isNaN) ? undefined : timestamp(new Date(Math.max(...times)));
}

/** Has nothing happened for so long that the server is to be stopped? */
export function isIdle(annotations: Annotations, idleMinutes: number, now: Date): boolean {
  if (stoppedAnnotation in annotations) return false;
  const last = Date.parse(annotations[lastActivityAnnotation] ?? '');
  return now.getTime() > last + idleMinutes * 60_000;
}
