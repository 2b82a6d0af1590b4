import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, type Logger } from '../../../src/k8s/log.ts';
import { logsVariable } from '../../run/secrets.ts';

/**
 * A logger whose every line, of every level, is searched for secrets when all suites have run; a silent one in a run of one
 * test file.
 */
export function searchedLogger(name: string): Logger {
  const folder = process.env[logsVariable];
  if (!folder) return silentLogger;
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const write = (level: string) => (message: string) =>
    appendFileSync(join(folder, 'logs', `${name}.log`), `${level} ${message}\n`);
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
