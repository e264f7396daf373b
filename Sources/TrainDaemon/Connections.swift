internal import Logging
internal import TrainConfig
internal import TrainCore
internal import TrainEngine

/// The backends of one configuration, made and ready; or every problem with making them.
struct Connections: Sendable {
  var providers: [ProviderConnection] = []
  var registries: [RegistryConnection] = []
  var shutdowns: [@Sendable () async -> Void] = []

  static func make(
    _ config: DaemonConfig, _ context: Backends.BackendContext, boundary: Boundary, places: Places?, logger: Logger
  ) throws(ConfigProblems) -> Connections {
    var made = Connections()
    var problems: [ConfigProblem] = []
    for connection in config.providers {
      guard let kind = Backends.providers.first(where: { $0.schema.kind == connection.kind }) else { continue }
      do throws(Fault) {
        let provider = try kind.make(connection, context)
        made.shutdowns.append(provider.shutdown)
        made.providers.append(
          ProviderConnection(
            name: connection.name, provider: provider.backend,
            maxRunning: connection.maxRunning ?? kind.maxRunning(connection), settle: connection.settle ?? kind.settle,
            retry: config.retry, time: context.time, boundary: boundary,
            report: { tell($0, of: connection.name, logger) }))
      } catch {
        problems.append(problem(error, "providers.\(connection.name)", places))
      }
    }
    for connection in config.registries {
      guard let kind = Backends.registries.first(where: { $0.schema.kind == connection.kind }) else { continue }
      do throws(Fault) {
        let registry = try kind.make(connection, context)
        made.shutdowns.append(registry.shutdown)
        made.registries.append(
          RegistryConnection(
            name: connection.name, registry: registry.backend, settle: connection.settle ?? kind.settle,
            concurrent: config.publish.concurrent, retry: config.retry, time: context.time, boundary: boundary,
            report: { tell($0, of: connection.name, logger) }))
      } catch {
        problems.append(problem(error, "registries.\(connection.name)", places))
      }
    }
    guard problems.isEmpty else {
      throw ConfigProblems(problems)
    }
    return made
  }

  private static func tell(_ fault: Fault?, of connection: String, _ logger: Logger) {
    if let fault {
      logger.notice(
        "\(connection) does not answer; what needs it waits",
        metadata: ["fault": "\(fault)", "hint": "\(fault.hint ?? "")"])
    } else {
      logger.notice("\(connection) answers again")
    }
  }

  private static func problem(_ fault: Fault, _ path: String, _ places: Places?) -> ConfigProblem {
    ConfigProblem(places?.place(of: path) ?? Place(file: "traind.yaml"), fault.message, hint: fault.hint)
  }

  func shutdown() async { for shutdown in shutdowns { await shutdown() } }
}
