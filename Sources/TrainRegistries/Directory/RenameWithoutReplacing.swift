internal import Glibc

/// `renameat2(..., RENAME_NOREPLACE)`: of two that race for a name, one gets it. Returns 0 or an errno.
///
/// Where the C library or the file system does not have it, a plain rename: for directories it refuses as well, unless
/// the other one is empty.
func renameWithoutReplacing(_ source: String, in from: Int32, to target: String, in folder: Int32) -> Int32 {
  // Not in Swift's Glibc module, which is built without _GNU_SOURCE.
  typealias RenameAt2 = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
  let noReplace: UInt32 = 1
  if let symbol = dlsym(nil, "renameat2") {
    let renameat2 = unsafeBitCast(symbol, to: RenameAt2.self)
    if renameat2(from, source, folder, target, noReplace) == 0 { return 0 }
    guard errno == EINVAL || errno == ENOSYS else { return errno }
  }
  return renameat(from, source, folder, target) == 0 ? 0 : errno
}
