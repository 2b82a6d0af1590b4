import type { KubeProblem } from '../../k8s/errors.ts';
import type { StepResult } from '../../k8s/diagnose.ts';
import type { Translate } from './translate.ts';

/** What to do about a step that failed, or that there is something to know of: one thing. */
export function diagnoseRemedy(t: Translate, result: StepResult): string {
  const { problem } = result;
  if (result.step === 'portForward' && result.facts?.refusedBetween) {
    return t(
      'Ask whoever runs the proxy or gateway in front of the cluster to let WebSockets through (Upgrade headers).',
    );
  }
  if (problem) return forProblem(t, problem);
  switch (result.step) {
    case 'credentials':
    case 'authentication':
      return t('Add a user with credentials to the kubeconfig, or sign in as you do for kubectl.');
    case 'tls':
      return result.facts?.protocol && !result.facts.unchecked
        ? t("Tell your cluster's admin that the certificate ends soon.")
        : t("Ask your cluster's admin for a kubeconfig with an https address and the cluster's certificate authority.");
    case 'version':
      return t("Ask your cluster's admin for an update, or expect that some things do not work.");
    case 'types':
      return t('Nothing, where profiles are not used. Else ask your admin to install all of Kubeflow.');
    case 'rights':
      return t('Nothing, if you only want to look. Else ask the owner of the profile for the role edit.');
    case 'kubeconfig':
    case 'dns':
    case 'proxy':
    case 'tcp':
    case 'portForward':
    case 'podProxy':
      return t('Nothing.');
  }
}

function forProblem(t: Translate, problem: KubeProblem): string {
  switch (problem.code) {
    case 'KubeconfigMissing':
      return t("Ask your cluster's admin for a kubeconfig, and save it as ~/.kube/config or name it in the settings.");
    case 'KubeconfigInvalid':
      return t('Correct {0}.', problem.path || t('the kubeconfig'));
    case 'ContextMissing':
      return t('Choose another context with Switch Context.');
    case 'Unauthorized':
    case 'SignedOut':
      return t('Sign in as you do for kubectl, then run this again.');
    case 'Forbidden':
      return t('Ask your admin for this right, or choose another namespace or context.');
    case 'NotFound':
      return t('Choose a context of a cluster that has Kubeflow.');
    case 'CertificateUntrusted':
      return certificate(t, problem);
    case 'ExecPluginFailed':
      return plugin(t, problem);
    case 'Unreachable':
      return unreachable(t, problem);
    case 'Timeout':
      return t('Check the VPN, then run this again.');
    case 'TooManyRequests':
    case 'ServerError':
    case 'Gone':
      return t("Run this again in a minute. If it stays so, tell your cluster's admin.");
    case 'Refused':
    case 'AlreadyExists':
    case 'Conflict':
    case 'Invalid':
      return t("Show this report to your cluster's admin.");
  }
}

function certificate(t: Translate, { reason }: KubeProblem & { code: 'CertificateUntrusted' }): string {
  switch (reason) {
    case 'expired':
    case 'notYetValid':
      return t("Check this computer's clock; if it is right, your cluster's admin must renew the certificate.");
    case 'name':
      return t('Correct the server address in the kubeconfig, or set tls-server-name there.');
    case 'authority':
    case 'other':
    case undefined:
      return t(
        "Put the authority into the kubeconfig (certificate-authority), or into this computer's certificate store.",
      );
  }
}

function plugin(t: Translate, problem: KubeProblem & { code: 'ExecPluginFailed' }): string {
  switch (problem.reason) {
    case 'missing':
      return problem.installHint
        ? t('Install {0}: {1}', problem.command, problem.installHint)
        : t('Install {0}, or start VS Code where it is on the PATH.', problem.command);
    case 'interactive':
      return t('Sign in with {0} in a terminal, then run this again.', problem.command);
    case 'timeout':
    case 'failed':
    case 'badOutput':
      return t('Run {0} in a terminal to see what is wrong with it.', problem.command);
  }
}

function unreachable(t: Translate, { reason, proxy }: KubeProblem & { code: 'Unreachable' }): string {
  switch (reason) {
    case 'dns':
      return t('Check the VPN, and the server address in the kubeconfig.');
    case 'protocol':
      return t('Correct the server address in the kubeconfig (http or https, and its port).');
    case 'proxy':
      switch (proxy?.trouble) {
        case 'password':
        case 'wrongPassword':
          return t('Put the right user name and password where the proxy is set.');
        case 'address':
        case 'unsupported':
        case 'dns':
        case 'certificate':
          return t('Correct the proxy where it is set.');
        case 'denied':
          return t('Ask whoever runs the proxy to allow this server.');
        default:
          return t(
            'Check that the proxy runs, and that it leads to this server. If it does not, take it out where it is set.',
          );
      }
    case 'refused':
    case 'timeout':
    case 'reset':
    case 'other':
      return t('Check the VPN and the firewall on the way to the server.');
  }
}
