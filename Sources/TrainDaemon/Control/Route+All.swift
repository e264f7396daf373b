extension Route {
  /// Everything that the control socket answers; `Docs/openapi.yaml` describes the same.
  static let all: [Route] = [
    .listJobs, .showJob, .why, .logs, .events,
    .apply, .run, .submit, .cancel, .hold, .release, .retry, .publish, .promote, .forget,
    .platformJobs, .platformJob, .platformCancel, .platformLogs, .platformAdopt,
    .listModels, .showModel, .modelVersions, .allModelVersions, .modelFile, .createModel, .uploadPart, .uploadState,
    .groundTruthEvents, .groundTruthVersion, .groundTruthFile,
    .status, .doctor, .metrics, .config, .version, .reload, .drain, .backup,
  ]
}
