internal import TrainCore

/// The kinds of entries that a job's story consists of, each with its own `MESSAGE_ID`.
///
/// The ids are stable: people filter by them, and `systemd/traind.catalog` explains each to `journalctl -x`.
public enum TransitionKind: String, CaseIterable, Sendable {
  /// A job was accepted: it is stored and will be trained.
  case accepted
  /// A job waits for a slot again: for its next attempt, or because an operator asked.
  case queued
  /// The provider is being asked to start a training.
  case submitting
  /// The provider accepted a training and has not started it.
  case submitted
  /// The provider runs a training.
  case running
  /// An attempt failed, and another follows.
  case backingOff
  /// A training succeeded: its artifact is fetched and published.
  case publishing
  /// A stop was asked for and is under way.
  case cancelling
  /// A job is done: trained, and published everywhere it was to be.
  case done
  /// A job failed: it goes no further until an operator acts.
  case failed
  /// A job was cancelled.
  case cancelled
  /// A job is held until an operator releases it.
  case held
  /// An operator released a job.
  case released
  /// A cancel was accepted and waits for something that is in doubt.
  case cancelRequested
  /// An artifact lies in the spool, whole and verified.
  case artifactFetched
  /// An upload was given up or reopened and begins anew.
  case publicationWaiting
  /// An upload to a registry began.
  case publicationUploading
  /// Bytes of an upload arrived at a registry.
  case publicationProgress
  /// A registry holds the version, verified.
  case publicationCommitted
  /// A registry refused a version, or an operator gave it up.
  case publicationFailed
  /// Something about a job that changed no state.
  case noted

  /// 128 bits, hex, as journald and catalog files write it.
  public var messageID: String {
    switch self {
    case .accepted: "96c9f845707743e7b5fc4bf557c7b20e"
    case .queued: "e75f75dd505e494387351c817c196c7a"
    case .submitting: "940727de41c244e9ae2b0c0e0b54a9ea"
    case .submitted: "171a724d5d5b459092d67f401520bb56"
    case .running: "9c8c79d838b049f1975c99a96ce44524"
    case .backingOff: "20a2789725424a8cbf47f1d9dfa3cecf"
    case .publishing: "fcdfd72488134f12afa50bdf339c8a41"
    case .cancelling: "025e12d0702e4e858f4fd5d9fa97ad41"
    case .done: "e3608675602d4988b24dcedc64e70253"
    case .failed: "b68ac082e2c64beea60c6dd1be43ccb2"
    case .cancelled: "12875ca6e79f4113abd4b8a3e60e5456"
    case .held: "5f77c13743fb4ef08bde427e8c31d56b"
    case .released: "1e1749cc2d554581ace3ec80c7dc1bab"
    case .cancelRequested: "9473223444d94705af58cf758b69564a"
    case .artifactFetched: "cc7f963776874a71ac88102b2d0100c7"
    case .publicationWaiting: "b7f4507d1048442a93b4cbeeb5d3dc50"
    case .publicationUploading: "a35bdff5860a4e53a2ce9188b9cc4eab"
    case .publicationProgress: "454c6004652e4de1ad534ba8faa020a9"
    case .publicationCommitted: "99d8891011714547947696bc7434f57e"
    case .publicationFailed: "db6561ef621a4ea7b594fef5c5780a64"
    case .noted: "200eef100173441db6f361e290eb17ed"
    }
  }
}

extension TransitionKind {
  init(_ transition: Transition) {
    if let publication = transition.detail["publication"]?.string {
      self = TransitionKind(publication: publication)
    } else if transition.detail["artifact"]?.string == "fetched" {
      self = .artifactFetched
    } else if transition.from != transition.to {
      // What is found under our key and is not ours sends a job back to the queue, held.
      self = transition.reason == .alreadyExists && transition.to == .queued ? .held : TransitionKind(transition.to)
    } else {
      self = TransitionKind(inPlace: transition)
    }
  }

  private init(_ state: JobState.Word) {
    self =
      switch state {
      case .queued: .queued
      case .submitting: .submitting
      case .submitted: .submitted
      case .running: .running
      case .backingOff: .backingOff
      case .publishing: .publishing
      case .cancelling: .cancelling
      case .done: .done
      case .failed: .failed
      case .cancelled: .cancelled
      }
  }

  /// The words are ``PublicationState/word``'s.
  private init(publication: String) {
    self =
      switch publication {
      case "waiting": .publicationWaiting
      case "uploading": .publicationUploading
      case "committed": .publicationCommitted
      case "failed": .publicationFailed
      default: .noted
      }
  }

  private init(inPlace transition: Transition) {
    self =
      switch transition.reason {
      case .heldByUser, .alreadyExists: .held
      case .releasedByUser: .released
      case .cancelledByUser: .cancelRequested
      case nil where transition.to == .queued: .accepted
      default: .noted
      }
  }
}
