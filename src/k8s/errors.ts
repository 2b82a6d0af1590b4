import type { ProxyTrouble } from './proxyTrouble.ts';

/** Why a certificate is not believed; 'authority': nobody known has signed it. */
export type CertificateReason = 'authority' | 'expired' | 'notYetValid' | 'name' | 'other';

/** Everything that can be wrong between us and a cluster, as data. The words that a person reads are made elsewhere. */
export type KubeProblem =
  | { code: 'KubeconfigMissing'; paths: string[] }
  | { code: 'KubeconfigInvalid'; path: string; detail: string }
  | { code: 'ContextMissing'; context: string }
  /** `canSignIn`: a credential plugin can be asked for other credentials. */
  | { code: 'Unauthorized'; message: string; canSignIn?: true }
  | { code: 'Forbidden'; verb?: string; resource?: string; namespace?: string; message: string }
  /**
   * A refusal that is no missing right: quota, admission webhook, a policy (PodSecurity, LimitRange, CEL), or something on
   * the way (a gateway, a proxy) that answers in the API server's place.
   */
  | { code: 'Refused'; by: 'quota' | 'webhook' | 'policy' | 'gateway'; message: string }
  /** 'resource': the API does not serve this type, e.g. because its CRD is not installed. */
  | { code: 'NotFound'; message: string; missing: 'object' | 'resource' }
  | { code: 'AlreadyExists'; message: string }
  | { code: 'Conflict'; message: string }
  | { code: 'Invalid'; message: string; fields: { field: string; message: string }[] }
  | { code: 'TooManyRequests'; retryAfterSeconds?: number; message: string }
  | {
      code: 'Unreachable';
      host: string;
      /** 'protocol': the other side speaks no TLS, none of our versions of it, or TLS where we speak plain HTTP. */
      reason: 'dns' | 'refused' | 'timeout' | 'reset' | 'proxy' | 'protocol' | 'other';
      detail: string;
      /** With the reason 'proxy'. */
      proxy?: ProxyTrouble;
    }
  | { code: 'CertificateUntrusted'; host: string; detail: string; reason?: CertificateReason }
  | {
      code: 'ExecPluginFailed';
      command: string;
      reason: 'missing' | 'failed' | 'timeout' | 'interactive' | 'badOutput';
      detail: string;
      installHint?: string;
    }
  /** The sign-in has ended and only the user can renew it, e.g. an OIDC id-token whose refresh token is not ours. */
  | { code: 'SignedOut'; detail: string }
  | { code: 'Timeout'; seconds: number }
  | { code: 'Gone'; message: string }
  | { code: 'ServerError'; status: number; message: string; retryAfterSeconds?: number };

export type KubeErrorCode = KubeProblem['code'];

/**
 * A {@link KubeProblem} that is thrown. Its message is a sentence for the log, without secrets. Requests that were
 * aborted reject with the signal's reason instead.
 */
export class KubeError extends Error {
  readonly problem: KubeProblem;
  override readonly name = 'KubeError';

  constructor(problem: KubeProblem, options?: { cause?: unknown }) {
    super(sentence(problem), options);
    this.problem = problem;
  }

  get code(): KubeErrorCode {
    return this.problem.code;
  }
}

/** Is it a KubeError, and of this code if one is given. */
export function isKubeError(error: unknown, code?: KubeErrorCode): error is KubeError {
  return error instanceof KubeError && (code === undefined || error.code === code);
}

function sentence(problem: KubeProblem): string {
  switch (problem.code) {
    case 'KubeconfigMissing':
      return `No kubeconfig at ${problem.paths.join(', ')}`;
    case 'KubeconfigInvalid':
      return `Kubeconfig ${problem.path}: ${problem.detail}`;
    case 'ContextMissing':
      return `The kubeconfig has no context ${JSON.stringify(problem.context)}`;
    case 'Unreachable':
      return `${problem.host} is unreachable (${problem.reason}): ${problem.detail}`;
    case 'CertificateUntrusted':
      return `The certificate of ${problem.host} is not trusted: ${problem.detail}`;
    case 'ExecPluginFailed':
      return `Credential plugin ${problem.command} (${problem.reason}): ${problem.detail}`;
    case 'SignedOut':
      return `Signed out: ${problem.detail}`;
    case 'Timeout':
      return `No answer within ${problem.seconds} s`;
    case 'ServerError':
      return `ServerError ${problem.status}: ${problem.message}`;
    case 'Refused':
      return `Refused by ${problem.by}: ${problem.message}`;
    case 'Unauthorized':
    case 'Forbidden':
    case 'NotFound':
    case 'AlreadyExists':
    case 'Conflict':
    case 'Invalid':
    case 'TooManyRequests':
    case 'Gone':
      return `${problem.code}: ${problem.message}`;
  }
}
