/** What there is to say about environment variables and the Secrets and ConfigMaps that they come from. Pure. */
import type { EnvVariable, SpawnForm } from '../form.ts';
import type { Report } from './finding.ts';
import { envNameKind, isDataKey, isObjectName, isStorable } from './syntax.ts';

export function checkEnv(form: SpawnForm, report: Report): void {
  const names = new Set<string>();
  form.env.forEach((one, index) => {
    const at = `env.${index}`;
    const name = one.name.trim();
    checkName(name, `${at}.name`, report);
    if (name !== '' && names.has(name)) report(`${at}.name`, 'warning', 'envTwice', { name });
    names.add(name);
    checkSource(one, at, report);
    checkPrefix(one, at, form, report);
  });
  form.envFrom.forEach(({ name, prefix }, index) => {
    checkObject(name, `envFrom.${index}.name`, report);
    if (prefix.trim() !== '') checkName(prefix.trim(), `envFrom.${index}.prefix`, report);
  });
}

function checkName(name: string, field: string, report: Report): void {
  if (name === '') return report(field, 'error', 'envNameMissing');
  const kind = envNameKind(name);
  if (kind === 'bad') report(field, 'error', 'envNameSyntax');
  else if (kind === 'unusual') report(field, 'warning', 'envNameUnusual', { name });
}

function checkSource(one: EnvVariable, at: string, report: Report): void {
  switch (one.kind) {
    case 'value':
      if (!isStorable(one.value)) report(`${at}.value`, 'error', 'textNotStorable');
      // Kubernetes puts other variables in the place of $(NAME), and $ in the place of $$.
      else if (/\$\$|\$\([^)]+\)/.test(one.value)) report(`${at}.value`, 'note', 'envExpands');
      return;
    case 'secret':
      return checkReference(one.secret, one.key, `${at}.secret`, `${at}.key`, report);
    case 'configMap':
      return checkReference(one.configMap, one.key, `${at}.configMap`, `${at}.key`, report);
    case 'custom':
      return;
  }
}

/** The controller sets this variable, and cannot correct one that is there (kubeflow.md 3.1). */
function checkPrefix(one: EnvVariable, at: string, form: SpawnForm, report: Report): void {
  const path = `/notebook/${form.namespace}/${form.name.trim()}`;
  if (one.name.trim() !== 'NB_PREFIX' || (one.kind === 'value' && one.value === path)) return;
  report(`${at}.name`, 'error', 'envPrefix', { path });
}

function checkReference(name: string, key: string, at: string, keyAt: string, report: Report): void {
  checkObject(name, at, report);
  if (!isDataKey(key.trim())) report(keyAt, 'error', 'dataKeySyntax');
}

function checkObject(name: string, field: string, report: Report): void {
  if (name.trim() === '') report(field, 'error', 'objectMissing');
  else if (!isObjectName(name.trim())) report(field, 'error', 'objectNameSyntax');
}
