internal import Glibc
internal import TrainCore
internal import TrainDaemon
internal import TrainTestKit

/// Viam, its archives, a Synapse backend and the other registries in one process, on free ports of 127.0.0.1, for tests of the real programs.
/// Prints its addresses as one line of JSON, then does what is asked on `control` (see ``FarSide``). It ends when its
/// standard input does: with the test that started it.
@main struct Main {
  static func main() async throws {
    let farSide = FarSide(
      viam: FakeViam(time: SystemTime()), synapse: SynapseServer(), registries: FarRegistries(time: SystemTime()))
    try await farSide.serve { addresses in
      print(addresses.canonical)
      fflush(nil)
      await InputEnd.wait()
    }
  }
}
