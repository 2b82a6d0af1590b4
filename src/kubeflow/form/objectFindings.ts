/** Are the secrets, config maps and service accounts there that a form names? Told only where they could be listed. Pure. */
import type { SpawnForm, SpawnOptions } from '../form.ts';
import type { Report } from './finding.ts';

/** Secrets that an image can be pulled with. */
export const pullSecretTypes: readonly string[] = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

export function checkObjects(form: SpawnForm, o: SpawnOptions, report: Report): void {
  const { namespace } = form;
  const secrets = o.secrets?.[namespace];
  const maps = o.configMaps?.[namespace];
  const accounts = o.serviceAccounts?.[namespace];
  const secret = (typed: string, field: string): void => {
    const name = typed.trim();
    if (!secrets || name === '' || secrets.some((one) => one.name === name)) return;
    report(field, 'warning', 'secretGone', { name, namespace });
  };
  const map = (typed: string, field: string): void => {
    const name = typed.trim();
    if (maps && name !== '' && !maps.includes(name)) report(field, 'warning', 'configMapGone', { name, namespace });
  };

  const account = form.serviceAccount.trim();
  if (accounts && account !== '' && !accounts.includes(account)) {
    report('serviceAccount', 'warning', 'serviceAccountGone', { name: account, namespace });
  }
  form.imagePullSecrets.forEach((typed, index) => {
    secret(typed, `imagePullSecrets.${index}`);
    const found = secrets?.find((one) => one.name === typed.trim());
    if (!found || pullSecretTypes.includes(found.type)) return;
    report(`imagePullSecrets.${index}`, 'warning', 'notPullSecret', { name: found.name });
  });
  form.env.forEach((one, index) => {
    // What may be absent is no trouble when it is.
    if (one.kind === 'value' || one.kind === 'custom' || one.optional) return;
    if (one.kind === 'secret') return secret(one.secret, `env.${index}.secret`);
    map(one.configMap, `env.${index}.configMap`);
    const [name, key] = [one.configMap.trim(), one.key.trim()];
    const keys = o.configMapKeys?.[namespace]?.[name];
    if (keys && key !== '' && !keys.includes(key))
      report(`env.${index}.key`, 'warning', 'configMapKeyGone', { name, key });
  });
  form.envFrom.forEach((one, index) => {
    if (!one.optional) (one.kind === 'secret' ? secret : map)(one.name, `envFrom.${index}.name`);
  });
  form.secretFiles.forEach((one, index) => secret(one.secret, `secretFiles.${index}.secret`));
}
