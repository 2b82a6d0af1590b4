import { setTimeout as delay } from 'node:timers/promises';
import type { Raw } from '../../src/k8s/objects.ts';
import type { V1Container } from '@kubernetes/client-node';
import { KubeletBackOff } from './backOff.ts';
import { imageBehaviour } from './images.ts';
import type { NodeContext } from './nodeContext.ts';
import type { PodReport } from './podReport.ts';

/** Between two looks of a kubelet at a pod that is in trouble. */
const resyncMs = 2000;
const forEverMs = 2 ** 31 - 1;

/** What a kubelet says of an image that it need not pull. */
export function presentMessage(image: string): string {
  return `Container image "${image}" already present on machine and can be accessed by the pod`;
}

/**
 * Pulls a container's image as a kubelet does, events and status included. Resolves when the image is on the node; for an
 * image that does not exist it tries again and again, with back-off.
 * @throws the signal's reason
 */
export async function pullImage(
  context: NodeContext,
  node: string,
  container: Raw<V1Container>,
  report: PodReport,
  signal: AbortSignal,
): Promise<void> {
  const image = container.image ?? '';
  const behaviour = imageBehaviour(image);
  if (behaviour.kind === 'invalid') {
    report.event('Warning', 'InspectFailed', behaviour.error);
    report.event('Warning', 'Failed', 'Error: InvalidImageName');
    await report.waiting('InvalidImageName', behaviour.error);
    await delay(forEverMs, undefined, { signal });
    return;
  }
  if (behaviour.kind === 'missing') return backingOff(image, behaviour.error, report, signal);
  if (context.images.has(node, image) && container.imagePullPolicy !== 'Always') {
    report.event('Normal', 'Pulled', presentMessage(image));
    return;
  }
  report.event('Normal', 'Pulling', `Pulling image "${image}"`);
  const began = Date.now();
  await delay(context.images.has(node, image) ? 0 : behaviour.pullSeconds * 1000, undefined, { signal });
  const took = duration(Date.now() - began);
  context.images.add(node, image);
  const pulled = `Successfully pulled image "${image}" in ${took} (${took} including waiting)`;
  report.event('Normal', 'Pulled', `${pulled}. Image size: 1207959552 bytes.`);
}

async function backingOff(image: string, error: string, report: PodReport, signal: AbortSignal): Promise<void> {
  const backOff = new KubeletBackOff();
  for (;;) {
    report.event('Normal', 'Pulling', `Pulling image "${image}"`);
    await delay(300, undefined, { signal });
    report.event('Warning', 'Failed', `Failed to pull image "${image}": ${error}`);
    report.event('Warning', 'Failed', 'Error: ErrImagePull');
    await report.waiting('ErrImagePull', error);
    const failedAt = Date.now();
    backOff.next(failedAt);
    // The next look at the pod comes some seconds later, finds the image backing off, and says so.
    await delay(resyncMs, undefined, { signal });
    report.event('Normal', 'BackOff', `Back-off pulling image "${image}"`);
    report.event('Warning', 'Failed', 'Error: ImagePullBackOff');
    await report.waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${error}`);
    await delay(backOff.remaining(failedAt, Date.now()), undefined, { signal });
  }
}

/** As Go prints one: `412ms`, `20.003s`. */
function duration(ms: number): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}
