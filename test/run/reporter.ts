import Mocha from 'mocha';
import { recordResults, resultsVariable } from './results.ts';

/** Mocha's own spec reporter that also records the results for the summary. */
export default class RecordingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[resultsVariable];
    if (file) recordResults(runner, file);
  }
}
