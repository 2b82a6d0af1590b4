import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { recordResults, resultsVariable } from '../run/results.ts';

/**
 * What VS Code calls in its extension host (the extensionTestsPath convention): runs all *.test.cjs files beside this one.
 * The results go to a file, as this
 * process's output goes nowhere. Rejects if a test failed, as VS Code then ends with an error.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: Mocha.reporters.Base });
  for (const name of readdirSync(__dirname).filter((file) => file.endsWith('.test.cjs')))
    mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const file = process.env[resultsVariable];
    if (file) recordResults(runner, file);
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
