import { isKubeError, type KubeErrorCode } from '../k8s/errors.ts';
import { isJupyterError } from './errors.ts';
import { PortForwardRefused } from '../k8s/portForward.ts';

/** Errors after which trying again by itself changes nothing: the user, or the cluster's admin, must do something. */
const finalCodes: ReadonlySet<KubeErrorCode> = new Set<KubeErrorCode>([
  'Unauthorized',
  'Forbidden',
  'Refused',
  'CertificateUntrusted',
  'ExecPluginFailed',
  'SignedOut',
  'ContextMissing',
  'KubeconfigMissing',
  'KubeconfigInvalid',
]);

/** Why a connection could not be made, as the tunnel's state machine sees it. */
export function causeOf(error: unknown): 'refused' | 'network' | 'final' {
  if (error instanceof PortForwardRefused) return 'refused';
  if (isJupyterError(error, 'NoRoute')) return 'final';
  return isKubeError(error) && finalCodes.has(error.code) ? 'final' : 'network';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(messageOf(reason));
}
