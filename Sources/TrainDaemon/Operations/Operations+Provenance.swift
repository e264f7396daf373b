internal import Logging
internal import TrainCore
internal import TrainEngine

extension Operations {
  /// Takes out of a plan what names a provenance that is not there. What could not be asked for stays in, with a
  /// warning:
  /// a registry that is down keeps nobody from training.
  func checkProvenance(of plan: inout SpecPlan) async -> [String] {
    var check = ProvenanceCheck(registries: await specs.registries, time: daemon.time)
    var warnings: [String] = []
    var refused: Set<JobID> = []
    for (id, spec) in plan.new.map({ ($0.id, $0.spec) }) + plan.changed.map({ ($0.id, $0.spec) }) {
      switch await check.verdict(on: spec) {
      case .good: break
      case .missing(let fault):
        refused.insert(id)
        plan.refused.append(.init(spec: spec.name, id: id, message: "provenance: \(fault.message)", hint: fault.hint))
      case .unknown(let fault):
        let warning = "\(spec.name): its provenance could not be checked and is written as it stands: \(fault.message)"
        logger.notice("\(warning)", metadata: ["job": "\(id)"])
        warnings.append(warning)
      }
    }
    plan.new.removeAll { refused.contains($0.id) }
    plan.changed.removeAll { refused.contains($0.id) }
    return warnings
  }
}
