import Diagnostics
import Hardware
import Synchronization

/// The profiles of a library, each read once however many variants run on it.
final class KnownProfiles: Sendable {
  let library: ProfileLibrary
  private let read = Mutex<[String: Profile]>([:])

  init(_ library: ProfileLibrary) { self.library = library }

  /// - Throws: the faults of the profile's file; they are found anew at every call.
  func profile(_ name: String) throws(Faults) -> Profile {
    if let known = read.withLock({ $0[name] }) { return known }
    let profile = try library.profile(name)
    read.withLock { $0[name] = profile }
    return profile
  }
}
