internal import TrainControl
internal import TrainCore

/// Reads a registry's list page by page. A page that is lost is asked for again; one page is held at a time.
actor CatalogReader {
  typealias Fetch = @Sendable ([CatalogParameter]) async throws(Fault) -> CatalogPage

  private let what: String
  private let fetch: Fetch
  private let files: @Sendable (JSON) -> [CatalogFileView]
  private let time: any TimeSource
  private var columns: [CatalogColumn]?
  private var next: [CatalogParameter]?
  private var pagesLeft: Int
  private var retry: CatalogRetry
  private var wait: Duration?

  /// - Parameters:
  ///   - what: for errors.
  ///   - files: those that an object names.
  init(
    _ what: String, columns: [CatalogColumn], parameters: [CatalogParameter], pages: Int?, time: any TimeSource,
    files: @escaping @Sendable (JSON) -> [CatalogFileView] = { _ in [] }, fetch: @escaping Fetch
  ) {
    self.what = what
    self.columns = columns
    self.fetch = fetch
    self.files = files
    self.time = time
    next = parameters
    pagesLeft = pages ?? .max
    retry = CatalogRetry(what, tries: 6)
  }

  nonisolated var lines: CatalogLines {
    CatalogLines { () async throws(ControlError) -> [CatalogLine]? in try await self.page() }
  }

  private func page() async throws(ControlError) -> [CatalogLine]? {
    guard let parameters = next, pagesLeft > 0 else { return nil }
    if let wait {
      self.wait = nil
      do { try await time.sleep(until: time.monotonic + wait) } catch {
        throw ControlError(.tryAgain, what, "the daemon is stopping")
      }
    }
    let page: CatalogPage
    do throws(Fault) { page = try await fetch(parameters) } catch {
      guard let pause = retry.wait(after: error) else { throw ControlError(error, what: what) }
      wait = pause
      return []
    }
    retry.succeeded()
    guard page.next != parameters else {
      throw ControlError(.failed, what, "the registry names the same page again as the next one")
    }
    next = page.next
    pagesLeft -= 1
    var lines: [CatalogLine] = columns.map { [.columns($0)] } ?? []
    columns = nil
    lines.append(.pagination(page.pagination, count: page.count))
    lines += page.objects.map { .object($0, files: files($0)) }
    return lines
  }
}
