/** Why an image is not pulled, read from the words of kubelet, containerd, CRI-O and Docker. */
import type { StatusCause } from './statusCause.ts';

/** The waiting reasons that mean that an image is not there. */
const pullReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'RegistryUnavailable']);

/** Is this waiting reason about pulling an image? */
export function isPullProblem(reason: string | undefined): boolean {
  return reason !== undefined && (pullReasons.has(reason) || reason === 'InvalidImageName');
}

/** The image that a kubelet's sentence names, e.g. `Back-off pulling image "a/b:1"`. */
export function imageInMessage(message: string | undefined): string | undefined {
  return /image "([^"]+)"/i.exec(message ?? '')?.[1];
}

/**
 * A registry that hides what may not be read says "not found" and "denied" in one sentence; that counts as not found,
 * whose words name both. Order matters: a network error quotes the URL in which anything may stand.
 */
export function pullCause(reason: string, message: string, image: string | undefined): StatusCause {
  if (reason === 'InvalidImageName' || /couldn't parse image|invalid reference format/i.test(message))
    return { code: 'imageNameInvalid', image };
  if (
    reason === 'RegistryUnavailable' ||
    /dial tcp|no such host|i\/o timeout|connection refused|connection reset|TLS handshake|x509:|server gave HTTP response|context deadline exceeded|\b50[234] |network is unreachable|proxyconnect/i.test(
      message,
    )
  )
    return { code: 'registryUnreachable', image, message };
  if (/not found|manifest unknown|does not exist|name unknown|no such image/i.test(message))
    return { code: 'imageNotFound', image };
  if (/unauthorized|denied|forbidden|authentication required|authorization failed|no basic auth/i.test(message))
    return { code: 'pullDenied', image };
  return { code: 'pullFailed', image, message };
}
