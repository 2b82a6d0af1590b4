// Mocha's own spec reporter that also records the results for the summary. CommonJS, as mocha requires its reporters.
const Mocha = require('mocha');
const { recordResults, resultsVariable } = require('./results.ts');

module.exports = class RecordingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env[resultsVariable];
    if (file) recordResults(runner, file);
  }
};
