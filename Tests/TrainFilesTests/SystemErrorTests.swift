import Glibc
import Testing
import TrainFiles

@Suite struct `A system error` {
  @Test func `says what was done, to what, and why it failed`() {
    let error = SystemError(ENOENT, "open", "/none")
    #expect(error.description == "could not open /none: No such file or directory")
  }
}
